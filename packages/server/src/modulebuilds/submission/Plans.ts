/** From expanded modules to the plans of their builds: architectures, included modules, commits, and what was asked for. */
import type { Problem } from "@orch/api/ErrorBody"
import * as Waiting from "@orch/core/farm/Waiting"
import * as MbsOptions from "@orch/core/modulebuild/MbsOptions"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import type { IncludedModule } from "@orch/core/modulebuild/ModulePlanning"
import * as ModulePlanning from "@orch/core/modulebuild/ModulePlanning"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { archesFor, BuildSystem, concerns } from "@orch/core/ports/BuildSystem"
import { type Resolution, SourceControl } from "@orch/core/ports/SourceControl"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as BuildArches from "@orch/core/resolution/BuildArches"
import type { ExpandedModule } from "@orch/core/resolution/ExpandedModule"
import * as SideTag from "@orch/core/resolution/SideTag"
import * as SrpmOverrides from "@orch/core/resolution/SrpmOverrides"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as LargeDocuments from "../documents/LargeDocuments.ts"
import { ComponentInput, type Sourced } from "./ComponentInput.ts"
import * as DocumentRules from "./DocumentRules.ts"
import type { Expanded } from "./Expansion.ts"
import * as IncludedModules from "./IncludedModules.ts"
import type { Source } from "./Source.ts"
import { impossible, ofComponent, ofResolution, type SubmissionRefused, unretrievable } from "./SubmissionRefused.ts"
import type { SubmissionRequest } from "./SubmissionRequest.ts"
import { SubmissionSettings } from "./SubmissionSettings.ts"

export interface Interface {
  /** The plans of these modules, in their order; all are expanded from one stream of the document. */
  readonly make: (
    modules: ReadonlyArray<ExpandedModule>,
    expanded: Expanded,
    source: Source,
    request: SubmissionRequest,
    /** Id of the build to take components from. */
    reuse: number | undefined
  ) => Effect.Effect<ReadonlyArray<ModulePlan>, SubmissionRefused>
}

/**
 * Repositories that are asked before a submission is answered. The commits of a module with more are looked up by whoever runs its
 * build: thousands of questions to git servers would keep the caller waiting for minutes.
 */
const askedAtOnce = 1000

/** The packages that are built from uploaded sources, by name. */
const uploaded = ({ srpms }: SubmissionRequest): ReadonlyMap<string, string> =>
  new Map(SrpmOverrides.read(srpms).overrides.map((one) => [one.package, one.source]))

type Needs = BuildSystem | SourceControl | ComponentInput | SubmissionSettings

