/**
 * Where each package goes: first the modules, whose packages go with them, then what lay in the repositories before, then what other
 * distributions know, then rules; debug packages and sources follow the packages they belong to.
 */
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

const groupBy = <A>(all: Iterable<A>, key: (one: A) => string): ReadonlyMap<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const one of all) {
    const known = groups.get(key(one))
    if (known === undefined) groups.set(key(one), [one])
    else known.push(one)
  }
  return groups
}

/** Packages of one architecture of systems: a `noarch` package is of each. */
const slot = (name: string, arch: string): string => `${name} ${Arch.isSource(arch) ? "src" : Arch.base(arch)}`

/** Looks things up by name; made once for a plan. */
const indexOf = ({ presentModules, present, reference, target }: Known) => {
  const repositories = new Map(target.repositories.map((one) => [one.name, one]))
  const sorted = present.toSorted((a, b) => byText(a.repository, b.repository) || byText(a.nevra, b.nevra))
  const inTarget = sorted.flatMap((one) => {
    const repository = repositories.get(one.repository)
    return repository === undefined ? [] : [{ one, repository, nevra: Nevra.parseUnsafe(one.nevra) }]
  })
  return {
    released: groupBy(inTarget, ({ nevra }) => nevra.name),
    releasedModules: groupBy(
      presentModules.flatMap((one) => {
        const repository = repositories.get(one.repository)
        return repository === undefined ? [] : [{ one, repository }]
      }),
      ({ one }) => one.id.split(":", 1)[0]!
    ),
    reference: groupBy(reference, ({ name }) => name),
    at: (family: string, kind: TargetRepository["kind"], arch: string): TargetRepository | undefined =>
      target.repositories.find((one) => one.family === family && one.kind === kind && one.arch === arch)
  }
}

const byText = (a: string, b: string): number => a === b ? 0 : a < b ? -1 : 1

const orders = ["exact", "closest", "version", "name"] as const

/** Where every package and module of a release goes. Total: what nobody knows has no place. */
export const place = (
  packages: ReadonlyArray<ReleasePackage>,
  modules: ReadonlyArray<ReleaseModule>,
  known: Known
): Places => {
  const { at, reference, released, releasedModules } = indexOf(known)
  const { rules, fallback, repositories } = known.target
  // In an order of their own, so that reasons that are equally good are chosen the same each time.
  const parsed = packages.map((one): Parsed => ({ package: one, nevra: Nevra.parseUnsafe(one.nevra) }))
    .sort((a, b) => byText(a.package.nevra, b.package.nevra) || byText(a.package.sha256, b.package.sha256))
  const ofSource = groupBy(parsed, ({ package: { build, source } }) => `${build} ${source}`)
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
  const familiesOfModule = groupBy(
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
    const told = (reference.get(name) ?? []).filter((one) =>
      one.repositoryArch === machine &&
      (one.arch === version.arch || one.arch === "noarch" || version.arch === "noarch")
    )
    const matched = orders.find((order) => told.some((one) => one.matched === order))
    if (matched !== undefined) {
      return best(
        told.filter((one) => one.matched === matched).map(({ family, platform }): FamilyChoice => ({
          family,
          trust: "reference",
          because: { _tag: "Reference", platform, matched }
        }))
      )
    }
    return ruled(name)
  }

  /** Machines whose repositories a package is for, and whether the package says so itself. */
  const machinesOf = ({ nevra, package: { build, source } }: Parsed): ReadonlyArray<string> => {
    if (nevra.arch !== "noarch") return machines.filter((machine) => Arch.base(machine) === Arch.base(nevra.arch))
    // Packages without architecture go where their source's others go; where it has no others, everywhere.
    const others = new Set(
      (ofSource.get(`${build} ${source}`) ?? []).flatMap(({ nevra: { arch } }) =>
        arch === "noarch" || Arch.isSource(arch) ? [] : [Arch.base(arch)]
      )
    )
    return others.size === 0 ? machines : machines.filter((machine) => others.has(Arch.base(machine)))
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
  for (const one of alone) {
    const siblings = (ofSource.get(`${one.package.build} ${one.package.source}`) ?? []).filter((other) =>
      other !== one && (binaries.get(other.package.nevra)?.length ?? 0) > 0 && !alone.includes(other)
    )
    const choices = one.package.module !== undefined ? [] : siblings.length > 0
      ? best(
        siblings.flatMap(({ nevra, package: sibling }) =>
          binaries.get(sibling.nevra)!.map(({ choice }): FamilyChoice => ({
            family: choice.family,
            trust: "source",
            because: { _tag: "Follows", name: nevra.name }
          }))
        )
      )
      : nobody
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
    return [...groupBy(led, ({ repository }) => repository.name).values()].map((all) => ({
      repository: all[0]!.repository,
      choice: best(all.map(({ choice }) => choice))[0]!
    }))
  }

  const placeOf = (one: Parsed): ReadonlyArray<Chosen> => {
    const kind = kindOf(one.nevra)
    if (kind === "binary") return binaries.get(one.package.nevra) ?? []
    const relatives = (ofSource.get(`${one.package.build} ${one.package.source}`) ?? [])
      .filter(({ nevra }) => kindOf(nevra) === "binary")
    if (kind === "source") return following(relatives, "source")
    const sameArch = relatives.filter(({ nevra }) => nevra.arch === one.nevra.arch)
    const own = sameArch.filter(({ nevra }) => nevra.name === followed(one.nevra.name))
    return following(own.length > 0 ? own : sameArch, "debug")
  }

  return { packages: new Map(parsed.map((one) => [one.package.nevra, placeOf(one)])), modules: modulePlaces }
}
