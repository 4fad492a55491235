/** What nodes get for the tasks of a build: one document each, complete, so that handing it out needs nothing else. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { NodeTaskWire } from "@orch/api/albs/BuildWire"
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import * as ModularPlanning from "@orch/core/packagebuild/ModularPlanning"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { TaskPlan } from "@orch/core/packagebuild/PackagePlan"
import * as PlatformData from "@orch/core/packagebuild/PlatformData"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type { Offer } from "../builders/BuilderPool.ts"
import { type Flavor, settingsWith } from "../platforms/Flavors.ts"
import type { Platform } from "../platforms/Platforms.ts"

/** What is known besides the build. */
export interface World {
  readonly platforms: ReadonlyMap<string, Platform>
  /** Repositories by the name of the platform. */
  readonly repositories: ReadonlyMap<string, ReadonlyArray<RepositoryWire>>
  /** Variants that the build asks for. */
  readonly flavors: ReadonlyArray<Flavor>
  /** Builds whose packages this one builds with. */
  readonly linked: ReadonlyArray<PackageBuild>
  readonly email: string
  /** Expected seconds of a package's build for an architecture. */
  readonly seconds: (packageName: string, arch: string) => number | undefined
}

const unknownSeconds = 300
const priority = 10

/** The architecture whose repositories a task builds with: source packages are made with those of one that the build is for. */
const machineOf = (build: PackageBuild, { arch, platform }: TaskPlan): string => {
  if (arch !== TaskName.source) return arch
  const arches = build.plan.platforms.find(({ name }) => name === platform)?.arches ?? []
  return arches.find((one) => one === "x86_64") ?? arches.find((one) => one !== TaskName.source) ?? arch
}

type NodeRepository = NodeTaskWire["repositories"][number]

const repositoriesOf = (
  build: PackageBuild,
  plan: TaskPlan,
  { linked, repositories }: World
): ReadonlyArray<NodeRepository> => {
  const arch = machineOf(build, plan)
  const ofPlatform = (repositories.get(plan.platform) ?? []).flatMap((one): ReadonlyArray<NodeRepository> =>
    one.arch === arch && one.type !== "build_log"
      ? [{ name: one.name, url: one.url, priority: one.priority, mock_enabled: one.mock_enabled }]
      : []
  )
  const own = [build, ...linked].flatMap((one) =>
    one.repositories.flatMap((repository): ReadonlyArray<NodeRepository> =>
      repository.platform === plan.platform && repository.arch === arch
        ? [{ name: repository.name, url: repository.url, priority, mock_enabled: true }]
        : []
    )
  )
  return [...ofPlatform, ...own]
}

const payload = (
  build: PackageBuild,
  plan: TaskPlan,
  number: number,
  platform: Platform,
  world: World
): Omit<NodeTaskWire, "lease"> => {
  const ref = build.plan.refs[plan.index]!
  const task = build.tasks.get(plan.name)!
  const source = plan.arch === TaskName.source ? undefined : build.tasks.get(TaskName.sourceOf(plan))
  const module = ref.module === undefined
    ? undefined
    : build.plan.modules.filter((one) => one.platform === plan.platform)[ref.module]
  return {
    id: number,
    arch: plan.arch,
    build_id: build.id,
    ref: {
      url: ref.url,
      git_ref: ref.gitRef ?? null,
      ref_type: AlbsStatus.ofRefType[ref.type],
      git_commit_hash: task.commit ?? source?.commit ?? ref.commit ?? null
    },
    platform: {
      name: plan.platform,
      type: platform.type,
      data: PlatformData.forTask(settingsWith(platform, world.flavors), plan.mock, {
        secureBoot: build.plan.secureBoot,
        ...(module === undefined ? {} : { modularityLabel: ModularPlanning.label(module) })
      }) as NodeTaskWire["platform"]["data"]
    },
    created_by: { name: build.plan.owner, email: world.email },
    repositories: repositoriesOf(build, plan, world),
    linked_builds: [],
    built_srpm_url: source?.srpm?.url ?? null,
    srpm_hash: source?.srpm?.sha256 ?? null,
    is_secure_boot: build.plan.secureBoot,
    is_cas_authenticated: false,
    alma_commit_cas_hash: null
  }
}

/** The offers for tasks of a build; those whose platform is gone are left out. */
export const offers = (
  build: PackageBuild,
  names: ReadonlySet<string>,
  world: World
): ReadonlyArray<Offer> =>
  build.plan.tasks.flatMap((plan, position): ReadonlyArray<Offer> => {
    const platform = world.platforms.get(plan.platform)
    if (!names.has(plan.name) || platform === undefined) return []
    const ref = build.plan.refs[plan.index]!
    const name = packageName(ref)
    const number = TaskName.number(build.plan, position)
    return [{
      id: number,
      life: "package-build",
      process: build.id,
      part: plan.name,
      attempt: build.tasks.get(plan.name)!.attempt,
      arch: plan.arch,
      package: name,
      url: ref.url,
      owner: build.plan.owner,
      class: build.plan.class ?? "",
      priority: build.priority ?? 0,
      path: plan.path,
      seconds: world.seconds(name, plan.arch) ?? unknownSeconds,
      payload: payload(build, plan, number, platform, world)
    }]
  })
