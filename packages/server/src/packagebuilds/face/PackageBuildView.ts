/** A package build as clients of AlmaLinux's build system read it, of both generations. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import type { BuildTaskWire, BuildWire } from "@orch/api/albs/BuildWire"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import type { BuildTask, TaskArtifact } from "@orch/core/packagebuild/BuildTask"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PlanModule, TaskPlan } from "@orch/core/packagebuild/PackagePlan"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type * as Schema from "effect/Schema"
import type { TaskRow } from "../../builders/BuilderPool.ts"
import type { Person } from "../../people/People.ts"
import { artifactNumber } from "../ArtifactNumber.ts"
import type { Neighbours } from "../BuildNeighbours.ts"

/** What is shown of a build and does not stand in it. */
export interface Beside extends Neighbours {
  readonly people: ReadonlyMap<string, Person>
  /** Names of flavors, by number. */
  readonly flavors: ReadonlyMap<number, string>
  /** What the pool says of tasks, by number: newer than what the build has heard. */
  readonly pool: ReadonlyMap<number, TaskRow>
}

/** Of `name-epoch:version-release.arch`. */
const epochOf = (nevra: string): string => /-(\d+):/.exec(nevra)?.[1] ?? "0"

const artifact = (one: TaskArtifact, id: number): BuildTaskWire["artifacts"][number] => {
  const found = one.type === "rpm" ? ArtifactPlace.packageOf(one.name) : undefined
  return {
    id,
    name: one.name,
    type: one.type,
    href: one.href,
    cas_hash: one.casHash ?? null,
    meta: found === undefined ? null : {
      name: found.name,
      epoch: one.nevra === undefined ? "0" : epochOf(one.nevra),
      version: found.version,
      release: found.release,
      arch: found.arch,
      sha256: one.sha256 ?? null
    }
  }
}

const modulesOf = (module: PlanModule | undefined, number: number, arch: string): BuildTaskWire["rpm_modules"] => {
  if (module === undefined || arch === TaskName.source) return []
  const names = [module.name, ...(module.devel === undefined ? [] : [module.devel.name])]
  return names.map((name, index) => ({
    id: number * 2 + index,
    name,
    version: module.version.toString(),
    stream: module.stream,
    context: module.context,
    arch
  }))
}

/** A task that a node has counts as started as soon as it has it, whether or not the build has heard. */
const statusOf = (task: BuildTask, row: TaskRow | undefined): number =>
  task.state === "queued" && row?.state === "leased" && row.attempt === task.attempt
    ? AlbsStatus.ofTask.started
    : AlbsStatus.ofTask[task.state]

const taskView = (build: PackageBuild, plan: TaskPlan, position: number, beside: Beside): BuildTaskWire => {
  const number = TaskName.number(build.plan, position)
  const task = build.tasks.get(plan.name)!
  const ref = build.plan.refs[plan.index]!
  const row = beside.pool.get(number)
  const platform = build.plan.platforms.find(({ name }) => name === plan.platform)!
  const module = ref.module === undefined
    ? undefined
    : build.plan.modules.filter((one) => one.platform === plan.platform)[ref.module]
  const started = task.startedAt ?? (row?.state === "leased" && row.since !== null ? Number(row.since) : undefined)
  return {
    id: number,
    ts: AlbsTime.formatOptional(task.finishedAt ?? started),
    started_at: AlbsTime.formatOptional(started),
    finished_at: AlbsTime.formatOptional(task.finishedAt),
    status: statusOf(task, row),
    index: plan.index,
    arch: plan.arch,
    platform: { id: platform.id, type: platform.type, name: platform.name, arch_list: platform.archList },
    ref: {
      url: ref.url,
      git_ref: ref.gitRef ?? null,
      ref_type: AlbsStatus.ofRefType[ref.type],
      git_commit_hash: commitOf(build, plan, task) ?? ref.commit ?? null,
      mock_options: null,
      is_module: false,
      enabled: true,
      test_configuration: ref.testConfiguration ?? null,
      added_artifacts: [...(ref.addedArtifacts ?? [])],
      module_platform_version: null,
      module_version: null
    },
    rpm_modules: modulesOf(module, number, plan.arch),
    artifacts: task.artifacts.map((one, index) => artifact(one, artifactNumber(number, index))),
    is_cas_authenticated: false,
    alma_commit_cas_hash: null,
    mock_options: shownOptions(ref.mockOptions, plan, module !== undefined),
    is_secure_boot: build.plan.secureBoot,
    test_tasks: beside.tests.get(number) ?? [],
    error: task.error ?? null,
    performance_stats: task.stats === undefined ? [] : [{
      id: number,
      build_task_id: number,
      test_task_id: null,
      release_id: null,
      statistics: { build_node_stats: task.stats }
    }]
  }
}

const commitOf = (build: PackageBuild, plan: TaskPlan, task: BuildTask): string | undefined =>
  task.commit ?? build.tasks.get(TaskName.sourceOf(plan))?.commit

/** The reference's options as they were given, with the macros that the build system set; of a module's package all that the module sets. */
const shownOptions = (given: Schema.Json | undefined, plan: TaskPlan, isModular: boolean): Schema.Json => {
  const own = typeof given === "object" && given !== null && !Array.isArray(given) ? given : {}
  const dist = plan.mock.definitions["dist"]
  const definitions = "definitions" in own && typeof own.definitions === "object" && own.definitions !== null
    ? own.definitions
    : {}
  return isModular
    ? { module_enable: plan.mock.moduleEnable, ...own, definitions: { ...plan.mock.definitions, ...definitions } }
    : { ...own, definitions: { ...(dist === undefined ? {} : { dist }), ...definitions } }
}

/** The build. `user` and `owner` are the same person; a name that is nobody's any more has number 0. */
export const view = (build: PackageBuild, beside: Beside): BuildWire => {
  const person = beside.people.get(build.plan.owner)
  const owner = { id: person?.id ?? 0, username: build.plan.owner, email: person?.email ?? build.plan.email ?? null }
  return {
    id: build.id,
    created_at: AlbsTime.format(build.createdAt),
    finished_at: AlbsTime.formatOptional(build.finishedAt),
    tasks: build.plan.tasks.map((plan, position) => taskView(build, plan, position, beside)),
    user: owner,
    owner,
    sign_tasks: beside.signTasks,
    linked_builds: build.plan.linkedBuilds,
    mock_options: build.plan.mockOptions ?? null,
    platform_flavors: build.plan.flavors.flatMap((id) => {
      const found = beside.flavors.get(id)
      return found === undefined ? [] : [{ id, name: found }]
    }),
    release_id: build.release ?? null,
    released: build.release !== undefined,
    cancel_testing: build.testing === "canceled",
    products: beside.products
  }
}
