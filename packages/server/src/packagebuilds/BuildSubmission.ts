/** From what somebody asks for to a package build: platforms and references looked up, planned, numbered, stored. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { BuildCreate, BuildTaskModuleRef, BuildTaskRef } from "@orch/api/albs/BuildWire"
import { type BuildRef, packageName } from "@orch/core/packagebuild/BuildRef"
import * as Expansion from "@orch/core/packagebuild/Expansion"
import * as MockOptions from "@orch/core/packagebuild/MockOptions"
import * as ModularPlanning from "@orch/core/packagebuild/ModularPlanning"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PackagePlan, PlanModule } from "@orch/core/packagebuild/PackagePlan"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as AlbsFailure from "../albs/AlbsFailure.ts"
import { BuilderPool } from "../builders/BuilderPool.ts"
import { type Flavor, Flavors, settingsWithVersions } from "../platforms/Flavors.ts"
import { type Platform, Platforms } from "../platforms/Platforms.ts"
import { ScmSettings } from "../scm/ScmSettings.ts"
import * as PrebuiltPackages from "./PrebuiltPackages.ts"

/** Who asks. */
export interface Submitter {
  readonly name: string
  readonly email: string | null
}

/** Submission of package builds. */
export interface Interface {
  readonly submit: (
    asked: BuildCreate,
    by: Submitter
  ) => Effect.Effect<PackageBuild, AlbsFailure.AlbsFailure | StoreUnavailable>
}

/** Submission of package builds. */
export class BuildSubmission extends Context.Service<BuildSubmission, Interface>()(
  "@orch/server/packagebuilds/BuildSubmission"
) {}

type Problem = { readonly loc: ReadonlyArray<string | number>; readonly msg: string; readonly type: string }

const isModule = (task: BuildCreate["tasks"][number]): task is BuildTaskModuleRef => "modules_yaml" in task

/** What is wrong with an address that nodes are to fetch from; `undefined` when nothing is. */
const addressProblem = (
  url: string,
  gitRef: string | undefined,
  type: BuildRef["type"],
  files: ScmAllowList.ScmAllowList
): string | undefined => {
  if (type === "srpm_url") {
    return /^https?:\/\/[^\s\p{Cc}]+$/u.test(url)
      ? undefined
      : "The URL of a source package begins with http:// or https://"
  }
  const parsed = ScmUrl.parse(url)
  if (Result.isFailure(parsed)) return parsed.failure.message
  if (parsed.success.scheme === "file" && !ScmAllowList.allows(files, parsed.success)) {
    return "Files of this machine are not allow-listed"
  }
  return gitRef === undefined || ScmUrl.isRef(gitRef)
    ? undefined
    : `${JSON.stringify(gitRef)} is no branch, tag or commit`
}

/** One reference, or what is wrong with it. */
const readRef = (
  task: BuildTaskRef,
  loc: ReadonlyArray<string | number>,
  module: number | undefined,
  files: ScmAllowList.ScmAllowList
): Result.Result<BuildRef, ReadonlyArray<Problem>> => {
  const asked = task.ref_type ?? undefined
  const type = asked === undefined
    ? (task.url.endsWith(".src.rpm") ? "srpm_url" : "git_branch")
    : AlbsStatus.refType(asked)
  if (type === undefined) {
    return Result.fail([{
      loc: [...loc, "ref_type"],
      msg: "Input should be 1, 2, 3, 4, 'git_branch', 'git_tag', 'srpm_url' or 'git_ref'",
      type: "enum"
    }])
  }
  const gitRef = task.git_ref ?? undefined
  const problem = addressProblem(task.url, gitRef, type, files)
  if (problem !== undefined) return Result.fail([{ loc: [...loc, "url"], msg: problem, type: "value_error" }])
  return Result.succeed({
    url: task.url,
    type,
    ...(gitRef === undefined ? {} : { gitRef }),
    ...(typeof task.git_commit_hash === "string" ? { commit: task.git_commit_hash } : {}),
    ...(task.mock_options === undefined || task.mock_options === null ? {} : { mockOptions: task.mock_options }),
    ...(task.test_configuration === undefined || task.test_configuration === null
      ? {}
      : { testConfiguration: task.test_configuration }),
    ...(module === undefined ? {} : { module })
  })
}

