/** Releases as AlmaLinux's build system shows them: who owns them, and which package goes to which repository. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import type * as PlatformWire from "@orch/api/albs/PlatformWire"
import type * as ReleaseWire from "@orch/api/albs/ReleaseWire"
import * as Nevra from "@orch/core/Nevra"
import type { Placement } from "@orch/core/release/Placement"
import { type Release, repositoriesOf } from "@orch/core/release/Release"
import * as ReleaseEdit from "@orch/core/release/ReleaseEdit"
import type { ReleaseModule, ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import * as Result from "effect/Result"
import type { Person } from "../../people/People.ts"
import type { Platform } from "../../platforms/Platforms.ts"
import { hostName, type Product } from "../../products/Products.ts"
import type { ProductionRepository } from "../ReleaseTargets.ts"

type PackageWire = typeof ReleaseWire.PlannedPackageWire.Type
type ModuleWire = typeof ReleaseWire.PlannedModuleWire.Type
type Placed = typeof ReleaseWire.PlacedRepository.Type

/** What releases are shown with. */
export interface Surroundings {
  /** By the name their host knows them by. */
  readonly repositories: ReadonlyMap<string, ProductionRepository>
  /** By name. */
  readonly platforms: ReadonlyMap<string, Platform>
  readonly people: ReadonlyMap<string, Person>
  /** By number. */
  readonly products: ReadonlyMap<number, Product>
}

const trustness: Readonly<Record<Placement["trust"], number>> = {
  edited: 1,
  released: 1,
  reference: 2,
  rule: 2,
  source: 3,
  unknown: 0
}

const matches = { exact: "exact", closest: "closest", version: "name_version", name: "name_only" } as const

const trustOf = ({ because, trust }: Placement): number =>
  because._tag === "Reference" ? { exact: 1, closest: 2, version: 2, name: 3 }[because.matched] : trustness[trust]

/** Placements without those at repositories that the platform no longer has. */
const placed = (placements: ReadonlyArray<Placement>, { repositories }: Surroundings): ReadonlyArray<Placed> =>
  placements.flatMap((placement) => {
    const record = repositories.get(placement.repository)?.record
    return record === undefined ? [] : [{
      id: record.id,
      name: record.name,
      arch: record.arch,
      debug: record.debug === true,
      url: record.url,
      trustness: trustOf(placement),
      matched: placement.because._tag === "Reference" ? matches[placement.because.matched] : ""
    }]
  })

interface Entry<A> {
  readonly one: A
  readonly placements: ReadonlyArray<Placement>
}

/** What goes somewhere, by identity, with everywhere it goes. */
const entries = (release: Release) => {
  const packages = new Map<string, Entry<ReleasePackage>>()
  const modules = new Map<string, Entry<ReleaseModule>>()
  const put = <A>(into: Map<string, Entry<A>>, id: string, one: A, placement: Placement) =>
    into.set(id, { one, placements: [...into.get(id)?.placements ?? [], placement] })
  for (const { additions } of repositoriesOf(release)) {
    for (const addition of additions) {
      if (addition._tag === "Package") put(packages, addition.package.nevra, addition.package, addition.placement)
      else put(modules, addition.module.id, addition.module, addition.placement)
    }
  }
  return { packages, modules }
}

const packageWire = (
  nevra: Nevra.Nevra,
  known: ReleasePackage | undefined,
  sources: ReadonlyMap<string, string>,
  force: boolean,
  repositories: ReadonlyArray<Placed>
): PackageWire => ({
  package: {
    name: nevra.name,
    epoch: String(nevra.epoch),
    version: nevra.version,
    release: nevra.release,
    arch: nevra.arch,
    full_name: Nevra.formatFileName(nevra),
    source: known === undefined ? "" : sources.get(`${known.build} ${known.source}`) ?? known.source,
    sha256: known?.sha256 ?? null,
    build_id: known?.build ?? null,
    artifact_href: known?.location ?? null,
    href_from_repo: null,
    cas_hash: null,
    task_arch: known?.task ?? nevra.arch,
    is_beta: false,
    force,
    force_not_notarized: false
  },
  repositories: [...repositories],
  repo_arch_location: [...new Set(repositories.map(({ arch }) => arch))]
})

const moduleWire = (
  id: string,
  known: ReleaseModule | undefined,
  repositories: ReadonlyArray<Placed>
): ModuleWire => {
  const [name = "", stream = "", version = "", context = "", arch = ""] = id.split(":")
  return {
    module: { build_id: known?.build ?? null, name, stream, version, context, arch, template: known?.text ?? "" },
    repositories: [...repositories]
  }
}

