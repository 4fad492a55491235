/**
 * Where each package goes: first the modules, whose packages go with them, then what lay in the repositories before, then what other
 * distributions know, then rules; debug packages and sources follow the packages they belong to.
 */
import * as Order from "effect/Order"
import * as Arch from "../Arch.ts"
import * as Nevra from "../Nevra.ts"
import { best, type FamilyChoice } from "./Placement.ts"
import { followed, kindOf, moduleArch, moduleOf, type ReleaseModule, type ReleasePackage } from "./ReleasePackage.ts"
import {
  type PresentModule,
  type PresentPackage,
  type ReferencePackage,
  type ReleaseTarget,
  speaksOf,
  type TargetRepository
} from "./ReleaseTarget.ts"

/** What is known when packages are placed. */
export interface Known {
  readonly target: ReleaseTarget
  readonly present: ReadonlyArray<PresentPackage>
  readonly presentModules: ReadonlyArray<PresentModule>
  readonly reference: ReadonlyArray<ReferencePackage>
  /** Modules that people placed, by identity; their packages follow them. */
  readonly placedModules: ReadonlyMap<string, ReadonlyArray<Chosen>>
}

/** A repository and why; what it holds of the package is not looked at here. */
export interface Chosen {
  readonly repository: TargetRepository
  readonly choice: FamilyChoice
}

/** Where everything goes. */
export interface Places {
  /** By NEVRA; empty for what nobody knows. */
  readonly packages: ReadonlyMap<string, ReadonlyArray<Chosen>>
  /** By the module's identity. */
  readonly modules: ReadonlyMap<string, ReadonlyArray<Chosen>>
}

interface Parsed {
  readonly nevra: Nevra.Nevra
  readonly package: ReleasePackage
}

/** Packages of one architecture of systems: a `noarch` package is of each. */
const slot = (name: string, arch: string): string => `${name} ${Arch.isSource(arch) ? "src" : Arch.base(arch)}`

/** Looks things up by name; made once for a plan. */
const indexOf = ({ presentModules, present, reference, target }: Known) => {
  const repositories = new Map(target.repositories.map((one) => [one.name, one]))
  const sorted = present.toSorted((a, b) => Order.String(a.repository, b.repository) || Order.String(a.nevra, b.nevra))
  const inTarget = sorted.flatMap((one) => {
    const repository = repositories.get(one.repository)
    return repository === undefined ? [] : [{ one, repository, nevra: Nevra.parseUnsafe(one.nevra) }]
  })
  return {
    released: Map.groupBy(inTarget, ({ nevra }) => nevra.name),
    releasedModules: Map.groupBy(
      presentModules.flatMap((one) => {
        const repository = repositories.get(one.repository)
        return repository === undefined ? [] : [{ one, repository }]
      }),
      ({ one }) => one.id.split(":", 1)[0]!
    ),
    reference: Map.groupBy(reference, ({ name }) => name),
    at: (family: string, kind: TargetRepository["kind"], arch: string): TargetRepository | undefined =>
      target.repositories.find((one) => one.family === family && one.kind === kind && one.arch === arch)
  }
}

const orders = ["exact", "closest", "version", "name"] as const

