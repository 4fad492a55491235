/** How long answers take, by method, route and status: `orch_http_request_duration_seconds`. */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"

/** What is measured of one combination of method, route and status. */
const ofSeries = (attributes: { readonly method: string; readonly route: string; readonly status: string }) =>
  // Attributes that are given beside a metric are put into a key at each update.
  Metric.histogram("orch_http_request_duration_seconds", {
    description: "Seconds from a request to the head of its answer",
    boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    attributes
  })

/** One for each combination that came, which routes, methods and statuses bound. */
const series = new Map<string, ReturnType<typeof ofSeries>>()

const nothing = Context.empty()

/** Counts one answer that took `nanoseconds`. */
export const observe = (
  { method, route, status }: { readonly method: string; readonly route: string; readonly status: number },
  nanoseconds: bigint
): void => {
  const key = `${method} ${status} ${route}`
  let known = series.get(key)
  if (known === undefined) {
    known = ofSeries({ method, route, status: `${status}` })
    series.set(key, known)
  }
  known.updateUnsafe(Number(nanoseconds) / 1e9, nothing)
}
