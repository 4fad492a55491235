/**
 * Logs by line. What is known of a log, where its lines are above all, is kept in the database and extended while it grows, so that a
 * log of any size is read through once and every page of it is one read.
 */
import * as LinePattern from "@orch/core/buildlog/LinePattern"
import * as LineTester from "@orch/core/buildlog/LineTester"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import type { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as LogReading from "./LogReading.ts"
import * as LogSources from "./LogSources.ts"
import * as Statements from "./statements/LogStatements.ts"

/** A log and what is known of it. */
export interface KnownLog {
  readonly source: LogSources.LogSource
  readonly index: LogIndex.LogIndex
  readonly isOpen: boolean
  /** Whether all that is there was looked at. */
  readonly isWhole: boolean
}

/** A line that somebody said is not the cause. */
export interface Doubt {
  /** Key of the log. */
  readonly source: string
  readonly line: number
  readonly rule: string
  readonly text: string
  readonly by: string
  readonly at: number
}

type Failure = LogSources.LogMissing | StoreUnavailable

/** What can be asked. */
export interface Interface {
  /** The log at an address, looked at as far as `lines`, or to its end. */
  readonly open: (address: LogSources.LogAddress, lines?: number) => Effect.Effect<KnownLog, Failure>
  readonly lines: (log: KnownLog, from: number, count: number) => Effect.Effect<LogReading.Lines, LogSources.LogMissing>
  /** Lines that a pattern fits, from a line on; no more than a bounded stretch of the log is looked through. */
  readonly find: (
    log: KnownLog,
    pattern: LinePattern.LinePattern,
    from: number,
    limit: number
  ) => Effect.Effect<LogReading.Matches, LogSources.LogMissing>
  /** Lines of a log that are not the cause, as people said. */
  readonly doubts: (log: KnownLog) => Effect.Effect<ReadonlyArray<Doubt>, StoreUnavailable>
  /** Says so of a line that a rule is for; `undefined` where none is. */
  readonly doubt: (log: KnownLog, line: number, by: string) => Effect.Effect<Doubt | undefined, StoreUnavailable>
  readonly believe: (log: KnownLog, line: number) => Effect.Effect<void, StoreUnavailable>
  /** Of all logs, the newest first. */
  readonly allDoubts: Effect.Effect<ReadonlyArray<Doubt>, StoreUnavailable>
  /** Looks at logs that grow, and at those that have ended since a time. */
  readonly lookAtRecent: (since: number) => Effect.Effect<void, StoreUnavailable>
}

/** Logs of builds. */
export class BuildLogs extends Context.Service<BuildLogs, Interface>()("@orch/server/logs/BuildLogs") {}

/** Bytes that are looked at without letting others go on: some milliseconds. */
const step = 256 * 1024
/** Bytes of the longest line that a log is read beyond. */
const longestLine = 64 * 1024 * 1024
/** What is known is written down after so many new bytes, and at the end. */
const writtenAfter = 4 * 1024 * 1024
/** Logs whose index is kept in memory. */
const remembered = 200
/** Logs that are looked at in one round, and at the same time. */
const mostRecent = 500
/** Doubts that are told at once. */
const mostDoubts = 500

const doubtOf = ({ at, line, name, ...row }: Statements.DoubtRow): Doubt => ({
  ...row,
  line: Number(line),
  by: name,
  at: at.getTime()
})

const decode = Schema.decodeUnknownOption(LogIndex.LogIndex)

interface Held {
  index: LogIndex.LogIndex
  isComplete: boolean
  written: number
  readonly turn: Semaphore.Semaphore
}

/** Logs of this server's farm and pool, and of hubs. */
export const layer = (
  dataDir: string
): Layer.Layer<BuildLogs, never, SqlClient.SqlClient | ArtifactStore | PackageBuilds> =>
  Layer.effect(
    BuildLogs,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const sources = yield* LogSources.make(dataDir)
      const held = new Map<string, Held>()

      const hold = Effect.fnUntraced(function*(key: string) {
        const known = held.get(key)
        if (known !== undefined) {
          held.delete(key)
          held.set(key, known)
          return known
        }
        const [row] = yield* Statements.index(sql, key).pipe(asUnavailable("BuildLogs.index"))
        const decoded = row === undefined ? undefined : decode(row.index)
        const index = decoded?._tag === "Some" ? decoded.value : LogIndex.empty
        // Somebody else may have begun meanwhile.
        const now = held.get(key) ?? {
          index,
          isComplete: row?.complete === true,
          written: index.bytes,
          turn: yield* Semaphore.make(1)
        }
        held.set(key, now)
        for (const oldest of held.keys()) {
          if (held.size <= remembered) break
          held.delete(oldest)
        }
        return now
      })

      const doubts = (key: string) =>
        Effect.map(Statements.doubts(sql, key), (rows) => rows.map(doubtOf)).pipe(asUnavailable("BuildLogs.doubts"))
      const firstError = (key: string, index: LogIndex.LogIndex) =>
        Effect.map(doubts(key), (all) => LogIndex.firstError(index, new Set(all.map(({ line }) => line))))
      const tellFirstError = ({ index, source: { key } }: KnownLog) =>
        firstError(key, index).pipe(
          Effect.flatMap((first) => Statements.tellFirstError(sql, key, first)),
          asUnavailable("BuildLogs.tellFirstError")
        )

      const write = (key: string, one: Held, isComplete: boolean) =>
        firstError(key, one.index).pipe(
          Effect.flatMap((first) => Statements.keep(sql, key, one.index, first, isComplete)),
          Effect.tap(() => Effect.sync(() => void (one.written = one.index.bytes))),
          asUnavailable("BuildLogs.keep")
        )

      /** Reads on from where it was left, as far as `lines`; answers whether the end was reached. */
      const extend = Effect.fnUntraced(function*(source: LogSources.LogSource, one: Held, lines: number) {
        if (one.isComplete) return true
        const isLive = one.index.bytes > 0
        let size = step
        for (;;) {
          if (one.index.lines >= lines) return false
          // Asked before reading: what is written between the two is still read.
          const isOpen = yield* source.isOpen
          const bytes = yield* source.read(one.index.bytes, size)
          const before = one.index.bytes
          const isEnd = bytes.length < size
          const now = isLive && isOpen && isEnd ? yield* Clock.currentTimeMillis : undefined
          one.index = LogIndex.extend(one.index, bytes, {
            isLast: isEnd && !isOpen,
            ...(now === undefined ? {} : { now })
          })
          if (isEnd && !isOpen) one.isComplete = true
          if (
            one.isComplete || one.index.bytes - one.written >= writtenAfter || (isEnd && one.index.bytes > one.written)
          ) {
            yield* write(source.key, one, one.isComplete)
          }
          if (isEnd) return true
          // A line that is longer than what was read needs more at once; nothing is known of what comes after one without an end.
          size = one.index.bytes > before ? step : size * 2
          if (size > longestLine) return true
          yield* Effect.yieldNow
          yield* Effect.promise(() => new Promise<void>((resume) => setImmediate(resume)))
        }
      })

      const open = Effect.fnUntraced(function*(address: LogSources.LogAddress, lines = Infinity) {
        const source = yield* sources.find(address)
        const one = yield* hold(source.key)
        const isWhole = yield* one.turn.withPermit(extend(source, one, lines))
        return { source, index: one.index, isOpen: !one.isComplete && (yield* source.isOpen), isWhole }
      })

      return BuildLogs.of({
        open,
        lines: ({ index, source }, from, count) => LogReading.lines(source, index, from, count),
        find: ({ index, source }, pattern, from, limit) =>
          LogReading.find(
            source,
            index,
            LineTester.make(pattern),
            (line) => LinePattern.find(pattern, line),
            from,
            limit
          ),
        doubts: ({ source }) => doubts(source.key),
        doubt: Effect.fnUntraced(function*(log, line, by) {
          const found = log.index.candidates.find((one) => one.line === line)
          if (found === undefined) return undefined
          const [row] = yield* Statements.doubt(sql, {
            source: log.source.key,
            line,
            rule: found.rule,
            text: found.text,
            name: by
          }).pipe(asUnavailable("BuildLogs.doubt"))
          yield* tellFirstError(log)
          return doubtOf(row!)
        }),
        believe: (log, line) =>
          Statements.believe(sql, log.source.key, line).pipe(
            asUnavailable("BuildLogs.believe"),
            Effect.andThen(tellFirstError(log))
          ),
        allDoubts: Statements.allDoubts(sql, mostDoubts).pipe(
          Effect.map((rows) => rows.map(doubtOf)),
          asUnavailable("BuildLogs.allDoubts")
        ),
        lookAtRecent: Effect.fnUntraced(function*(since) {
          const rows = yield* Statements.recent(sql, since, mostRecent).pipe(asUnavailable("BuildLogs.recent"))
          yield* Effect.forEach(
            rows,
            ({ attempt, build, name }) =>
              Effect.catchTag(
                open({
                  life: "module-build",
                  build: Number(build),
                  part: name,
                  attempt,
                  arch: undefined,
                  file: undefined
                }),
                "LogMissing",
                () => Effect.void
              ),
            { concurrency: 2, discard: true }
          )
        })
      })
    })
  )
