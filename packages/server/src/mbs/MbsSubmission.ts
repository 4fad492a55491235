/**
 * Submissions with all options of the Module Build Service: several builds at once, scratch builds, overrides, resubmission.
 *
 * Answers as soon as the builds are stored, in state init: what takes long (asking git for the commit of every component)
 * is done afterwards by whoever runs the build. Nothing is stored when any of the builds would be refused.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { SubmitRequest } from "@orch/api/mbs/MbsSubmitRequest"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import * as ModulePlanning from "@orch/core/modulebuild/ModulePlanning"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { archesFor, BuildSystem } from "@orch/core/ports/BuildSystem"
import type { StoreUnavailable } from "@orch/core/ports/ProcessStore"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as BuildArches from "@orch/core/resolution/BuildArches"
import type { Dependencies } from "@orch/core/resolution/Dependencies"
import * as DependencyOverrides from "@orch/core/resolution/DependencyOverrides"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import type { ResolutionError } from "@orch/core/resolution/ResolutionError"
import * as ResubmissionRule from "@orch/core/resolution/ResubmissionRule"
import * as SideTag from "@orch/core/resolution/SideTag"
import * as SrpmOverrides from "@orch/core/resolution/SrpmOverrides"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as SupportStreams from "@orch/core/resolution/SupportStreams"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DocumentRules from "../modulebuilds/submission/DocumentRules.ts"
import { type Available, Modules } from "../modulebuilds/submission/Modules.ts"
import { DefaultModules, type DefaultModulesUnavailable } from "../modulebuilds/submission/PlatformDefaults.ts"
import { ProductPages } from "../modulebuilds/submission/ProductPages.ts"
import { ResolutionRules } from "../modulebuilds/submission/ResolutionRules.ts"
import * as Source from "../modulebuilds/submission/Source.ts"
import * as StreamSettings from "../modulebuilds/submission/StreamSettings.ts"
import type { SubmissionRefused } from "../modulebuilds/submission/SubmissionRefused.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { MbsBuilds } from "./MbsBuilds.ts"
import * as MbsSource from "./MbsSource.ts"

export interface Interface {
  /** The builds, at least one, in the order of their expansion. */
  readonly submit: (
    request: SubmitRequest,
    owner: string
  ) => Effect.Effect<ReadonlyArray<Submitted>, MbsError.MbsError | StoreUnavailable>
}

export interface Submitted {
  readonly id: number
  /** Whether it began with this submission, rather than being there before. */
  readonly isNew: boolean
}

const stateNames = ["init", "wait", "build", "done", "failed", "ready", "garbage"] as const

const ofResolution = ({ inFull, isInvalidRequest, line, message }: ResolutionError): MbsError.MbsError =>
  new MbsError.MbsError({
    status: isInvalidRequest ? 400 : 422,
    message,
    problems: line === undefined && inFull === message
      ? []
      : [{ code: "resolution", message: inFull, ...(line === undefined ? {} : { line }) }]
  })

const ofRefused = ({ message, problems, reason }: SubmissionRefused): MbsError.MbsError => {
  const status =
    ({ malformed: 400, forbidden: 403, invalid: 422, unretrievable: 422, unreachable: 503 } as const)[reason]
  return new MbsError.MbsError({ status, message, problems })
}

const ofDefaults = ({ message, reason }: DefaultModulesUnavailable): MbsError.MbsError =>
  reason === "unreachable" ? MbsError.unavailable(message) : MbsError.unprocessable(message)

type Existing = { readonly id: number; readonly outcome: ResubmissionRule.Outcome; readonly plan: ModulePlan }

