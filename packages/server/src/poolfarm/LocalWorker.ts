/**
 * The local farm as a worker of the builder pool: it takes tasks like any node, builds them on this machine, and reports.
 *
 * What it works on is what the pool says it has, so a server that starts again goes on with the tasks of the one before, and finds
 * what their builds have made by then.
 */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { NodeTaskWire } from "@orch/api/albs/BuildWire"
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Interface as Farm, Observation } from "@orch/core/ports/BuildSystem"
import type { Interface as Sources } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { BuilderPool, offered } from "../builders/BuilderPool.ts"
import { Notifier } from "../database/Notifier.ts"
import * as LocalTask from "./LocalTask.ts"

export interface Options {
  /** The name the pool knows it by. */
  readonly node: string
  readonly arches: ReadonlyArray<string>
  /** Tasks at the same time. */
  readonly slots: number
  readonly machine: LocalTask.Machine
  readonly farm: Farm
  readonly sources: Sources
  /** The log of one of the farm's tasks. */
  readonly log: (task: string) => string
  /** The list of what the buildroot of one of the farm's tasks held. */
  readonly installed: (task: string) => string
}

/** Milliseconds after which it looks without being told: often enough to keep its tasks alive. */
const lookMillis = 2_000

/** The architectures of a package that it excludes from this machine. */
const isExcluded = (reason: string): boolean => /Architecture is (?:not included|excluded)/i.test(reason)

/** A branch or tag as the commit it stands for now; what is none is left to the farm. */
const pinned = (sources: Sources, task: NodeTaskWire) => {
  const { git_commit_hash, git_ref, ref_type, url } = task.ref
  const isKnown = git_commit_hash !== null || ref_type === AlbsStatus.ofRefType.srpm_url || task.arch !== "src"
  return isKnown
    ? Effect.succeed(task)
    : Effect.map(
      sources.resolve([{ repository: url, ref: git_ref ?? undefined }]),
      ([found]) => found?._tag === "Resolved" ? { ...task, ref: { ...task.ref, git_commit_hash: found.commit } } : task
    )
}

/** Works from now on, for as long as the scope lives. */
export const run = Effect.fn("LocalWorker.run")(function*(options: Options) {
  const { farm, node, slots } = options
  const pool = yield* BuilderPool
  const store = yield* ArtifactStore
  const notifier = yield* Notifier
  yield* pool.adjustNode(node, { slots })
  /** What the farm was asked for, by number and hand-out of the task. */
  const begun = new Map<string, Begun>()
  const wake = Latch.makeUnsafe(false)

  const report = (
    id: bigint,
    token: number,
    status: "done" | "failed" | "excluded",
    artifacts: ReadonlyArray<Brought>,
    commit: string | null
  ) =>
    pool.report(node, Number(id), token, {
      status,
      artifacts,
      ...(commit === null ? {} : { commit })
    }).pipe(Effect.catchTag(["LateReport", "UnknownTask"], () => Effect.void))

  const keep = (path: string, name: string, type: Brought["type"]) =>
    Effect.map(store.keep(path), ({ sha256 }): Brought => ({ name, type, href: ArtifactHref.artifact(sha256), sha256 }))

  const refuse = Effect.fnUntraced(function*(id: bigint, token: number, reason: string) {
    yield* Effect.logWarning(`The local farm cannot build task ${id}`, { reason })
    yield* report(id, token, "failed", [], null)
  })

  const begin = Effect.fnUntraced(function*(id: bigint, token: number, payload: unknown) {
    const task = yield* pinned(options.sources, payload as NodeTaskWire)
    const local = LocalTask.make(task, token, options.machine)
    if (typeof local === "string") return yield* refuse(id, token, local)
    const buildroot = yield* farm.prepare(local.plan)
    const [answer] = yield* farm.submit(buildroot, [local.request])
    if (answer?._tag !== "Accepted") return yield* refuse(id, token, answer?.reason ?? "")
    const { source } = local.request
    begun.set(keyOf(id, token), { ...local, task: answer.task, commit: source._tag === "Git" ? source.commit : null })
  })

  const bring = Effect.fnUntraced(
    function*(id: bigint, token: number, payload: unknown, one: Begun, seen: Observation) {
      const { arch } = payload as NodeTaskWire
      const status = seen.state === "closed" ? "done" : isExcluded(seen.reason ?? "") ? "excluded" : "failed"
      const log = yield* Effect.option(keep(options.log(one.task), `local_build.${id}.log`, "build_log"))
      const isSource = arch === "src"
      const installed = status !== "done" || isSource ? [] : yield* keep(
        options.installed(one.task),
        `local_installed_pkgs.${id}.log`,
        "build_log"
      ).pipe(Effect.map((file) => [file]), Effect.orElseSucceed(() => []))
      const packages = status !== "done" ?
        [] :
        seen.artifacts.filter(({ nevra }) => nevra.endsWith(".src") === isSource)
      const rpms = yield* Effect.forEach(packages, ({ location }) => keep(location, Path.basename(location), "rpm"))
      yield* report(id, token, status, [...rpms, ...(log._tag === "Some" ? [log.value] : []), ...installed], one.commit)
      yield* farm.finish(one.plan, { _tag: "Succeeded", builds: [] })
    }
  )

  const step = Effect.gen(function*() {
    wake.closeUnsafe()
    const mine = yield* pool.leasedTo(node)
    yield* pool.renew(node, mine.map(({ id }) => Number(id)))
    const wanted = new Set(mine.map(({ id, token }) => keyOf(id, token)))
    for (const [key, one] of begun) {
      if (wanted.has(key)) continue
      begun.delete(key)
      yield* farm.finish(one.plan, { _tag: "Succeeded", builds: [] })
    }
    for (const { id, payload, token } of mine) {
      if (!begun.has(keyOf(id, token))) yield* begin(id, token, payload)
    }
    const running = mine.flatMap((row) => {
      const one = begun.get(keyOf(row.id, row.token))
      return one === undefined ? [] : [{ row, one }]
    })
    const seen = yield* farm.observe(running.map(({ one }) => one.task))
    let ended = 0
    for (const [index, { one, row }] of running.entries()) {
      if (!["closed", "failed", "canceled", "gone"].includes(seen[index]!.state)) continue
      yield* bring(row.id, row.token, row.payload, one, seen[index]!)
      ended++
    }
    for (let free = slots - mine.length + ended; free > 0; free--) {
      const task = yield* pool.handOut({ node, arches: options.arches, excluded: [] })
      if (task === undefined) break
      yield* begin(task.id, task.token, task.payload)
    }
    yield* Effect.race(wake.await, Effect.sleep(lookMillis))
  })

  const told = Stream.mergeAll([notifier.notifications(offered), Stream.map(farm.hints, () => undefined)], {
    concurrency: "unbounded"
  })
  yield* Stream.runForEach(told, () => Effect.sync(() => wake.openUnsafe())).pipe(Effect.forkScoped)
  yield* Upkeep.repeating(
    { failed: "The local farm could not work for the builder pool", interval: 0 },
    Effect.tapCause(step, () => Effect.sleep("1 second"))
  )
})

interface Begun extends LocalTask.LocalTask {
  readonly task: Observation["task"]
  readonly commit: string | null
}

interface Brought {
  readonly name: string
  readonly type: "rpm" | "build_log"
  readonly href: string
  readonly sha256: string
}

const keyOf = (id: bigint, token: number): string => `${id}/${token}`
