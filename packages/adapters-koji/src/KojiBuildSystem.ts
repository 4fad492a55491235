/**
 * A Koji hub as a `BuildSystem`: hubs from 1.30 on, nothing submitted twice.
 *
 * The operations live in files of their own; here they are put together and their failures named as the port's. Use `layer`
 * for a hub from a profile, or `make` around a `KojiHub` of your own. Neither fails because the hub is away: operations do,
 * as `unreachable` with what is waited for, and `conditions` says how it is.
 */
import * as Nvr from "@orch/core/Nvr"
import {
  type Buildroot,
  type BuildrootPlan,
  BuildSystem,
  type BuildSystemError,
  type Capabilities,
  type ComponentRequest,
  type Interface,
  type Submission
} from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as BuildAdmission from "./BuildAdmission.ts"
import * as BuildInputs from "./BuildInputs.ts"
import * as BuildrootNames from "./BuildrootNames.ts"
import * as BuildrootPreparation from "./BuildrootPreparation.ts"
import * as BuildrootRelease from "./BuildrootRelease.ts"
import * as ComponentSubmission from "./ComponentSubmission.ts"
import * as FarmConnection from "./FarmConnection.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { mapped, systemName } from "./HubFailure.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as KojiSettings from "./KojiSettings.ts"
import * as RepositoryWatch from "./RepositoryWatch.ts"
import * as TaggedModules from "./TaggedModules.ts"
import * as TaskObservation from "./TaskObservation.ts"
import * as TaskWatch from "./TaskWatch.ts"

/** What fits into requests of a few megabytes. */
const bulk = 1000

/** What is known of the hub; before it has been reached what it said last time, or what the settings say of it. */
const capabilitiesOf = (
  hub: KojiHub.KojiHub,
  settings: KojiSettings.KojiSettings,
  found: HubCapabilities.HubCapabilities | undefined,
  remembered: KojiSettings.Remembered | undefined,
  madeAt: number
): Capabilities => {
  const tagArches = found?.tagArches ?? new Map(Object.entries(remembered?.tagArches ?? {}))
  const ofTags = [...new Set([...tagArches.values()].flat())].sort()
  const trouble = hub.health.trouble()
  return {
    name: hub.name,
    arches: [ofTags, (found ?? remembered)?.arches ?? [], settings.arches].find((arches) => arches.length > 0) ?? [],
    platformArches: Object.fromEntries(
      Object.entries(settings.platformTags).flatMap(([platform, tag]) => {
        const arches = tagArches.get(tag)
        return arches === undefined ? [] : [[platform, arches]]
      })
    ),
    platforms: settings.platforms,
    platformTags: settings.platformTags,
    hints: true,
    options: ["blocked", "includeAll", "dynamicBuildrequires"],
    bulk,
    ...(found !== undefined ? {} : {
      provisional: [{
        platforms: settings.platforms,
        waiting: {
          on: systemName(hub),
          since: trouble?.since ?? madeAt,
          reason: trouble?.error.message ?? "it has not been asked yet"
        }
      }]
    })
  }
}

/** Tasks that were just made, each with the request that it is of. */
const begun = (
  buildroot: string,
  requests: ReadonlyArray<ComponentRequest>,
  submissions: ReadonlyArray<Submission>
): TaskWatch.Begun => ({
  buildroot,
  tasks: submissions.flatMap((one, index) =>
    one._tag === "Accepted" && !one.adopted ? [{ task: one.task, request: requests[index] }] : []
  )
})

/** A hub that nobody asks anything is asked no more often than this (milliseconds); whether it is there at all shows without that. */
const idle = 300_000

/** So long a start waits for the hub: a word from it is worth more than the settings. */
const firstLook = Duration.seconds(3)

/**
 * A build system on a hub. Asks the hub what it can do, and does not wait for the answer longer than a few seconds.
 *
 * Where the hub is away or does not let us in, it is reached later: by the next operation, or when `conditions` are asked for.
 */
