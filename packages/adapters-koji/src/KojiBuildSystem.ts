/**
 * A Koji hub as a `BuildSystem`: hubs from 1.30 on, nothing submitted twice.
 *
 * The operations live in files of their own; here they are put together and their failures named as the port's. Use `layer`
 * for a hub from a profile, or `make` around a `KojiHub` of your own.
 */
import * as Nvr from "@orch/core/Nvr"
import { BuildSystem, type BuildSystemError, type Capabilities, type Interface } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as BuildAdmission from "./BuildAdmission.ts"
import * as BuildrootNames from "./BuildrootNames.ts"
import * as BuildrootPreparation from "./BuildrootPreparation.ts"
import * as BuildrootRelease from "./BuildrootRelease.ts"
import * as ComponentSubmission from "./ComponentSubmission.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { mapped } from "./HubFailure.ts"
import * as KojiFarm from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as KojiSettings from "./KojiSettings.ts"
import * as RepositoryObservation from "./RepositoryObservation.ts"
import * as TaskObservation from "./TaskObservation.ts"

/** What fits into requests of a few megabytes. */
const bulk = 1000

const capabilitiesOf = (
  hub: KojiHub.KojiHub,
  settings: KojiSettings.KojiSettings,
  found: HubCapabilities.HubCapabilities
): Capabilities => {
  const ofTags = [...new Set([...found.tagArches.values()].flat())].sort()
  return {
    name: hub.name,
    arches: [ofTags, found.arches, settings.arches].find((arches) => arches.length > 0) ?? [],
    platformArches: Object.fromEntries(
      Object.entries(settings.platformTags).flatMap(([platform, tag]) => {
        const arches = found.tagArches.get(tag)
        return arches === undefined ? [] : [[platform, arches]]
      })
    ),
    platforms: settings.platforms,
    hints: false,
    bulk
  }
}

/** A build system on a hub; logs in and asks what the hub can do. */
export const make = (
  hub: KojiHub.KojiHub,
  options: Partial<KojiSettings.KojiSettings> = {}
): Effect.Effect<Interface, BuildSystemError> =>
  Effect.gen(function*() {
    const settings = { ...KojiSettings.defaults, ...options }
    const found = yield* HubCapabilities.discover(hub, [...new Set(Object.values(settings.platformTags))])
    const farm = yield* KojiFarm.make(hub, settings, found)
    const observer = TaskObservation.make(farm)
    const repositories = RepositoryObservation.make(farm)
    const numbers = (tasks: ReadonlyArray<string>) => tasks.filter((task) => /^\d{1,15}$/.test(task)).map(Number)

    return {
      capabilities: capabilitiesOf(hub, settings, found),
      prepare: (plan) =>
        BuildrootPreparation.prepare(farm, plan).pipe(mapped(hub, "prepare"), Effect.withSpan("koji.prepare")),
      submit: (buildroot, requests) =>
        ComponentSubmission.submit(farm, BuildrootNames.ofBuildroot(buildroot.id), requests).pipe(
          mapped(hub, "submit"),
          Effect.withSpan("koji.submit")
        ),
      observe: (tasks) => observer.observe(tasks).pipe(mapped(hub, "observe"), Effect.withSpan("koji.observe")),
      cancel: (tasks) =>
        BuildrootRelease.cancelTasks(farm, numbers(tasks)).pipe(
          Effect.tap(() => Effect.sync(observer.wake)),
          mapped(hub, "cancel"),
          Effect.withSpan("koji.cancel")
        ),
      admit: (buildroot, builds) => {
        const names = BuildrootNames.ofBuildroot(buildroot.id)
        return BuildAdmission.admit(farm, {
          names,
          into: [names.buildTag, names.tag],
          nvrs: builds.map(({ nvr }) => nvr),
          unlisted: builds.flatMap(({ component, nvr }) => {
            const name = Result.map(Nvr.parse(nvr), ({ name }) => name)
            return Result.isSuccess(name) && name.success !== component ? [name.success] : []
          })
        }).pipe(mapped(hub, "admit"), Effect.withSpan("koji.admit"))
      },
      observeRepositories: (requests) =>
        repositories.observe(requests).pipe(
          mapped(hub, "observeRepositories"),
          Effect.withSpan("koji.observeRepositories")
        ),
      finish: (plan, outcome) => {
        const names = BuildrootNames.ofPlan(plan)
        // The last batch was never admitted, since nobody was to be built with it; those who require the module need it.
        const nvrs = outcome._tag === "Succeeded" ? outcome.builds.map(({ nvr }) => nvr) : []
        return BuildAdmission.tag(hub, [names.buildTag, names.tag], nvrs).pipe(
          Effect.andThen(BuildrootRelease.release(farm, names)),
          farm.preparing(names.tag).withPermit,
          mapped(hub, "finish"),
          Effect.withSpan("koji.finish")
        )
      },
      hints: Stream.empty
    } satisfies Interface
  }).pipe(mapped(hub, "connect"))

/** The hub's sessions are ended with the layer. */
export const layer = (
  options: KojiHub.Options & { readonly settings?: Partial<KojiSettings.KojiSettings> | undefined }
): Layer.Layer<BuildSystem, BuildSystemError> =>
  Layer.effect(BuildSystem, Effect.flatMap(KojiHub.scoped(options), (hub) => make(hub, options.settings)))
