/** Logs of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as LineMarks from "@orch/core/buildlog/LineMarks"
import * as LinePattern from "@orch/core/buildlog/LinePattern"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import { time, timeOrNull } from "../../http/Timestamp.ts"
import { BuildLogs, type Doubt } from "../BuildLogs.ts"
import type { LogAddress } from "../LogSources.ts"

interface Params {
  readonly life: LogAddress["life"]
  readonly id: string
  readonly part: string
  readonly attempt: string
}
interface Which {
  readonly arch?: string
  readonly file?: string
}

const addressOf = (
  { attempt, id, life, part }: Params,
  { arch, file }: Which
): Effect.Effect<LogAddress, ErrorBody.NotFound> =>
  /^\d{1,15}$/.test(id) && /^(?:latest|\d{1,6})$/.test(attempt) && part.length <= 500
    ? Effect.succeed({
      life,
      build: Number(id),
      part,
      attempt: attempt === "latest" ? attempt : Number(attempt),
      arch,
      file
    })
    : Effect.fail(ErrorBody.notFound("There is no such log: its address names a build, a part of it and an attempt"))

const numberOf = (name: string, text: string | undefined, otherwise: number, most: number) => {
  if (text === undefined) return Effect.succeed(otherwise)
  return /^-?\d{1,12}$/.test(text)
    ? Effect.succeed(Math.min(Number(text), most))
    : Effect.fail(ErrorBody.badRequest(`${name} must be a whole number, not ${JSON.stringify(text.slice(0, 40))}`))
}

const doubtOf = ({ at, by, line, rule, text }: Doubt) => ({ line, text, rule, by, at: time(at) })

const mostLines = 5000
const mostMatches = 1000
const mostWait = 30
/** Milliseconds between two looks at a log that is waited for. */
const look = 250

const patternOf = (text: string, isRegex: boolean, ignoreCase: boolean) => {
  if (text === "" || text.length > 1000) {
    return Effect.fail(ErrorBody.badRequest("text must have between 1 and 1,000 characters"))
  }
  if (!isRegex) return Effect.succeed(LinePattern.literal(text, ignoreCase))
  const read = LinePattern.parse(text, ignoreCase)
  return Result.isSuccess(read) ? Effect.succeed(read.success) : Effect.fail(
    ErrorBody.badRequest(`The expression cannot be looked for: ${read.failure.message}`, [
      { code: "expression", message: read.failure.message, where: "text", line: 1, column: read.failure.at + 1 }
    ])
  )
}

export const layer = HttpApiBuilder.group(
  OrchApi,
  "logs",
  Effect.fn(function*(handlers) {
    const logs = yield* BuildLogs
    const found = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.catchTag(
        effect as Effect.Effect<A, { readonly _tag: "LogMissing"; readonly message: string }>,
        "LogMissing",
        ({ message }) => Effect.fail(ErrorBody.notFound(message))
      )
    const open = (address: LogAddress, lines?: number) => found(whenAway(logs.open(address, lines)))

    /** The log once it has the line, or has ended, or there was no more time. */
    const waitedFor = Effect.fnUntraced(function*(address: LogAddress, line: number, seconds: number) {
      const until = (yield* Clock.currentTimeMillis) + seconds * 1000
      for (;;) {
        const log = yield* open(address, line)
        if (log.index.lines >= line || !log.isOpen || (yield* Clock.currentTimeMillis) >= until) return log
        yield* Effect.sleep(look)
      }
    })

    const lineOf = (text: string) =>
      /^\d{1,12}$/.test(text)
        ? Effect.succeed(Number(text))
        : Effect.fail(ErrorBody.badRequest("A line is named by its number"))

    return handlers.handleAll({
      allDoubts: () =>
        Effect.map(
          whenAway(logs.allDoubts),
          (all) => all.map((one) => ({ ...doubtOf(one), log: one.source }))
        ),
      doubt: Effect.fnUntraced(function*({ params, query }) {
        const { name } = yield* CurrentCaller
        const line = yield* lineOf(params.line)
        const log = yield* open(yield* addressOf(params, query))
        const found = yield* whenAway(logs.doubt(log, line, name))
        return found === undefined
          ? yield* ErrorBody.notFound(`No rule takes line ${line} for an error`)
          : doubtOf(found)
      }),
      believe: Effect.fnUntraced(function*({ params, query }) {
        const line = yield* lineOf(params.line)
        yield* whenAway(logs.believe(yield* open(yield* addressOf(params, query)), line))
      }),
      overview: Effect.fnUntraced(function*({ params, query }) {
        const log = yield* open(yield* addressOf(params, query))
        const { index, isOpen, isWhole, source } = log
        const doubts = yield* whenAway(logs.doubts(log))
        const first = LogIndex.firstError(index, new Set(doubts.map(({ line }) => line)))
        return {
          open: isOpen,
          lines: index.lines,
          bytes: index.bytes,
          complete: isWhole,
          sections: LogIndex.stretches(index).map((one) => ({
            name: one.name,
            from: one.from,
            to: one.to,
            started_at: timeOrNull(one.startedAt),
            seconds: one.seconds ?? null,
            failed: one.isFailed
          })),
          first_error: first === undefined ? null : { ...first, phase: first.phase ?? null },
          errors: index.candidates.map(({ line, rule }) => ({ line, rule })),
          warnings: { count: index.warnings?.count ?? 0, lines: index.warnings?.lines ?? [] },
          doubts: doubts.map(doubtOf),
          files: source.files.map(({ arch, name }) => ({ arch: arch ?? null, name })),
          attempts: source.attempts,
          raw_url: source.url
        }
      }),
      lines: Effect.fnUntraced(function*({ params, query }) {
        const address = yield* addressOf(params, query)
        const asked = yield* numberOf("from", query.from, 1, Number.MAX_SAFE_INTEGER)
        const count = Math.max(1, yield* numberOf("count", query.count, 1000, mostLines))
        const seconds = Math.max(0, yield* numberOf("wait", query.wait, 0, mostWait))
        const isFromEnd = asked < 0
        if (!isFromEnd && seconds > 0) yield* waitedFor(address, asked, seconds)
        const log = yield* open(address, isFromEnd ? undefined : Math.max(1, asked) + count)
        const from = isFromEnd ? Math.max(1, log.index.lines + asked + 1) : Math.max(1, asked)
        const page = yield* found(logs.lines(log, from, count))
        const next = from + page.lines.length
        return {
          ...page,
          total: log.index.lines,
          open: log.isOpen,
          times: LineMarks.between(log.index.times ?? [], from, next - 1).map(([line, at]) => ({ line, at: time(at) })),
          next: next <= log.index.lines || log.isOpen || !log.isWhole ? next : null
        }
      }),
      find: Effect.fnUntraced(function*({ params, query }) {
        const address = yield* addressOf(params, query)
        const pattern = yield* patternOf(query.text, query.regex === "true", query.ignore_case === "true")
        const from = Math.max(1, yield* numberOf("from", query.from, 1, Number.MAX_SAFE_INTEGER))
        const limit = Math.max(1, yield* numberOf("limit", query.limit, 200, mostMatches))
        const log = yield* open(address)
        const { looked, matches, next } = yield* found(logs.find(log, pattern, from, limit))
        return { matches, looked, next: next ?? null }
      })
    })
  })
)