export class Plans extends Context.Service<Plans, Interface>()("@orch/server/modulebuilds/submission/Plans") {
  static readonly layer: Layer.Layer<Plans, never, Needs> = Layer.effect(
    Plans,
    Effect.gen(function*() {
      const settings = yield* SubmissionSettings
      const farm = yield* BuildSystem
      const scm = yield* SourceControl
      const input = yield* ComponentInput
      // Asked for each plan: a farm that was away when the server started learns its architectures later.
      const defaultPlatform = () => farm.capabilities.platforms?.[0] ?? ""
      const archesOn = (platform: string) =>
        archesFor(farm.capabilities, platform).filter((arch) => arch !== "noarch" && arch !== "src")

      /**
       * Commits of all components at once, and what there is to say about their sources; those that are not there or cannot be
       * built are named together. Where the commits are asked for later, what is not there is found later, as are those of a module with too many to ask about.
       */
      const lookUp = Effect.fnUntraced(function*(module: IncludedModule, request: SubmissionRequest) {
        const none = { commits: {}, remarks: [] }
        if (!request.resolvesAtOnce && !input.isWanted) return none
        const srpms = uploaded(request)
        const components = [...ModulePlanning.rpmComponents(module)]
          .filter(([name]) => !srpms.has(name))
          .map(([name, { name: package_, ref, repository }]) => ({
            name,
            packageName: package_ ?? name,
            ref,
            repository: ModulePlanning.repositoryOf(name, { name: package_, repository }, settings.rpmsRepository)
          }))
        if (new Set(components.map(({ repository }) => repository)).size > askedAtOnce) return none
        const from = yield* Clock.currentTimeMillis
        const answers = yield* request.resolvesAtOnce
          ? scm.resolve(components)
          : Effect.map(
            Effect.timeoutOption(scm.resolve(components), settings.inputSeconds * 1000),
            Option.getOrElse((): ReadonlyArray<Resolution> => [])
          )
        const sourced: Array<Sourced> = []
        const missing: Array<Problem> = []
        for (const [index, answer] of answers.entries()) {
          const component = components[index]!
          if (answer._tag === "Resolved") sourced.push({ ...component, commit: answer.commit })
          else if (request.resolvesAtOnce || !answer.error.isRetryable) {
            missing.push(ofComponent(component.name, answer.error))
          }
        }
        // Where the answer is not to wait for the commits, looking for them is part of looking.
        const gone = request.resolvesAtOnce ? 0 : (yield* Clock.currentTimeMillis) - from
        const { problems, remarks } = input.isWanted
          ? yield* input.verify(sourced, gone)
          : { problems: [], remarks: [] }
        const late = answers.length === components.length ? [] : [{ text: unanswered(settings.inputSeconds) }]
        // Where commits are asked for later, what is not there fails the build then; whoever is refused hears of it now.
        const refuses = problems.length > 0 || (request.resolvesAtOnce && missing.length > 0)
        if (refuses) return yield* unretrievable(missing, problems)
        const commits = Object.fromEntries(sourced.map(({ commit, name }) => [name, commit]))
        return { commits: request.resolvesAtOnce ? commits : {}, remarks: [...late, ...remarks] }
      })

      /** What the platform is made for; other modules of the farm have no architectures of their own. */
      const archesOf = (stream: ModuleStreamV2, { buildrequires }: ExpandedModule, { available }: Expanded) =>
        BuildArches.select(
          {
            buildrequires,
            kojiTagArches: DocumentRules.kojiTagArches(stream),
            buildoptsArches: stream.buildopts.arches
          },
          (name) =>
            available.settings.baseModuleNames.includes(name)
              ? archesOn(buildrequires[name]?.stream ?? "")
              : undefined,
          { ...available.settings, arches: archesOn(defaultPlatform()) }
        )

      /** What a farm can do is from its settings until it has been reached. */
      const unasked = ({ arches, platform }: ModulePlan) =>
        (farm.capabilities.provisional ?? []).filter((one) => concerns(one, platform)).map(({ waiting }) => ({
          text: `The architectures ${arches.join(", ")} are those of the settings: ${Waiting.describe(waiting)}`
        }))

      const planOne = Effect.fnUntraced(function*(
        module: ExpandedModule,
        built: IncludedModule,
        expanded: Expanded,
        source: Source,
        commits: Readonly<Record<string, string>>,
        request: SubmissionRequest
      ) {
        const { available, documents, filters, locations } = expanded
        const { arches } = yield* Effect.fromResult(archesOf(built.stream, module, expanded)).pipe(
          Effect.mapError(ofResolution(source.file))
        )
        const aside = request.sideTag === undefined
          ? {}
          : SideTag.locations(module.modules, request.sideTag, available.settings)
        if (aside === undefined) {
          return yield* impossible("None of the buildrequired base modules are configured for side tags.")
        }
        const planned = yield* LargeDocuments.plan({
          ...built,
          expanded: module,
          settings: available.settings,
          rpmsRepository: settings.rpmsRepository,
          modulesRepository: settings.modulesRepository,
          commits,
          arches,
          scmurl: source.scmurl,
          recorded: recorded(source, request),
          owner: request.owner,
          scratch: request.scratch,
          ownedBy: farm.modules === undefined ? undefined : farm.capabilities.name,
          deadline: ModulePlanning.defaultDeadline,
          buildrequired: module.modules.flatMap((one) => documentsOf(documents[AvailableModule.nsvc(one)])),
          locations: { ...locations, ...aside },
          filters,
          defaultPlatform: defaultPlatform()
        }).pipe(Effect.mapError(({ message }) => impossible(message)))
        if ("plan" in planned) return planned.plan
        return yield* impossible(planned.problem, [{
          code: "build-order",
          message: planned.problem,
          ...(source.file === undefined ? {} : { where: source.file })
        }])
      })

      return Plans.of({
        make: Effect.fn("Plans.make")(function*(modules, expanded, source, request, reuse) {
          const { defaultRef, refOverrides } = request
          const stream = IncludedModules.withRefs(expanded.stream, defaultRef, refOverrides)
          const included = yield* IncludedModules.fetch(
            scm,
            stream,
            settings.modulesRepository,
            defaultRef,
            settings
          )
          const { commits, remarks: doubts } = yield* lookUp({ stream, included }, request)
          const plans = yield* Effect.forEach(
            modules,
            (module) => planOne(module, { stream, included }, expanded, source, commits, request)
          )
          const strategy = request.rebuildStrategy ?? settings.rebuildStrategy
          const options = MbsOptions.read(expanded.stream)
          const wishes = [...options.problems, ...MbsOptions.unmet(options, farm.capabilities)].map((text) => ({
            text
          }))
          const remarks: NonNullable<ModulePlan["remarks"]> = [...wishes, ...doubts]
          return plans.map((plan) => {
            const all = [...remarks, ...unasked(plan)]
            return {
              ...withOptions(plan, request, strategy, reuse),
              ...(all.length === 0 ? {} : { remarks: all })
            }
          })
        })
      })
    })
  )
}

const unanswered = (seconds: number): string =>
  `The spec files of its components were not looked at: git did not say within ${seconds} s which commits they are at`

const documentsOf = (text: string | undefined): ReadonlyArray<ModuleStreamV2> =>
  text === undefined
    ? []
    : Modulemd.read(text).documents.filter((one): one is ModuleStreamV2 => one._tag === "ModuleStreamV2")

/** What the document notes, in `xmd.mbs`, of how it was submitted. */
const recorded = ({ branch, commit }: Source, { refOverrides, sideTag }: SubmissionRequest) => ({
  ...(commit === undefined ? {} : { commit }),
  ...(branch === undefined ? {} : { branch }),
  ...(sideTag === undefined ? {} : { side_tag: sideTag }),
  ...(Object.keys(refOverrides).length === 0 ? {} : { rpm_component_ref_overrides: refOverrides })
})

const withOptions = (
  plan: ModulePlan,
  request: SubmissionRequest,
  rebuildStrategy: string,
  reuse: number | undefined
): ModulePlan => {
  const sources = uploaded(request)
  const { rebuild } = request
  return {
    ...plan,
    components: plan.components.map((component) => {
      const srpm = sources.get(component.name)
      return {
        ...component,
        ...(srpm === undefined ? {} : { srpm }),
        // What comes after the module comes after each of its components.
        ...(rebuild === undefined ? {} : { priority: component.priority + rebuild.behind })
      }
    }),
    ...(rebuild === undefined ? {} : { rebuild }),
    submission: {
      rebuildStrategy,
      ...(request.srpms.length === 0 ? {} : { srpms: request.srpms }),
      ...(reuse === undefined ? {} : { reuseComponentsFrom: reuse })
    }
  }
}