const asProblem = ({ message, reason, where }: Expansion.BuildProblem) => ({
  loc: ["body", ...where],
  msg: message,
  type: reason === "UnknownArch" ? "literal_error" : "value_error"
})

/** What is wrong with a platform that is asked for, besides the packages. */
const platformProblems = (
  asked: BuildCreate["platforms"][number],
  position: number,
  known: Platform | undefined
): ReadonlyArray<Problem> => {
  const where = ["body", "platforms", position, "name"]
  if (known === undefined) return [{ loc: where, msg: `There is no platform ${asked.name}`, type: "value_error" }]
  const { archList, id, name, type } = known
  const request = { platforms: [{ id, name, type, archList, arches: asked.arch_list }], refs: [] }
  return [...Expansion.check(request)].filter(({ reason }) => reason !== "NoReference").map((problem) => {
    const [, , ...rest] = problem.where
    return asProblem({ ...problem, where: ["platforms", position, ...rest] })
  })
}

const isEnabled = ({ enabled }: BuildTaskRef): boolean => enabled !== false

/** All references of a request in order; those that are switched off are left out. */
const readRefs = (
  asked: BuildCreate,
  files: ScmAllowList.ScmAllowList
): Result.Result<ReadonlyArray<BuildRef>, ReadonlyArray<Problem>> => {
  const problems: Array<Problem> = []
  const refs: Array<BuildRef> = []
  const add = (task: BuildTaskRef, loc: ReadonlyArray<string | number>, module: number | undefined): void => {
    if (!isEnabled(task)) return
    const read = readRef(task, loc, module, files)
    if (Result.isFailure(read)) problems.push(...read.failure)
    else refs.push(read.success)
  }
  let module = 0
  for (const [index, task] of asked.tasks.entries()) {
    if (isModule(task)) {
      for (const [at, ref] of task.refs.entries()) add(ref, ["body", "tasks", index, "refs", at], module)
      module++
    } else if (task.is_module === true) {
      problems.push({
        loc: ["body", "tasks", index, "is_module"],
        msg: "A module is built from its preview: ask get_module_preview, and send what it answers",
        type: "value_error"
      })
    } else {
      add(task, ["body", "tasks", index], undefined)
    }
  }
  return problems.length > 0 ? Result.fail(problems) : Result.succeed(refs)
}

/** What a platform's packages are built with because of the modules they belong to, and these modules. */
interface Modular {
  readonly modules: ReadonlyArray<PlanModule>
  readonly mocks: ReadonlyArray<MockOptions.MockOptions>
}

export const layer: Layer.Layer<
  BuildSubmission,
  never,
  BuilderPool | Flavors | PackageBuilds | Platforms | ScmSettings
