/** Tests on the wire of AlmaLinux's build system. */
import * as Schema from "effect/Schema"

const text = Schema.String
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** What a test system reports of one package; `TestResult.read` of core says what it comes to. */
export const TestReport = Schema.Struct({
  api_version: text,
  result: Schema.Record(Schema.String, Schema.Json),
  stats: maybe(Schema.Record(Schema.String, Schema.Json))
})
/** What a test system reports of one package. */
export interface TestReport extends Schema.Schema.Type<typeof TestReport> {}

/** A test of one package; `status` is a number, see `AlbsStatus.ofTest`. */
export const TestTaskWire = Schema.Struct({
  id: Schema.Number,
  package_name: text,
  package_version: text,
  package_release: Schema.NullOr(text),
  status: Schema.Number,
  revision: Schema.Number,
  alts_response: Schema.NullOr(Schema.Json),
  performance_stats: Schema.Array(Schema.Json)
}).annotate({ identifier: "AlbsTestTask" })

/** A test that a test system may run. */
export const TestAssignment = Schema.Struct({
  id: Schema.Number,
  runner_type: text,
  dist_name: text,
  dist_version: text,
  dist_arch: text,
  package_name: text,
  package_version: text,
  callback_href: text,
  repositories: Schema.Array(Schema.Struct({ name: text, baseurl: text })),
  module_name: Schema.optionalKey(text),
  module_stream: Schema.optionalKey(text),
  module_version: Schema.optionalKey(text),
  test_configuration: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "AlbsTestAssignment" })

/** A log of a test, with the rows of it where it speaks TAP; `status` of a row is a number, see `AlbsStatus.ofTap`. */
export const TestLogWire = Schema.Struct({
  id: Schema.Number,
  log: text,
  log_name: text,
  success: Schema.Boolean,
  logs_format: Schema.Literals(["tap", "text"]),
  tap_results: Schema.Array(Schema.Struct({ test_name: text, status: Schema.Number, diagnostic: text }))
}).annotate({ identifier: "AlbsTestLog" })

/** It was heard. */
export const Ok = Schema.Struct({ ok: Schema.Boolean })
