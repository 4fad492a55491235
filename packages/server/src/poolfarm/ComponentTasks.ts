/** What nodes get for a component of a module: the same documents as for package builds, with the module's buildroot as a repository. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { NodeTaskWire } from "@orch/api/albs/BuildWire"
import type { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import { type BuildrootPlan, isBase } from "@orch/core/farm/Buildroot"
import * as Pass from "@orch/core/farm/Pass"
import type { ComponentSource } from "@orch/core/farm/Task"
import * as ModularPlanning from "@orch/core/packagebuild/ModularPlanning"
import * as PlatformData from "@orch/core/packagebuild/PlatformData"
import * as SelfUrl from "../albs/SelfUrl.ts"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { Offer } from "../builders/BuilderPool.ts"
import type { Platform } from "../platforms/Platforms.ts"
import type { StoredBuildroot, StoredComponent } from "./statements/PoolFarmStatements.ts"

/** The kind of process that these tasks belong to. */
export const life = "module-component"

/** What is known besides the component. */
export interface World {
  readonly buildroot: StoredBuildroot
  readonly platform: Platform
  /** The platform's own repositories. */
  readonly repositories: ReadonlyArray<RepositoryWire>
  /** Expected seconds of a package's build for an architecture. */
  readonly seconds: (packageName: string, arch: string) => number | undefined
  /** The class of builds whose reserved capacity it may use; empty when there is none. */
  readonly class: string
  /** The address of whoever asked for the module; empty where none is known. */
  readonly email: string
}

const unknownSeconds = 300
const priority = 10

/** The number of a component's task toward nodes. */
const taskNumber = ({ component, firstTask }: StoredComponent, arch: string): number =>
  firstTask + (arch === PoolComponent.source ? 0 : 1 + component.arches.indexOf(arch))

/** The architecture whose repositories a task builds with: source packages are made with those of one that is built for. */
const machineOf = (arches: ReadonlyArray<string>, arch: string): string =>
  arch === PoolComponent.source ? arches.find((one) => one === "x86_64") ?? arches[0] ?? arch : arch

const repositoriesOf = (
  { buildroot, platform, repositories }: World,
  arch: string
): NodeTaskWire["repositories"] => [
  ...repositories.flatMap(({ arch: own, mock_enabled, name, priority, type, url }) =>
    own === arch && type !== "build_log" ? [{ name, url, priority, mock_enabled }] : []
  ),
  ...buildroot.plan.modules.flatMap((module) =>
    isBase(module) || module.location === undefined ? [] : [{
      name: `${module.name}-${module.stream}-${platform.name}-${arch}`,
      url: SelfUrl.store(module.location),
      priority,
      mock_enabled: true
    }]
  ),
  ...buildroot.repositories.flatMap(({ arch: own, name, url }) =>
    own === arch ? [{ name, url, priority, mock_enabled: true }] : []
  )
]

/** What the modules below built and do not ship, as far as the module does not build it itself. */
const excluded = ({ modules, packages }: BuildrootPlan): ReadonlyArray<string> =>
  [
    ...new Set(modules.flatMap(({ filter = [], kept = [] }) => kept.length > 0 ? [] : filter))
  ].filter((name) => !packages.includes(name))

const dataOf = (
  { buildroot: { plan }, platform }: World,
  pass: number | undefined
): NodeTaskWire["platform"]["data"] => {
  const definitions = { ...ModularPlanning.definitions(plan.macros), dist: `.${Pass.distTag(plan.distTag, pass)}` }
  const moduleEnable = plan.modules.filter((one) => !isBase(one)).map(({ name, stream }) => `${name}:${stream}`)
  const data = PlatformData.forTask(
    platform.data,
    { moduleEnable, yumExclude: excluded(plan), definitions },
    { secureBoot: false }
  )
  const installed = plan.groups["build"] ?? []
  const setup = [data.mock?.chroot_setup_cmd ?? "install", ...installed].join(" ")
  return (installed.length === 0 ? data : {
    ...data,
    mock: { ...data.mock, chroot_setup_cmd: setup }
  }) as NodeTaskWire["platform"]["data"]
}

const refOf = (source: ComponentSource): NodeTaskWire["ref"] =>
  source._tag === "Git"
    ? {
      url: source.repository,
      git_ref: source.commit,
      ref_type: AlbsStatus.ofRefType.git_ref,
      git_commit_hash: source.commit
    }
    : { url: source.location, git_ref: null, ref_type: AlbsStatus.ofRefType.srpm_url, git_commit_hash: null }

/** Whose build it is: limits count all that somebody builds together. Of builds from before this was kept, the module stands for them. */
export const ownerOf = ({ plan }: StoredBuildroot): string => plan.owner ?? `${plan.name}:${plan.stream}`

const fileName = (nevra: string): string => `${nevra.replace(/-\d+:/, "-")}.rpm`

/** Where nodes find the source package, once it is there. */
const sourceOf = ({ component: { ended } }: StoredComponent) => {
  const made = ended[PoolComponent.source]
  const sha256 = made?._tag === "Done" ? made.artifacts[0]?.sha256 : undefined
  return made?._tag !== "Done" || sha256 === undefined
    ? { built_srpm_url: null, srpm_hash: null }
    : {
      built_srpm_url: SelfUrl.store(ArtifactHref.content(sha256, fileName(made.artifacts[0]!.nevra))),
      srpm_hash: sha256
    }
}

/** The file name of the source package that a component's packages must come from, once it is there. */
export const sourceFile = ({ component: { ended } }: StoredComponent): string | undefined => {
  const made = ended[PoolComponent.source]
  return made?._tag === "Done" && made.artifacts[0] !== undefined ? fileName(made.artifacts[0].nevra) : undefined
}

/** The offers for tasks of a component. */
export const offers = (
  stored: StoredComponent,
  arches: ReadonlyArray<string>,
  world: World
): ReadonlyArray<Offer> => {
  const { component, id, request } = stored
  const owner = ownerOf(world.buildroot)
  return arches.map((arch): Offer => {
    const number = taskNumber(stored, arch)
    const seconds = world.seconds(request.component, arch) ?? unknownSeconds
    const payload: Omit<NodeTaskWire, "lease"> = {
      id: number,
      arch,
      build_id: id,
      ref: refOf(request.source),
      platform: { name: world.platform.name, type: world.platform.type, data: dataOf(world, request.pass) },
      created_by: { name: owner, email: world.email },
      repositories: repositoriesOf(world, machineOf(component.arches, arch)),
      linked_builds: [],
      ...(arch === PoolComponent.source ? { built_srpm_url: null, srpm_hash: null } : sourceOf(stored)),
      is_secure_boot: false,
      is_cas_authenticated: false,
      alma_commit_cas_hash: null
    }
    return {
      id: number,
      life,
      process: id,
      part: arch,
      attempt: 1,
      arch,
      package: request.component,
      url: payload.ref.url,
      owner,
      class: world.class,
      priority: request.urgency ?? 0,
      path: seconds + request.priority,
      seconds,
      payload
    }
  })
}
