/** Logs by line: where they are, what is in them, what went wrong first, and finding in them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** The line that most likely says what went wrong. */
export const LogFirstError = Schema.Struct({
  /** From 1. */
  line: Schema.Number,
  text: Schema.String,
  /** Which rule says so, and what to do about it. */
  rule: Schema.String,
  hint: Schema.String,
  /** The section it stands in, such as `%check`. */
  phase: Schema.NullOr(Schema.String)
}).annotate({ identifier: "LogFirstError" })
/** The line that most likely says what went wrong. */
export interface LogFirstError extends Schema.Schema.Type<typeof LogFirstError> {}

/** A line of which somebody said that it is not what went wrong, though a rule takes it for that. */
export const LogDoubt = Schema.Struct({
  /** From 1. */
  line: Schema.Number,
  text: Schema.String,
  rule: Schema.String,
  by: Schema.String,
  /** RFC 3339 in UTC. */
  at: Schema.String
}).annotate({ identifier: "LogDoubt" })
/** A line of which somebody said that it is not what went wrong. */
export interface LogDoubt extends Schema.Schema.Type<typeof LogDoubt> {}

/** The same with the log it is in. */
export const FiledDoubt = Schema.Struct({
  ...LogDoubt.fields,
  /** Such as `module-build/4212/perl-DBI/2`: what comes after `/orch/v1/logs/`. */
  log: Schema.String
}).annotate({ identifier: "FiledDoubt" })
/** A line that is not the cause, with the log it is in. */
export interface FiledDoubt extends Schema.Schema.Type<typeof FiledDoubt> {}

/** What is known of the log of one attempt. Times are RFC 3339 in UTC. */
export const LogOverview = Schema.Struct({
  /** Whether more may come. */
  open: Schema.Boolean,
  /** Lines and bytes that are there, the beginning of a last line apart. */
  lines: Schema.Number,
  bytes: Schema.Number,
  /** Whether all that is there was looked at; otherwise what follows is about the beginning. */
  complete: Schema.Boolean,
  sections: Schema.Array(Schema.Struct({
    name: Schema.String,
    /** First and last line. */
    from: Schema.Number,
    to: Schema.Number,
    started_at: Schema.NullOr(Schema.String),
    /** Null where neither the log says it nor anybody looked on. */
    seconds: Schema.NullOr(Schema.Number),
    failed: Schema.Boolean
  })),
  first_error: Schema.NullOr(LogFirstError),
  /** The first line of each section that each rule is for, at most 2,000, in order. */
  errors: Schema.Array(Schema.Struct({ line: Schema.Number, rule: Schema.String })),
  /** How many lines warn, and at most 2,000 of them, in order. */
  warnings: Schema.Struct({ count: Schema.Number, lines: Schema.Array(Schema.Number) }),
  /** Lines that are passed over, since somebody said that they are not the cause. */
  doubts: Schema.Array(LogDoubt),
  /** The logs of this attempt, by architecture where there are several. */
  files: Schema.Array(Schema.Struct({ arch: Schema.NullOr(Schema.String), name: Schema.String })),
  /** The number of the last attempt; all from 1 have logs of their own. */
  attempts: Schema.Number,
  /** The bytes as they are: absolute, or a path of this server. */
  raw_url: Schema.String
}).annotate({ identifier: "LogOverview" })
/** What is known of the log of one attempt. */
export interface LogOverview extends Schema.Schema.Type<typeof LogOverview> {}

/** Lines of a log. */
export const LogLines = Schema.Struct({
  /** Number of the first of them, from 1. */
  from: Schema.Number,
  lines: Schema.Array(Schema.String),
  /** Numbers of lines that are longer and were cut. */
  cut: Schema.Array(Schema.Number),
  /** Lines that are known of. */
  total: Schema.Number,
  open: Schema.Boolean,
  /** When they were written, RFC 3339 in UTC: each moment is that of its line and of those after it. Empty where nobody can tell. */
  times: Schema.Array(Schema.Struct({ line: Schema.Number, at: Schema.String })),
  /** Where to go on; null at the end of a log that has ended. */
  next: Schema.NullOr(Schema.Number)
}).annotate({ identifier: "LogLines" })
/** Lines of a log. */
export interface LogLines extends Schema.Schema.Type<typeof LogLines> {}