export class MbsSubmission extends Context.Service<MbsSubmission, Interface>()("@orch/server/mbs/MbsSubmission") {
  static readonly layer: Layer.Layer<
    MbsSubmission,
    never,
    | ModuleBuildEngine
    | SourceControl
    | BuildSystem
    | Modules
    | MbsBuilds
    | ProductPages
    | DefaultModules
    | ServerConfig
  > = Layer.effect(
    MbsSubmission,
    Effect.gen(function*() {
      const config = yield* ServerConfig
      const engine = yield* ModuleBuildEngine
      const farm = yield* BuildSystem
      const scm = yield* SourceControl
      const modules = yield* Modules
      const builds = yield* MbsBuilds
      const pages = yield* ProductPages
      const defaults = yield* DefaultModules
      const settings = yield* ResolutionRules

      /** The build to take components from, as an id. */
      const reusedId = Effect.fnUntraced(function*(identifier: number | string) {
        const [name = "", stream = "", version = "", context = ""] = String(identifier).split(":")
        const found = typeof identifier === "number"
          ? yield* builds.findModule(identifier)
          : /^\d{1,20}$/.test(version)
          ? yield* builds.findNsvc({ name, stream, version, context })
          : undefined
        const parameter = "The module in the parameter \"reuse_components_from\""
        if (found === undefined) return yield* MbsError.invalid(`${parameter} could not be found`)
        return found.state === 5 ? found.id : yield* MbsError.invalid(`${parameter} must be in the ready state`)
      })

      /** Platforms that were released are built for under their support stream, where nobody said otherwise. */
      const withSupportStreams = Effect.fnUntraced(
        function*(dependencies: ReadonlyArray<Dependencies>, overridden: Dependencies["buildrequires"]) {
          const rules = config.productPagesStreams
          const releases = SupportStreams.releases(dependencies, rules, settings, overridden)
          const released = yield* pages.released(releases)
          return SupportStreams.apply(dependencies, rules, (release) => released.has(release), overridden, settings)
        }
      )

      const expandAll = Effect.fnUntraced(function*(
        { stream, variants }: StreamDocument.ToBuild,
        source: MbsSource.MbsSource,
        lines: MbsSource.MbsSource["lines"][number] | undefined,
        request: SubmitRequest
      ) {
        yield* Effect.fromResult(
          DocumentRules.check(stream, source.name, { settings, allowModuleRepository: config.allowModuleRepository })
        )
        // Static contexts have dependencies of their own.
        const asked = variants.flatMap(({ dependencies }) =>
          dependencies.map(({ buildrequires, requires }) => ({
            buildrequires: new Map(Object.entries(buildrequires)),
            requires: new Map(Object.entries(requires))
          }))
        )
        const known = yield* modules.available(asked)
        const { available } = known
        const expanded: Array<ExpandedModule.ExpandedModule> = []
        for (const variant of variants) {
          const dependencies = yield* Effect.fromResult(DependencyOverrides.apply(variant.dependencies, {
            buildrequires: request.buildrequireOverrides,
            requires: request.requireOverrides,
            branch: request.branch
          }, available.settings)).pipe(Effect.mapError(ofResolution))
          const supported = yield* withSupportStreams(
            DependencyOverrides.resolveVirtualStreams(dependencies, available),
            request.buildrequireOverrides
          )
          const { modules } = yield* Effect.fromResult(ExpandedModule.expand({
            name: source.name,
            stream: source.stream,
            version: source.version,
            dependencies: supported,
            staticContext: variant.staticContext,
            lines: variants.length === 1 ? lines : undefined
          }, available)).pipe(Effect.mapError(ofResolution))
          expanded.push(...modules)
        }
        return yield* defaults.extend(expanded, asked, known).pipe(
          Effect.catchTag("DefaultModulesUnavailable", (error) => Effect.fail(ofDefaults(error)))
        )
      })

      const planOne = Effect.fnUntraced(function*(
        stream: ModuleStreamV2,
        expanded: ExpandedModule.ExpandedModule,
        { available, filters, locations }: Available,
        source: MbsSource.MbsSource,
        request: SubmitRequest,
        owner: string,
        reuse: number | undefined
      ) {
        const { arches } = yield* Effect.fromResult(BuildArches.select(
          {
            buildrequires: expanded.buildrequires,
            kojiTagArches: DocumentRules.kojiTagArches(stream),
            buildoptsArches: stream.buildopts.arches
          },
          // What a platform is made for; other modules of the farm have no architectures of their own.
          (name) =>
            available.settings.baseModuleNames.includes(name)
              ? archesFor(farm.capabilities, expanded.buildrequires[name]?.stream ?? "")
                .filter((arch) => arch !== "noarch" && arch !== "src")
              : undefined,
          available.settings
        )).pipe(
          Effect.mapError(ofResolution)
        )
        const aside = request.sideTag === undefined
          ? {}
          : SideTag.locations(expanded.modules, request.sideTag, available.settings)
        if (aside === undefined) {
          return yield* MbsError.unprocessable("None of the buildrequired base modules are configured for side tags.")
        }
        const branch = request.source._tag === "Scm" ? request.source.branch : request.branch
        const defaultRef = config.defaultRef === "" ? branch : config.defaultRef
        const referenced = Source.withRefs(stream, defaultRef, request.refOverrides)
        const included = yield* Source.fetchIncluded(scm, referenced, config.modulesRepository, defaultRef).pipe(
          Effect.mapError(ofRefused)
        )
        const plan = yield* Effect.fromResult(ModulePlanning.plan({
          stream: referenced,
          included,
          expanded,
          settings: available.settings,
          rpmsRepository: config.rpmsRepository,
          commits: {},
          arches,
          scmurl: source.scmurl,
          recorded: {
            ...(source.commit === undefined ? {} : { commit: source.commit }),
            ...(branch === undefined ? {} : { branch }),
            ...(request.sideTag === undefined ? {} : { side_tag: request.sideTag }),
            ...(Object.keys(request.refOverrides).length === 0
              ? {}
              : { rpm_component_ref_overrides: request.refOverrides })
          },
          owner,
          scratch: request.scratch,
          deadline: ModulePlanning.defaultDeadline,
          locations: { ...locations, ...aside },
          filters,
          defaultPlatform: farm.capabilities.platforms?.[0] ?? ""
        })).pipe(Effect.mapError(({ message }) => MbsError.unprocessable(message)))
        return withOptions(plan, request, request.rebuildStrategy ?? config.rebuildStrategy, reuse)
      })

      /** What becomes of one build, decided before anything is stored. */
      const decide = Effect.fnUntraced(function*(expanded: ExpandedModule.ExpandedModule, request: SubmitRequest) {
        const { context, name, stream, version } = expanded
        const scratchContexts = request.scratch ? yield* builds.scratchContexts(name, stream, version) : []
        const found = request.scratch
          ? undefined
          : yield* builds.findNsvc({ name, stream, version: version.toString(), context })
        const existing = found === undefined
          ? undefined
          : {
            state: stateNames[found.state],
            rebuildStrategy: found.rebuild_strategy,
            trace: [] as ReadonlyArray<(typeof stateNames)[number]>
          }
        const outcome = ResubmissionRule.decide(
          {
            scratch: request.scratch,
            ...(request.rebuildStrategy === undefined ? {} : { rebuildStrategy: request.rebuildStrategy })
          },
          context,
          existing,
          scratchContexts
        )
        if (outcome._tag === "Refuse") return yield* MbsError.invalid(outcome.message)
        const { branch, scratch } = request
        if (outcome._tag === "Create" && !scratch && StreamSettings.isScratchOnly(config, branch)) {
          return yield* MbsError.invalid(StreamSettings.scratchOnly)
        }
        return { id: found?.id ?? 0, outcome }
      })

      const begin = Effect.fnUntraced(
        function*({ id, outcome, plan }: Existing, first: number | undefined, owner: string) {
          switch (outcome._tag) {
            case "Create": {
              const named = { ...plan, ...(first === undefined ? {} : { sibling: first }) }
              return yield* engine.submit(named, owner).pipe(
                Effect.map(({ build }) => ({ id: build.id, isNew: true })),
                // Somebody else submitted the same at the same moment.
                Effect.catchTag("ModuleBuildExists", (exists) => Effect.succeed({ id: exists.id, isNew: false }))
              )
            }
            case "Resume":
              return yield* engine.resume(id, owner).pipe(
                Effect.as({ id, isNew: false }),
                Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(MbsError.conflict(message))),
                Effect.catchTag("ModuleBuildNotFound", Effect.die)
              )
            default:
              return { id, isNew: false }
          }
        }
      )

      return MbsSubmission.of({
        submit: Effect.fn("MbsSubmission.submit")(function*(request, owner) {
          const reuse = request.reuseComponentsFrom === undefined
            ? undefined
            : yield* reusedId(request.reuseComponentsFrom)
          const { invalid } = SrpmOverrides.read(request.srpms)
          if (invalid.length > 0) {
            return yield* MbsError.invalid(`Invalid srpms list encountered: ${invalid.join(", ")}`)
          }
          const source = yield* MbsSource.fetch(scm, request, config)
          const streams = yield* Effect.fromResult(StreamDocument.toBuild(source.document)).pipe(
            Effect.mapError(ofResolution)
          )
          const decided: Array<Existing> = []
          for (const [index, toBuild] of streams.entries()) {
            const resolved = yield* expandAll(toBuild, source, source.lines[index], request)
            for (const one of resolved.expanded) {
              const { id, outcome } = yield* decide(one, request)
              if (outcome._tag === "Create" && !config.allowDashes) yield* refuseDashes(one)
              const suffix = outcome._tag === "Create" ? outcome.contextSuffix : ""
              const named = { ...one, context: `${one.context}${suffix}` }
              const plan = yield* planOne(toBuild.stream, named, resolved, source, request, owner, reuse)
              decided.push({ id, outcome, plan })
            }
          }
          const last = decided.at(-1)
          if (last === undefined) return yield* MbsError.unprocessable("The document is no module stream")
          if (decided.every(({ outcome }) => outcome._tag === "Skip")) {
            const state = last.outcome._tag === "Skip" ? stateNames.indexOf(last.outcome.state) : 0
            return yield* MbsError.conflict(ResubmissionRule.allSkipped(state))
          }
          const begun: Array<Submitted> = []
          for (const one of decided) begun.push(yield* begin(one, begun[0]?.id, owner))
          return begun
        })
      })
    })
  )
}

/** Dashes separate name, stream, version and context in the names of tags and builds. */
const refuseDashes = Effect.fnUntraced(function*({ context, stream }: ExpandedModule.ExpandedModule) {
  for (const [what, text] of [["stream", stream], ["context", context]] as const) {
    if (text.includes("-")) return yield* MbsError.invalid(`Dashes not allowed in ${what}`)
  }
})

const withOptions = (
  plan: ModulePlan,
  request: SubmitRequest,
  rebuildStrategy: string,
  reuse: number | undefined
): ModulePlan => {
  const sources = new Map(SrpmOverrides.read(request.srpms).overrides.map((one) => [one.package, one.source]))
  return {
    ...plan,
    components: plan.components.map((component) => {
      const srpm = sources.get(component.name)
      return srpm === undefined ? component : { ...component, srpm }
    }),
    submission: {
      rebuildStrategy,
      ...(request.srpms.length === 0 ? {} : { srpms: request.srpms }),
      ...(reuse === undefined ? {} : { reuseComponentsFrom: reuse })
    }
  }
}