const lastLog = ({ attempt, reason, state }: Release): string | undefined => {
  switch (state) {
    case "released":
      return "Successfully committed release"
    case "reverted":
      return "Successfully reverted release"
    case "failed":
      return `Cannot commit release: ${reason}`
    default:
      return attempt > 0 || state === "planned" ? reason : undefined
  }
}

/** The repositories that a release may go to: those of its community's product, or those that are no product's. */
const choosable = (product: Product | undefined, { platforms, repositories }: Surroundings, { plan }: Release) => {
  const platform = platforms.get(plan.platform)?.id
  const own = product?.isCommunity === true
    ? new Set(product.repositories.filter((one) => one.platform === platform).map(({ name }) => hostName(name)))
    : undefined
  return [...repositories.values()]
    .filter(({ target: { name } }) => own?.has(name) ?? !name.startsWith(hostName("")))
    .sort((a, b) => a.record.id - b.record.id)
}

const planOf = (release: Release, around: Surroundings): ReleaseWire.ReleaseWire["plan"] => {
  if (release.state === "planning") return null
  const product = release.plan.product === undefined ? undefined : around.products.get(release.plan.product)
  const { modules, packages } = entries(release)
  const { forced } = ReleaseEdit.join(release.edits)
  const sources = new Map(
    [...packages.values()].flatMap(({ one }) => {
      const nevra = Nevra.parseUnsafe(one.nevra)
      return nevra.arch === "src" ? [[`${one.build} ${one.source}`, Nevra.formatFileName(nevra)] as const] : []
    })
  )
  const away = release.leftOut.flatMap((id) => {
    const nevra = Nevra.parse(id)
    return Result.isSuccess(nevra) ? [packageWire(nevra.success, undefined, sources, forced.has(id), [])] : []
  })
  const shown = [
    ...[...modules].map(([id, { one, placements }]) => moduleWire(id, one, placed(placements, around))),
    ...release.leftOut.flatMap((id) => Result.isSuccess(Nevra.parse(id)) ? [] : [moduleWire(id, undefined, [])])
  ]
  const log = lastLog(release)
  return {
    packages: [
      ...[...packages].map(([id, { one, placements }]) =>
        packageWire(Nevra.parseUnsafe(id), one, sources, forced.has(id), placed(placements, around))
      ),
      ...away
    ].sort((a, b) => a.package.full_name < b.package.full_name ? -1 : 1),
    modules: product?.isCommunity === true && shown.length === 0 ? {} : shown,
    repositories: choosable(product, around, release).map(({ record: { arch, debug, id, name, url } }) => ({
      id,
      name,
      arch,
      debug: debug === true,
      url
    })),
    packages_from_repos: {},
    packages_in_repos: {},
    problems: release.problems.map(ReleaseProblem.describe),
    ...(log === undefined ? {} : { last_log: log })
  }
}

const platformWire = ({
  archList,
  distrType,
  distrVersion,
  id,
  modularity,
  name,
  pgpKey
}: Platform): PlatformWire.PlatformWire => ({
  id,
  name,
  distr_type: distrType,
  distr_version: distrVersion,
  pgp_key: pgpKey,
  arch_list: archList,
  modularity
})

/** A release, with who it is of and where it goes. */
export const wire = (release: Release, around: Surroundings): ReleaseWire.ReleaseWire => {
  const person = around.people.get(release.plan.by)
  const owner = { id: person?.id ?? 0, username: release.plan.by, email: person?.email ?? null }
  const platform = around.platforms.get(release.plan.platform)
  const product = release.plan.product === undefined ? undefined : around.products.get(release.plan.product)
  return {
    id: release.id,
    status: AlbsStatus.ofRelease[release.state],
    build_ids: [...release.plan.builds],
    build_task_ids: [...release.plan.tasks ?? []],
    plan: planOf(release, around),
    created_by: owner,
    owner: { ...owner, is_active: person?.isActive ?? false, is_superuser: person?.isSuperuser ?? false },
    platform: platform === undefined ? null : platformWire(platform),
    product: product === undefined ? null : {
      id: product.id,
      name: product.name,
      title: product.title,
      description: product.description,
      is_community: product.isCommunity
    },
    performance_stats: [],
    created_at: AlbsTime.format(release.createdAt)
  }
}
