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

      const write = (key: string, one: Held, isComplete: boolean) =>
        Statements.keep(sql, key, one.index, LogIndex.firstError(one.index), isComplete).pipe(
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
