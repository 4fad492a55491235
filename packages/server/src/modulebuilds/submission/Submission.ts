/**
 * From the URL of a modulemd to module builds: fetch, read, resolve, plan, store.
 *
 * Every way in uses this; a face only turns the errors into its own words. Nothing is stored until everything that can
 * be checked has been: a refused submission leaves no trace.
 */
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import * as ModulePlanning from "@orch/core/modulebuild/ModulePlanning"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { archesFor, BuildSystem } from "@orch/core/ports/BuildSystem"
import { ProcessStore, type StoreUnavailable } from "@orch/core/ports/ProcessStore"
import { SourceControl, type SourceControlError } from "@orch/core/ports/SourceControl"
import * as ExpandedModule from "@orch/core/resolution/ExpandedModule"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import type { ResolutionError } from "@orch/core/resolution/ResolutionError"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ServerConfig } from "../../ServerConfig.ts"
import { Modules } from "./Modules.ts"
import { DefaultModules } from "./PlatformDefaults.ts"
import * as Source from "./Source.ts"
import * as StreamSettings from "./StreamSettings.ts"
import { invalid, ofDefaults, type SubmissionRefused, unretrievable } from "./SubmissionRefused.ts"

export interface Request {
  readonly scmurl: string
  readonly owner: string
  readonly scratch?: boolean
  readonly name?: string
  readonly stream?: string
}

export interface Interface {
  /** The builds of the module, new ones and those that existed; at least one. */
  readonly submit: (
    request: Request
  ) => Effect.Effect<ReadonlyArray<ModuleBuild>, SubmissionRefused | StoreUnavailable>
}

export class Submission
  extends Context.Service<Submission, Interface>()("@orch/server/modulebuilds/submission/Submission")
{
  static readonly layer: Layer.Layer<
    Submission,
    never,
    ModuleBuildEngine | ProcessStore | SourceControl | BuildSystem | Modules | DefaultModules | ServerConfig
  > = Layer.effect(
    Submission,
    Effect.gen(function*() {
      const config = yield* ServerConfig
      const engine = yield* ModuleBuildEngine
      const store = yield* ProcessStore
      const farm = yield* BuildSystem
      const scm = yield* SourceControl
      const modules = yield* Modules
      const defaults = yield* DefaultModules

      /** Commits of all components at once; those without are named together. */
      const resolveComponents = Effect.fnUntraced(function*(module: ModulePlanning.IncludedModule) {
        const components = [...ModulePlanning.rpmComponents(module)].map((
          [name, { name: package_, ref, repository }]
        ) => ({
          name,
          ref,
          repository: ModulePlanning.repositoryOf(name, { name: package_, repository }, config.rpmsRepository)
        }))
        const answers = yield* scm.resolve(components)
        const commits: Record<string, string> = {}
        const failed: Array<{ readonly component: string; readonly error: SourceControlError }> = []
        for (const [index, answer] of answers.entries()) {
          const component = components[index]!.name
          if (answer._tag === "Resolved") commits[component] = answer.commit
          else failed.push({ component, error: answer.error })
        }
        return failed.length === 0 ? commits : yield* unretrievable(failed)
      })

      const planAll = Effect.fnUntraced(function*(request: Request, source: Source.Source) {
        const { lines, name, stream, streamName, url } = source
        const known = yield* modules.available(stream.dependencies)
        const expansion = yield* Effect.fromResult(ExpandedModule.expand({
          name,
          stream: streamName,
          version: stream.version ?? ModuleVersion.fromTimestamp(source.time),
          dependencies: stream.dependencies.map(({ buildrequires, requires }) => ({
            buildrequires: Object.fromEntries(buildrequires),
            requires: Object.fromEntries(requires)
          })),
          lines
        }, known.available)).pipe(
          Effect.mapError((error) => unresolvable(error, source.file, farm.capabilities.platforms))
        )
        const { available, expanded, filters, locations } = yield* defaults.extend(
          expansion.modules,
          stream.dependencies,
          known
        ).pipe(Effect.catchTag("DefaultModulesUnavailable", (error) => Effect.fail(ofDefaults(error))))
        const included = yield* Source.fetchIncluded(scm, stream, config.modulesRepository)
        const commits = yield* resolveComponents({ stream, included })
        const defaultPlatform = farm.capabilities.platforms?.[0] ?? ""
        const plans: Array<ModulePlan> = []
        for (const one of expanded) {
          const platform = ModulePlanning.platformOf(one, available.settings) ?? defaultPlatform
          const plan = yield* Effect.fromResult(ModulePlanning.plan({
            stream,
            included,
            expanded: one,
            settings: available.settings,
            rpmsRepository: config.rpmsRepository,
            commits,
            arches: archesOf(stream, archesFor(farm.capabilities, platform)),
            scmurl: ScmUrl.format(url),
            owner: request.owner,
            scratch: request.scratch === true,
            deadline: ModulePlanning.defaultDeadline,
            locations,
            filters,
            defaultPlatform
          })).pipe(
            Effect.mapError(({ message }) => invalid(message, [{ code: "build-order", message, where: source.file }]))
          )
          plans.push({ ...plan, submission: { rebuildStrategy: config.rebuildStrategy } })
        }
        return plans
      })

      /** A build that exists is answered instead of built again: a client that lost the answer may simply ask again. */
      const begin = (plan: ModulePlan, owner: string) =>
        engine.submit(plan, owner).pipe(
          Effect.catchTag("ModuleBuildExists", ({ id }) => store.get(id)),
          Effect.map(({ build }) => build),
          Effect.catchTag("ModuleBuildNotFound", Effect.die)
        )

      return {
        submit: Effect.fn("Submission.submit")(function*(request) {
          const source = yield* Source.fetch(scm, request)
          if (request.scratch !== true && StreamSettings.isScratchOnly(config, source.branch)) {
            return yield* invalid(StreamSettings.scratchOnly)
          }
          const plans = yield* planAll(request, source)
          const builds: Array<ModuleBuild> = []
          for (const plan of plans) {
            const first = builds[0]?.id
            builds.push(yield* begin(first === undefined ? plan : { ...plan, sibling: first }, request.owner))
          }
          return builds
        })
      }
    })
  )
}

/** `buildopts.arches` where given, as far as the farm has them; `noarch` is no place to build. */
const archesOf = (stream: ModuleStreamV2, farm: ReadonlyArray<string>): ReadonlyArray<string> => {
  const own = farm.filter((arch) => arch !== "noarch" && arch !== "src")
  return stream.buildopts.arches.length === 0 ? own : own.filter((arch) => stream.buildopts.arches.includes(arch))
}

/** Resolution's words, and for an unknown platform those there are. */
const unresolvable = (
  { line, message, reason }: ResolutionError,
  file: string,
  platforms: ReadonlyArray<string> | undefined
): SubmissionRefused => {
  const offered = reason === "BaseModuleMissing" && platforms !== undefined
    ? `the build system stands in for platform: ${platforms.join(", ")}`
    : undefined
  return invalid(offered === undefined ? message : `${message}; ${offered}`, [{
    code: "resolution",
    message,
    where: file,
    ...(line === undefined ? {} : { line }),
    ...(offered === undefined ? {} : { hint: offered })
  }])
}