/** Where every package and module of a release goes; what nobody knows has no place. Throws `InvalidNevra` where a NEVRA is none. */
export const place = (
  packages: ReadonlyArray<ReleasePackage>,
  modules: ReadonlyArray<ReleaseModule>,
  known: Known
): Places => {
  const { at, reference, released, releasedModules } = indexOf(known)
  const { rules, fallback, repositories } = known.target
  // In an order of their own, so that reasons that are equally good are chosen the same each time.
  const parsed = packages.map((one): Parsed => ({ package: one, nevra: Nevra.parseUnsafe(one.nevra) }))
    .sort((a, b) => Order.String(a.package.nevra, b.package.nevra) || Order.String(a.package.sha256, b.package.sha256))
  const sourceOf = ({ package: { build, source } }: Parsed): string => `${build} ${source}`
  const ofSource = Map.groupBy(parsed, sourceOf)
  const archesOf = new Map(
    [...ofSource].map(([source, all]) => [
      source,
      new Set(all.flatMap(({ nevra: { arch } }) => arch === "noarch" || Arch.isSource(arch) ? [] : [Arch.base(arch)]))
    ])
  )
  const machines = [...new Set(repositories.filter(({ kind }) => kind === "binary").map(({ arch }) => arch))]

  const ruled = (name: string): ReadonlyArray<FamilyChoice> => {
    const rule = rules.find((one) => speaksOf(one, name))
    return rule === undefined
      ? []
      : [{ family: rule.family, trust: "rule", because: { _tag: "Rule", names: rule.names } }]
  }
  const nobody: ReadonlyArray<FamilyChoice> = fallback === undefined
    ? []
    : [{ family: fallback, trust: "unknown", because: { _tag: "Fallback" } }]

  /** Where others have a package, on machines of an architecture: the best matches only. */
  const toldOf = (nevra: Nevra.Nevra, machine: string): ReadonlyArray<ReferencePackage> => {
    const told = (reference.get(nevra.name) ?? []).filter((one) =>
      one.repositoryArch === machine && (one.arch === nevra.arch || one.arch === "noarch" || nevra.arch === "noarch")
    )
    const matched = orders.find((order) => told.some((one) => one.matched === order))
    return told.filter((one) => one.matched === matched)
  }

  /** The family where others have most of a module's packages; of two that have as many, the first by name. */
  const referenceOf = (module: ReleaseModule): ReadonlyArray<FamilyChoice> => {
    const told = module.artifacts.map(Nevra.parseUnsafe).filter((nevra) => kindOf(nevra) === "binary")
      .flatMap((nevra) => [...new Map(toldOf(nevra, moduleArch(module)).map((one) => [one.family, one])).values()])
    const most = [...Map.groupBy(told, ({ family }) => family)]
      .toSorted(([a, one], [b, other]) => other.length - one.length || Order.String(a, b))[0]
    if (most === undefined) return []
    const [family, all] = most
    const { matched, platform } = all.toSorted((a, b) => orders.indexOf(a.matched) - orders.indexOf(b.matched))[0]!
    return [{ family, trust: "reference", because: { _tag: "Reference", platform, matched } }]
  }

  const moduleFamilies = (module: ReleaseModule): ReadonlyArray<FamilyChoice> => {
    const name = module.id.split(":", 1)[0]!
    const lying = (releasedModules.get(name) ?? []).filter(({ one }) => moduleArch(one) === moduleArch(module))
    const sameStream = lying.filter(({ one }) => moduleOf(one) === moduleOf(module))
    const choices = (sameStream.length > 0 ? sameStream : lying).map(({ one, repository }): FamilyChoice => ({
      family: repository.family,
      trust: "released",
      because: { _tag: "ReleasedModule", module: one.id, repository: repository.name }
    }))
    if (choices.length > 0) return best(choices)
    const told = referenceOf(module)
    if (told.length > 0) return told
    const rule = ruled(name)
    return rule.length > 0 ? rule : nobody
  }

  const modulePlaces = new Map(modules.map((module) => [
    module.id,
    known.placedModules.get(module.id) ?? moduleFamilies(module).flatMap((choice): ReadonlyArray<Chosen> => {
      const repository = at(choice.family, "binary", moduleArch(module))
      return repository === undefined ? [] : [{ repository, choice }]
    })
  ]))
  const familiesOfModule = Map.groupBy(
    modules.flatMap((module) => (modulePlaces.get(module.id) ?? []).map(({ choice }) => ({ module, choice }))),
    ({ module }) => moduleOf(module)
  )

  /** Families that speak for a package of an architecture by itself, the best source of knowledge only. */
  const ownFamilies = (name: string, machine: string, version: Nevra.Nevra): ReadonlyArray<FamilyChoice> => {
    const lying = (released.get(name) ?? []).filter(({ nevra, one, repository }) =>
      one.module === undefined && repository.arch === machine && (nevra.arch === "noarch" || version.arch === "noarch"
        || slot(name, nevra.arch) === slot(name, version.arch))
    )
    if (lying.length > 0) {
      return best(lying.map(({ one, repository }): FamilyChoice => ({
        family: repository.family,
        trust: "released",
        because: { _tag: "Released", nevra: one.nevra, repository: repository.name }
      })))
    }
    const told = toldOf(version, machine)
    if (told.length === 0) return ruled(name)
    return best(told.map(({ family, matched, platform }): FamilyChoice => ({
      family,
      trust: "reference",
      because: { _tag: "Reference", platform, matched }
    })))
  }

  /** Machines whose repositories a package is for. */
  const machinesOf = (one: Parsed): ReadonlyArray<string> => {
    const { arch } = one.nevra
    if (arch !== "noarch") return machines.filter((machine) => Arch.base(machine) === Arch.base(arch))
    // Packages without architecture go where their source's others go; where it has no others, everywhere.
    const others = archesOf.get(sourceOf(one))!
    return others.size === 0 || known.target.noarch === "everywhere"
      ? machines
      : machines.filter((machine) => others.has(Arch.base(machine)))
  }

  /** Machines that take a package of another architecture along. */
  const multilibOf = (one: Parsed): ReadonlyArray<string> =>
    machines.filter((machine) =>
      Arch.multilibCompanion(machine) === Arch.base(one.nevra.arch) && Arch.base(machine) !== Arch.base(one.nevra.arch)
    )

  const isMultilib = ({ nevra }: Parsed, machine: string): boolean =>
    ownFamilies(nevra.name, machine, nevra).some(({ trust }) => trust !== "rule")
    || rules.some((rule) => rule.multilib === true && speaksOf(rule, nevra.name))

  const binaries = new Map<string, ReadonlyArray<Chosen>>()
  const ownPlaces = (one: Parsed): ReadonlyArray<Chosen> => {
    const { module } = one.package
    const takers = [
      ...machinesOf(one),
      ...multilibOf(one).filter((machine) => module === undefined && isMultilib(one, machine))
    ]
    return takers.flatMap((machine) => {
      const choices: ReadonlyArray<FamilyChoice> = module === undefined
        ? ownFamilies(one.nevra.name, machine, one.nevra)
        : best(
          (familiesOfModule.get(module) ?? []).filter(({ module: { id } }) => moduleArch({ id }) === machine)
            .map(({ choice, module: { id } }) => ({
              ...choice,
              because: { _tag: "Module", module: id }
            }))
        )
      return choices.flatMap((choice): ReadonlyArray<Chosen> => {
        const repository = at(choice.family, "binary", machine)
        return repository === undefined ? [] : [{ repository, choice }]
      })
    })
  }
  for (const one of parsed) if (kindOf(one.nevra) === "binary") binaries.set(one.package.nevra, ownPlaces(one))

  /** What nobody knows goes where the others of its source go, else where such packages go. */
  const alone = parsed.filter((one) => binaries.get(one.package.nevra)?.length === 0)
  const siblings = Map.groupBy(
    parsed.flatMap((one) => (binaries.get(one.package.nevra) ?? []).map(({ choice }) => ({ one, choice }))),
    ({ one }) => sourceOf(one)
  )
  const familiesOfSource = new Map(
    [...siblings].map(([source, all]) => [
      source,
      best(all.map(({ choice: { family }, one }): FamilyChoice => ({
        family,
        trust: "source",
        because: { _tag: "Follows", name: one.nevra.name }
      })))
    ])
  )
  for (const one of alone) {
    const choices = one.package.module === undefined ? familiesOfSource.get(sourceOf(one)) ?? nobody : []
    binaries.set(
      one.package.nevra,
      machinesOf(one).flatMap((machine) =>
        choices.flatMap((choice): ReadonlyArray<Chosen> => {
          const repository = at(choice.family, "binary", machine)
          return repository === undefined ? [] : [{ repository, choice }]
        })
      )
    )
  }

  /** Where packages go that belong to others; without others, where packages go that nobody knows. */
  const following = (leaders: ReadonlyArray<Parsed>, kind: "debug" | "source"): ReadonlyArray<Chosen> => {
    if (leaders.length === 0) {
      return nobody.flatMap((choice) => {
        const own = kind === "source" ? at(choice.family, kind, "src") : undefined
        return own === undefined ? [] : [{ repository: own, choice }]
      })
    }
    const led = leaders.flatMap((leader) =>
      (binaries.get(leader.package.nevra) ?? []).flatMap(({ choice, repository }): ReadonlyArray<Chosen> => {
        const own = at(choice.family, kind, kind === "source" ? "src" : repository.arch)
        const because: FamilyChoice["because"] = { _tag: "Follows", name: leader.nevra.name }
        return own === undefined ? [] : [{ repository: own, choice: { ...choice, because } }]
      })
    )
    return [...Map.groupBy(led, ({ repository }) => repository.name).values()].map((all) => ({
      repository: all[0]!.repository,
      choice: best(all.map(({ choice }) => choice))[0]!
    }))
  }

  const placeOf = (one: Parsed): ReadonlyArray<Chosen> => {
    const kind = kindOf(one.nevra)
    if (kind === "binary") return binaries.get(one.package.nevra) ?? []
    const relatives = ofSource.get(sourceOf(one))!
      .filter(({ nevra }) => kindOf(nevra) === "binary")
    if (kind === "source") return following(relatives, "source")
    const sameArch = relatives.filter(({ nevra }) => nevra.arch === one.nevra.arch)
    const own = sameArch.filter(({ nevra }) => nevra.name === followed(one.nevra.name))
    return following(own.length > 0 ? own : sameArch, "debug")
  }

  return { packages: new Map(parsed.map((one) => [one.package.nevra, placeOf(one)])), modules: modulePlaces }
}
