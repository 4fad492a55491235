/** What this process takes of its machine, under the names that Prometheus' own clients use, and how long it was too busy to answer. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { readdir, statfs } from "node:fs/promises"
import { monitorEventLoopDelay, performance } from "node:perf_hooks"

const cpu = Metric.counter("process_cpu_seconds_total", {
  description: "Seconds of processors that this process has used",
  incremental: true
})
const memory = Metric.gauge("process_resident_memory_bytes", { description: "Memory of this process" })
const files = Metric.gauge("process_open_fds", { description: "Files this process has open" })
const mostFiles = Metric.gauge("process_max_fds", { description: "Files this process may have open" })
const started = Metric.gauge("process_start_time_seconds", {
  description: "When this process started, in seconds since 1970"
})
const free = Metric.gauge("orch_data_free_bytes", { description: "Free space below ORCH_DATA_DIR" })
const delay = Metric.gauge("orch_event_loop_delay_seconds", {
  description: "How much later than wanted timers ran in the last ten seconds"
})
const quantiles = [0.5, 0.9, 0.99, 1]

/** Milliseconds between two looks at the event loop. */
const resolution = 20

/** Linux tells; elsewhere the two gauges about files are left out. */
const limitOfFiles = (): number | undefined => {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

/** Seconds of processors that were counted already: the counter is one for the process, whoever reads it. */
let counted = 0

/** Begins to watch the event loop, and answers what brings the other gauges up to date. */
export const make = (dataDir: string): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const loop = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const watch = monitorEventLoopDelay({ resolution })
        watch.enable()
        return watch
      }),
      (watch) => Effect.sync(() => watch.disable())
    )
    yield* Effect.forEach(quantiles, (quantile) => {
      // A look that is on time comes one resolution after the last.
      const late = loop.count === 0 ? 0 : Math.max(0, loop.percentile(quantile * 100) / 1e9 - resolution / 1000)
      return Metric.update(Metric.withAttributes(delay, { quantile: `${quantile}` }), late)
    }, { discard: true }).pipe(
      Effect.andThen(Effect.sync(() => loop.reset())),
      Effect.repeat(Schedule.spaced("10 seconds")),
      Effect.forkScoped
    )
    yield* Metric.update(started, performance.timeOrigin / 1000)
    const limit = limitOfFiles()
    if (limit !== undefined) yield* Metric.update(mostFiles, limit)
    const attempt = <A>(look: () => Promise<A>): Effect.Effect<A | undefined> =>
      Effect.promise(() => look().catch(() => undefined))

    return Effect.gen(function*() {
      const { system, user } = process.cpuUsage()
      const used = (system + user) / 1e6
      yield* Metric.update(cpu, used - counted)
      counted = used
      yield* Metric.update(memory, process.memoryUsage.rss())
      const [space, open] = yield* Effect.all([
        attempt(() => statfs(dataDir)),
        attempt(() => readdir("/proc/self/fd"))
      ])
      if (space !== undefined) yield* Metric.update(free, space.bavail * space.bsize)
      if (open !== undefined) yield* Metric.update(files, open.length)
    })
  })