export const make = (
  hub: KojiHub.KojiHub,
  options: Partial<KojiSettings.KojiSettings> = {}
): Effect.Effect<Interface> =>
  Effect.gen(function*() {
    const settings = { ...KojiSettings.defaults, ...options }
    const connection = FarmConnection.make(hub, settings)
    const tasks = TaskWatch.make(settings.pollBudget)
    const repositories = RepositoryWatch.make(settings)
    const madeAt = yield* Clock.currentTimeMillis
    const remembered = settings.memory?.load()
    const numbers = (all: ReadonlyArray<string>) => all.filter((task) => /^\d{1,15}$/.test(task)).map(Number)

    /** An operation at the hub, its failure in the port's words. */
    const at = <A>(
      name: string,
      operation: (farm: KojiFarm) => Effect.Effect<A, KojiError | BuildSystemError>
    ): Effect.Effect<A, BuildSystemError> => Effect.flatMap(connection.farm, operation).pipe(mapped(hub, name))

    /** Rights that are missing may have been given since they were asked about. */
    const permitted = (farm: KojiFarm) =>
      HubCapabilities.missingPermissions(farm.capabilities).length === 0 ? Effect.succeed(farm) : connection.renewed

    /** Goes on with a preparation as long as what it waits for comes within moments. */
    const prepare = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
      let keptOut: Buildroot["keptOut"]
      for (;;) {
        const known = keptOut === undefined ? plan : { ...plan, knowsKeptOut: true }
        const prepared: Buildroot = yield* BuildrootPreparation.prepare(farm, known)
        keptOut ??= prepared.keptOut
        const buildroot: Buildroot = keptOut === undefined ? prepared : { ...prepared, keptOut }
        if (buildroot.awaits === undefined) return buildroot
        const request = { buildroot: buildroot.id, id: buildroot.awaits }
        repositories.begun(request, farm.durations, yield* Clock.currentTimeMillis)
        const [state] = Duration.toMillis(settings.linger) > 0 ? yield* repositories.observe(farm, [request]) : []
        if (state?._tag === "Ready") {
          if (!BuildrootPreparation.isLast(plan, buildroot.awaits)) continue
          const { awaits: _, ...prepared } = buildroot
          return prepared
        }
        return state?._tag === "Pending" && state.waiting !== undefined
          ? { ...buildroot, waiting: state.waiting }
          : buildroot
      }
    })

    yield* connection.condition(idle).pipe(Effect.timeoutOption(firstLook))

    return {
      get capabilities() {
        return capabilitiesOf(hub, settings, connection.known()?.capabilities, remembered, madeAt)
      },
      prepare: (plan) => at("prepare", (farm) => Effect.flatMap(permitted(farm), (one) => prepare(one, plan))),
      submit: (buildroot, requests, options) =>
        at("submit", (farm) =>
          ComponentSubmission.submit(farm, BuildrootNames.ofBuildroot(buildroot.id), requests, options).pipe(
            Effect.tap((submissions) =>
              Effect.map(Clock.currentTimeMillis, (now) =>
                tasks.begun(begun(buildroot.id, requests, submissions), farm.durations, now))
            )
          )),
      taggedModules: (_platform, tag, modules) =>
        at("taggedModules", (farm) =>
          TaggedModules.read(farm.hub, tag, modules)),
      observe: (some, options) =>
        at("observe", (farm) =>
          tasks.observe(farm, some, options?.isBrief)),
      results: (builds) =>
        at("results", (farm) => TaskObservation.results(farm, builds.map(({ nvr }) => nvr))),
      inputs: (builds) => at("inputs", (farm) => BuildInputs.read(farm.hub, builds.map(({ nvr }) => nvr))),
      cancel: (some) =>
        at("cancel", (farm) => BuildrootRelease.cancelTasks(farm, numbers(some))).pipe(
          Effect.tap(() => Effect.sync(() => tasks.wake(some)))
        ),
      admit: (buildroot, builds) => {
        const names = BuildrootNames.ofBuildroot(buildroot.id)
        const admission = {
          names,
          into: [names.buildTag, names.tag],
          nvrs: builds.map(({ nvr }) => nvr),
          unlisted: builds.flatMap(({ component, nvr }) => {
            const name = Result.map(Nvr.parse(nvr), ({ name }) => name)
            return Result.isSuccess(name) && name.success !== component ? [name.success] : []
          })
        }
        return at("admit", (farm) =>
          Effect.tap(
            BuildAdmission.admit(farm, admission),
            (request) =>
              Effect.map(
                Clock.currentTimeMillis,
                (now) => repositories.begun({ ...request, buildroot: buildroot.id }, farm.durations, now)
              )
          ))
      },
      observeRepositories: (requests) => at("observeRepositories", (farm) => repositories.observe(farm, requests)),
      finish: (plan, outcome) => {
        const all = BuildrootNames.allOf(plan)
        const names = BuildrootNames.ofPlan(plan)
        const nvrs = outcome._tag === "Succeeded" ? outcome.builds.map(({ nvr }) => nvr) : []
        const kept = { into: nvrs.length === 0 ? [] : [names.buildTag, names.tag], nvrs }
        return at("finish", (farm) =>
          BuildrootRelease.release(farm, all, kept).pipe(farm.preparing(names.tag).withPermit))
      },
      hints: Stream.merge(
        tasks.hints,
        Stream.drain(
          Stream.tap(settings.messages ?? Stream.empty, (message) =>
            Effect.sync(() => {
              const { change } = message
              const named = message.tasks.map(TaskWatch.taskId)
              if (change === "closed") {
                tasks.saidClosed(named)
              } else if (change !== "under-way") {
                tasks.wake(named)
              }
              repositories.wake(message.tags)
            }))
        )
      ),
      repositoryHints: repositories.hints,
      slots: Effect.sync(() =>
        connection.known()?.capabilities.slots
      ),
      conditions: (silent) =>
        Effect.map(connection.condition(silent), (one) => [
          settings.platforms === undefined ? one : { ...one, platforms: settings.platforms }
        ])
    } satisfies Interface
  })

/** Between two looks at a hub that nobody asks anything else. */
const watch = Schedule.spaced("5 seconds")

/** Keeps an eye on the hub for as long as the scope lives, so that one that was away is used as soon as it is back. */
export const watched = (system: Interface) =>
  Effect.forkScoped(Effect.repeat(system.conditions?.(idle) ?? Effect.succeed([]), watch))

/** The hub's sessions are ended with the layer. */
export const layer = (
  options: KojiHub.Options & { readonly settings?: Partial<KojiSettings.KojiSettings> | undefined }
): Layer.Layer<BuildSystem> =>
  Layer.effect(
    BuildSystem,
    Effect.gen(function*() {
      const hub = yield* KojiHub.scoped(options)
      const system = yield* make(hub, options.settings)
      yield* watched(system)
      return system
    })
  )