/** Lines in which something was found. */
export const LogMatches = Schema.Struct({
  matches: Schema.Array(Schema.Struct({
    line: Schema.Number,
    /** Place of the first character found, from 0, and how many there are. */
    at: Schema.Number,
    length: Schema.Number,
    text: Schema.String
  })),
  /** From which line to go on; null where all was looked through. */
  next: Schema.NullOr(Schema.Number),
  /** The last line that was looked at. */
  looked: Schema.Number
}).annotate({ identifier: "LogMatches" })
/** Lines in which something was found. */
export interface LogMatches extends Schema.Schema.Type<typeof LogMatches> {}

const params = {
  life: Schema.Literals(["module-build", "package-build"]),
  id: Schema.String,
  /** The name of a component, or the number of a task. */
  part: Schema.String,
  /** From 1, or `latest`. */
  attempt: Schema.String
}
const which = {
  /** Of several logs: the architecture, and the file's name. */
  arch: Schema.optionalKey(Schema.String),
  file: Schema.optionalKey(Schema.String)
}
const error = [BadRequest, NotFound, Unavailable] as const

/**
 * Logs below `/orch/v1/logs/LIFE/ID/PART/ATTEMPT`, such as `/orch/v1/logs/module-build/4212/perl-DBI/2`. The lines of an attempt never
 * change, so that such an address names the same for as long as the log is kept.
 */
export class LogsApi extends HttpApiGroup.make("logs")
  .add(
    /** What people said of the rules that find the first error, the newest first, at most 500. */
    HttpApiEndpoint.get("allDoubts", "/doubts", { success: Schema.Array(FiledDoubt), error: Unavailable })
      .annotate(Right, "administer"),
    /** Says that a line is not what went wrong: the next best takes its place, and the maintainers of the rules are told. */
    HttpApiEndpoint.put("doubt", "/:life/:id/:part/:attempt/doubts/:line", {
      params: { ...params, line: Schema.String },
      query: which,
      success: LogDoubt,
      error
    }).annotate(Right, "submit"),
    /** Takes it back. */
    HttpApiEndpoint.delete("believe", "/:life/:id/:part/:attempt/doubts/:line", {
      params: { ...params, line: Schema.String },
      query: which,
      success: HttpApiSchema.NoContent,
      error
    }).annotate(Right, "submit"),
    HttpApiEndpoint.get("overview", "/:life/:id/:part/:attempt", {
      params,
      query: which,
      success: LogOverview,
      error
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("lines", "/:life/:id/:part/:attempt/lines", {
      params,
      query: {
        ...which,
        /** From 1; below 0 so many before the end. 1 without it. */
        from: Schema.optionalKey(Schema.String),
        /** At most 5,000; 1,000 without it. Fewer come where they are long. */
        count: Schema.optionalKey(Schema.String),
        /** Seconds to wait for the line `from` where it is not there yet and may come, at most 30. */
        wait: Schema.optionalKey(Schema.String)
      },
      success: LogLines,
      error
    }).annotate(Right, "read"),
    HttpApiEndpoint.get("find", "/:life/:id/:part/:attempt/find", {
      params,
      query: {
        ...which,
        /** What to look for, as it is, or, with `regex=true`, as a regular expression without references and looking around. */
        text: Schema.String,
        regex: Schema.optionalKey(Schema.Literals(["true", "false"])),
        ignore_case: Schema.optionalKey(Schema.Literals(["true", "false"])),
        from: Schema.optionalKey(Schema.String),
        /** At most 1,000; 200 without it. */
        limit: Schema.optionalKey(Schema.String)
      },
      success: LogMatches,
      error
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/logs")
  .annotateMerge(OpenApi.annotations({ title: "Logs" }))
{}
