/** Why a task that a node may take has not been taken: as data, and as a sentence. */
import * as Forecast from "./PoolForecast.ts"
import * as Matching from "./PoolMatching.ts"
import type { PoolTask } from "./PoolTask.ts"

/** Why a task waits, one case each. */
export type QueueExplanation =
  | { readonly _tag: "NotQueued"; readonly state: PoolTask["state"]; readonly node: string | undefined }
  /** No node that is there builds for the architecture. */
  | { readonly _tag: "NoNode"; readonly arch: string; readonly draining: ReadonlyArray<string> }
  /** All nodes for the architecture refuse the package. */
  | { readonly _tag: "Excluded"; readonly nodes: ReadonlyArray<{ readonly node: string; readonly by: string }> }
  /** A limit holds it; `place` where the forecast says when that ends. */
  | { readonly _tag: "Limit"; readonly limit: Matching.Refusal; readonly place: Forecast.Place | undefined }
  /** It waits for its turn. */
  | { readonly _tag: "Turn"; readonly place: Forecast.Place }
  /** Its turn is further away than is foreseen. */
  | { readonly _tag: "FarAway"; readonly beyond: number }

/** Why this task of the pool waits. `tasks` holds all that are queued or leased, the task itself among them. */
export const explain = (
  task: PoolTask,
  tasks: ReadonlyArray<PoolTask>,
  nodes: ReadonlyArray<Forecast.PoolNode>,
  at: number,
  limits: Matching.Limits = Matching.unlimited
): QueueExplanation => {
  return explainIn(task, nodes, Matching.active(tasks), () => Forecast.play(tasks, nodes, at, limits), limits)
}

/** The same where it is known what is leased; `places` are those of `PoolForecast.play`, asked for where they are needed. */
export const explainIn = (
  task: PoolTask,
  nodes: ReadonlyArray<Forecast.PoolNode>,
  now: Matching.Active,
  places: () => ReadonlyMap<number, Forecast.Place>,
  limits: Matching.Limits
): QueueExplanation => {
  if (task.state !== "queued") return { _tag: "NotQueued", state: task.state, node: task.lease?.node }
  const able = nodes.filter(({ arches }) => arches.includes(task.arch))
  const open = able.filter(({ draining }) => !draining)
  if (open.length === 0) {
    return { _tag: "NoNode", arch: task.arch, draining: able.map(({ node }) => node) }
  }
  const excluded = open.flatMap((node) => {
    const refused = Matching.refusal(task, node, now, Matching.unlimited)
    return refused?._tag === "Excluded" ? [{ node: node.node, by: refused.by }] : []
  })
  if (excluded.length === open.length) return { _tag: "Excluded", nodes: excluded }
  const place = places().get(task.id)
  const limit = Matching.limitOf(task, now, limits)
  if (limit !== undefined) return { _tag: "Limit", limit, place }
  return place === undefined ? { _tag: "FarAway", beyond: Forecast.horizon } : { _tag: "Turn", place }
}

/** One sentence for people. Times are written by `time`, which gets milliseconds since the epoch. */
export const sentence = (self: QueueExplanation, time: (at: number) => string): string => {
  switch (self._tag) {
    case "NotQueued":
      return self.node === undefined ? `It is ${self.state}.` : `It is ${self.state} by ${self.node}.`
    case "NoNode":
      return self.draining.length === 0
        ? `No node builds for ${self.arch}.`
        : `All nodes for ${self.arch} are being drained: ${self.draining.join(", ")}.`
    case "Excluded":
      return `All nodes refuse it: ${self.nodes.map(({ by, node }) => `${node} because of ${by}`).join(", ")}.`
    case "Limit": {
      const until = self.place === undefined ? "" : ` It is expected to start at ${time(self.place.at)}.`
      return `${limitSentence(self.limit)}${until}`
    }
    case "Turn":
      return `It is number ${self.place.place} in the queue, expected to start at ${
        time(self.place.at)
      } on ${self.place.node}.`
    case "FarAway":
      return `More than ${self.beyond} tasks come before it.`
  }
}

const limitSentence = (limit: Matching.Refusal): string => {
  switch (limit._tag) {
    case "OwnerLimit":
      return `Its owner has ${limit.limit} tasks in the works, as many as one owner may.`
    case "OwnerArchLimit":
      return `Its owner has ${limit.limit} tasks for this architecture in the works, as many as one owner may.`
    case "Reserved":
      return `The free slots are reserved for builds of class ${limit.class}.`
    case "NotQueued":
    case "Draining":
    case "Arch":
    case "Excluded":
      return "No node may take it."
  }
}