> = Layer.effect(
  BuildSubmission,
  Effect.gen(function*() {
    const { scmAllow } = yield* ScmSettings
    const builds = yield* PackageBuilds
    const platforms = yield* Platforms
    const flavors = yield* Flavors
    const pool = yield* BuilderPool

    const planModules = Effect.fnUntraced(function*(
      asked: BuildCreate,
      platform: Platform,
      variants: ReadonlyArray<Flavor>,
      at: number
    ) {
      const mocks: Array<MockOptions.MockOptions> = []
      const modules: Array<PlanModule> = []
      for (const [index, task] of asked.tasks.entries()) {
        if (!isModule(task)) continue
        const invalid = ({ message, reason }: ModularPlanning.InvalidModule) =>
          AlbsFailure.invalidAt(
            [
              "body",
              "tasks",
              index,
              ...(reason === "Version" ? ["module_version"] : reason === "NoPlatformVersion"
                ? ["module_platform_version"]
                : ["modules_yaml"])
            ],
            message
          )
        const documents = yield* Effect.fromResult(
          ModularPlanning.read(task.modules_yaml, task.module_name, task.module_stream)
        ).pipe(Effect.mapError(invalid))
        const planned = yield* Effect.fromResult(ModularPlanning.plan({
          documents,
          prebuilt: yield* PrebuiltPackages.of(task, index),
          platform: { name: platform.name, data: settingsWithVersions(platform, variants) },
          platformVersion: task.module_platform_version ?? undefined,
          version: task.module_version ?? undefined,
          index: yield* platforms.nextModule(platform.id),
          ...(task.enabled_modules === undefined || task.enabled_modules === null ? {} : {
            enabled: {
              buildtime: task.enabled_modules.buildtime ?? [],
              runtime: task.enabled_modules.runtime ?? []
            }
          }),
          arches: asked.platforms.find(({ name }) => name === platform.name)?.arch_list,
          at
        })).pipe(Effect.mapError(invalid))
        modules.push(planned.module)
        mocks.push(planned.mock)
      }
      return { modules, mocks } satisfies Modular
    })

    const submit = Effect.fn("BuildSubmission.submit")(function*(asked: BuildCreate, by: Submitter) {
      const at = yield* Clock.currentTimeMillis
      const read = readRefs(asked, scmAllow)
      const known = yield* platforms.named(asked.platforms.map(({ name }) => name))
      const missing = asked.platforms.filter(({ name }) => !known.has(name)).map(({ name }) => name)
      if (Result.isFailure(read)) {
        const others = asked.platforms.flatMap((one, position) => platformProblems(one, position, known.get(one.name)))
        return yield* AlbsFailure.invalid(
          [...others, ...read.failure].slice(0, 100).map((one) => ({ ...one, loc: [...one.loc] }))
        )
      }
      const refs = read.success
      if (refs.length === 0) return yield* AlbsFailure.badRequest("There is nothing to build: no package is enabled")
      if (missing.length > 0) {
        return yield* AlbsFailure.notFound(`platforms: ${missing.join(", ")} cannot be found in database`)
      }
      const linked = [...new Set(asked.linked_builds ?? [])]
      yield* Effect.forEach(linked, (id) =>
        builds.get(id).pipe(
          Effect.catchTag("ProcessNotFound", () =>
            Effect.fail(AlbsFailure.notFound(`Build with build_id=${id} is not found`)))
        ), { discard: true })
      const wanted = asked.platform_flavors ?? []
      const variants = yield* flavors.numbered(wanted)
      const unknown = wanted.filter((id) => !variants.some((one) => one.id === id))
      if (unknown.length > 0) return yield* AlbsFailure.notFound(`Flavors with IDs ${unknown.join(", ")} are not found`)
      const modular = new Map<string, Modular>()
      for (const { name } of asked.platforms) {
        modular.set(name, yield* planModules(asked, known.get(name)!, variants, at))
      }
      const expanded = Expansion.expand({
        platforms: asked.platforms.map(({ arch_list: arches, name }) => {
          const { archList, id, type } = known.get(name)!
          return { id, name, type, archList, arches, modules: modular.get(name)!.mocks }
        }),
        refs,
        mockOptions: MockOptions.read(asked.mock_options ?? undefined).options,
        independent: asked.independent_tasks === true,
        seconds: yield* pool.durations([...new Set(refs.map(packageName))])
      })
      if (Result.isFailure(expanded)) {
        return yield* AlbsFailure.invalid(expanded.failure.problems.map(asProblem))
      }
      const product = asked.product_id ?? undefined
      const own = pool.classOf({ kind: "package", owner: by.name, product })
      const plan: PackagePlan = {
        owner: by.name,
        ...(by.email === null ? {} : { email: by.email }),
        ...expanded.success,
        refs,
        modules: [...modular.values()].flatMap(({ modules }) => modules),
        firstTask: yield* pool.takeNumbers(expanded.success.tasks.length),
        linkedBuilds: linked,
        flavors: asked.platform_flavors ?? [],
        ...(asked.mock_options === undefined || asked.mock_options === null ? {} : { mockOptions: asked.mock_options }),
        secureBoot: asked.is_secure_boot === true,
        ...(product === undefined ? {} : { product }),
        ...(own === "" ? {} : { class: own })
      }
      const { state } = yield* builds.create(plan, { _tag: "Submitted", at, by: by.name }).pipe(
        Effect.catchTag("ProcessExists", Effect.die)
      )
      return state
    })

    return BuildSubmission.of({ submit })
  })
)
