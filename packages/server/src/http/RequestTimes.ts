/** How long answers take, by method, route and status: `orch_http_request_duration_seconds`. */
import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const seconds = Metric.histogram("orch_http_request_duration_seconds", {
  description: "Seconds from a request to the head of its answer",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

/** One for each combination that came, which routes, methods and statuses bound. */
const series = new Map<string, Metric.Metric<number, Metric.HistogramState>>()

/** Counts one answer that took `nanoseconds`. */
export const observe = (
  { method, route, status }: { readonly method: string; readonly route: string; readonly status: number },
  nanoseconds: bigint
): Effect.Effect<void> => {
  const key = `${method} ${status} ${route}`
  const known = series.get(key) ?? Metric.withAttributes(seconds, { method, route, status: `${status}` })
  series.set(key, known)
  return Metric.update(known, Number(nanoseconds) / 1e9)
}
