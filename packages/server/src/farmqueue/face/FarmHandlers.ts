/** The farm of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import type { FarmOverview } from "@orch/api/orch/FarmApi"
import { SubmissionLimits } from "@orch/core/engine/SubmissionLimits"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { NodeRow } from "../../builders/BuilderPool.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { time, timeOrNull } from "../../http/Timestamp.ts"
import * as SystemConditions from "../../operations/SystemConditions.ts"
import * as SystemView from "../../operations/SystemView.ts"
import { FarmQueue, type Queue } from "../FarmQueue.ts"
import { QueueHistory, type Sample } from "../QueueHistory.ts"

const halfHour = 1_800_000
const stretches = 48
const mostLeases = 500

/** A node that has not been heard of for so many milliseconds is away. */
const silent = 120_000

const nodeView = (node: NodeRow, now: number): FarmOverview["nodes"][number] => {
  const seen = node.seen_at === null ? undefined : Number(node.seen_at)
  const leased = Number(node.leased)
  return {
    name: node.name,
    arches: node.arches,
    excluded: node.excluded,
    slots: node.slots,
    draining: node.draining,
    leased,
    load: node.load,
    last_seen: timeOrNull(seen),
    condition: seen === undefined || seen < now - silent
      ? "away"
      : node.draining
      ? "draining"
      : leased >= node.slots
      ? "busy"
      : "ready"
  }
}

const worst = { away: 0, draining: 1, busy: 2, ready: 3 } as const

const archesOf = (
  { entries, leased, running }: Queue,
  nodes: FarmOverview["nodes"],
  samples: ReadonlyArray<Sample>,
  now: number
): FarmOverview["arches"] => {
  const history = Map.groupBy(samples, ({ arch }) => arch)
  const names = new Set([
    ...history.keys(),
    ...nodes.flatMap(({ arches }) => arches),
    ...entries.flatMap(({ arches }) => arches),
    ...running.flatMap(({ arches }) => arches)
  ])
  const able = nodes.filter(({ condition }) => condition === "ready" || condition === "busy")
  return [...names].sort().map((arch) => {
    const waiting = entries.filter(({ arches }) => arches.includes(arch))
    const since = waiting.flatMap((one) => one.since === null ? [] : [Date.parse(one.since)])
    const expected = waiting.flatMap((one) => one.expected_at === null ? [] : [one.expected_at]).sort()
    const here = able.filter(({ arches }) => arches.includes(arch))
    return {
      arch,
      slots: here.length === 0 ? null : here.reduce((sum, { slots }) => sum + slots, 0),
      running: running.filter(({ arches }) => arches.includes(arch)).length
        + leased.filter((task) => task.of === "module-build" && task.arch === arch && !isCounted(running, arch)).length,
      waiting: waiting.length,
      longest_wait: since.length === 0 ? null : Math.max(0, Math.round((now - Math.min(...since)) / 1000)),
      empty_at: waiting.length > 0 && expected.length === waiting.length ? expected.at(-1)! : null,
      history: (history.get(arch) ?? []).map(({ at, running, waiting }) => ({ at: time(at), running, waiting }))
    }
  })
}

/** Architectures that only tasks name, such as that of source packages, no component counts. */
const isCounted = (running: Queue["running"], arch: string): boolean =>
  running.some(({ arches }) => arches.includes(arch))

const sharesOf = ({ entries, running }: Queue): FarmOverview["shares"] => {
  const shares = new Map<string, { running: number; waiting: number }>()
  const of = (owner: string) => {
    const known = shares.get(owner) ?? { running: 0, waiting: 0 }
    shares.set(owner, known)
    return known
  }
  for (const { owner } of running) of(owner).running++
  for (const { owner } of entries) of(owner).waiting++
  return [...shares].map(([owner, share]) => ({ owner, ...share }))
    .toSorted((a, b) => b.running - a.running || b.waiting - a.waiting || (a.owner < b.owner ? -1 : 1))
}

export const layer = HttpApiBuilder.group(
  OrchApi,
  "farm",
  Effect.fn(function*(handlers) {
    const queue = yield* FarmQueue
    const history = yield* QueueHistory
    const limits = yield* SubmissionLimits
    const system = yield* BuildSystem
    return handlers.handleAll({
      overview: Effect.fnUntraced(function*() {
        const now = yield* Clock.currentTimeMillis
        // Whole half hours, so that the same one is the same one a minute later.
        const first = (Math.floor(now / halfHour) - stretches + 1) * halfHour
        const found = yield* whenAway(queue.queue)
        const finished = yield* whenAway(queue.finished(first, halfHour))
        const conditions = yield* SystemConditions.known.pipe(Effect.provideService(BuildSystem, system))
        const nodes = found.nodes.map((node) => nodeView(node, now))
          .toSorted((a, b) => worst[a.condition] - worst[b.condition])
        const byPlace = new Map(finished.map((one) => [one.place, one]))
        return {
          at: time(now),
          limits: {
            total: limits.total ?? null,
            per_owner: limits.perOwner ?? null,
            per_arch: limits.perArch ?? null
          },
          arches: archesOf(found, nodes, yield* whenAway(history.recent), now),
          shares: sharesOf(found),
          nodes,
          leases: found.leased.toSorted((a, b) => Number(a.since ?? 0) - Number(b.since ?? 0)).slice(0, mostLeases)
            .map((task) => ({
              node: task.node ?? "",
              life: task.of,
              build: task.build,
              part: task.name,
              arch: task.arch,
              since: timeOrNull(task.since === null ? undefined : Number(task.since)),
              until: timeOrNull(task.until === null ? undefined : Number(task.until))
            })),
          systems: conditions.map(SystemView.condition),
          dead_letters: yield* whenAway(queue.deadLetters),
          finished: Array.from({ length: stretches }, (_, place) => ({
            from: time(first + place * halfHour),
            built: byPlace.get(place)?.built ?? 0,
            failed: byPlace.get(place)?.failed ?? 0
          }))
        }
      }),
      queue: Effect.fnUntraced(function*({ query: { arch, kind, owner, ...paging } }) {
        const { limit, offset } = yield* Paging.parse(paging, 50)
        const { entries, isMore } = yield* whenAway(queue.queue)
        const found = entries.filter((one) =>
          (arch === undefined || one.arches.includes(arch)) && (owner === undefined || one.owner === owner)
          && (kind === undefined || one.kind === kind)
        )
        return { items: found.slice(offset, offset + limit), total: found.length, more: isMore }
      })
    })
  })
)
