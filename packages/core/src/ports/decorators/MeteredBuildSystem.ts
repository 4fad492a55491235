/** A build system whose calls are counted and timed: by farm, operation, and how they ended. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type { BuildSystemError, Interface } from "../BuildSystem.ts"
import * as BuildSystemCalls from "./BuildSystemCalls.ts"

/** Calls of build systems. `outcome` is `ok`, the reason of a `BuildSystemError`, `interrupted` or `defect`. */
export const calls = Metric.counter("orch_build_system_calls_total", {
  description: "Calls of build systems, by farm, operation and outcome",
  incremental: true
})

/** How long they took, in seconds; those that failed among them. */
export const seconds = Metric.histogram("orch_build_system_call_seconds", {
  description: "Seconds that calls of build systems took, by farm and operation",
  boundaries: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]
})

const outcomeOf = (exit: Exit.Exit<unknown, BuildSystemError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  for (const reason of exit.cause.reasons) if (reason._tag === "Fail") return reason.error.reason
  return exit.cause.reasons.some(({ _tag }) => _tag === "Interrupt") ? "interrupted" : "defect"
}

/** The same build system. */
export const metered = (system: Interface): Interface =>
  BuildSystemCalls.around(
    system,
    (operation, call) =>
      Effect.flatMap(Clock.currentTimeMillis, (begun) =>
        Effect.onExit(call, (exit) =>
          Effect.gen(function*() {
            const farm = system.capabilities.name
            const ended = yield* Clock.currentTimeMillis
            yield* Metric.update(Metric.withAttributes(calls, { farm, operation, outcome: outcomeOf(exit) }), 1)
            yield* Metric.update(Metric.withAttributes(seconds, { farm, operation }), (ended - begun) / 1000)
          })))
  )
