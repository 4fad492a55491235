/**
 * Plans a release: packages and modules of the chosen builds to the repositories of a platform, with reasons and problems.
 *
 * A function of its input. Nothing is asked here; the same input gives the same plan, so edits and further builds are more input.
 */
import * as Order from "effect/Order"
import type { Placement, Reason } from "./Placement.ts"
import * as Placing from "./Placing.ts"
import * as PlanChecks from "./PlanChecks.ts"
import * as ReleaseEdit from "./ReleaseEdit.ts"
import type { ReleaseModule, ReleasePackage } from "./ReleasePackage.ts"
import type { PlannedModule, PlannedPackage, ReleasePlan } from "./ReleasePlan.ts"
import type {
  PresentModule,
  PresentPackage,
  ReferencePackage,
  ReleaseTarget,
  TargetRepository
} from "./ReleaseTarget.ts"

/** Everything a plan follows from. */
export interface Input {
  readonly target: ReleaseTarget
  readonly packages: ReadonlyArray<ReleasePackage>
  readonly modules: ReadonlyArray<ReleaseModule>
  /** What the repositories of the target hold. */
  readonly present: ReadonlyArray<PresentPackage>
  readonly presentModules: ReadonlyArray<PresentModule>
  readonly reference: ReadonlyArray<ReferencePackage>
  readonly edits: ReadonlyArray<ReleaseEdit.ReleaseEdit>
}

/** One file of one name is one package, whichever builds bring it; it counts as the first one's. */
const distinct = (packages: ReadonlyArray<ReleasePackage>): ReadonlyArray<ReleasePackage> => [
  ...new Map(packages.toSorted((a, b) => b.build - a.build).map((one) => [`${one.nevra} ${one.sha256}`, one])).values()
]

/**
 * The plan of a release: what is wrong with the input is among its problems. Throws `InvalidNevra` where a NEVRA of the input is none.
 */
export const plan = (input: Input): ReleasePlan => {
  const { present, presentModules, target } = input
  const packages = distinct(input.packages)
  const edits = ReleaseEdit.join(input.edits)
  const repositories = new Map(target.repositories.map((one) => [one.name, one]))
  const held = new Map(present.map((one) => [`${one.repository} ${one.nevra}`, one]))
  const heldModules = new Set(presentModules.map(({ id, repository }) => `${repository} ${id}`))

  const there = (repository: string, { nevra, sha256 }: ReleasePackage): Placement["there"] => {
    const found = held.get(`${repository} ${nevra}`)
    if (found === undefined) return "nothing"
    return found.sha256 === undefined ? "unknown" : found.sha256 === sha256 ? "same" : "other"
  }

  const edited = (names: ReadonlyArray<string>, because: Reason): ReadonlyArray<Placing.Chosen> =>
    names.flatMap((name): ReadonlyArray<Placing.Chosen> => {
      const repository: TargetRepository | undefined = repositories.get(name)
      return repository === undefined
        ? []
        : [{ repository, choice: { family: repository.family, trust: "edited", because } }]
    })

  const chosenOf = (subject: string, planned: ReadonlyArray<Placing.Chosen>): ReadonlyArray<Placing.Chosen> => {
    const edit = edits.places.get(subject)
    if (edit === undefined) return planned
    return edited(edit.repositories, { _tag: "Edited", by: edit.by, why: edit.why })
  }

  const placedModules = new Map(input.modules.flatMap(({ id }) => edits.places.has(id) ? [[id, chosenOf(id, [])]] : []))
  const places = Placing.place(packages, input.modules, { ...input, placedModules })

  const modules = input.modules.map((module): PlannedModule => ({
    module,
    excluded: edits.excluded.has(module.id),
    places: (places.modules.get(module.id) ?? []).map(({ choice, repository }) => ({
      repository: repository.name,
      trust: choice.trust,
      because: choice.because,
      // Hosts do not tell a document's text; one of this very identity is taken to be it.
      there: heldModules.has(`${repository.name} ${module.id}`) ? "same" as const : "nothing" as const
    }))
  })).sort((a, b) => Order.String(a.module.id, b.module.id))

  const planned = packages.map((one): PlannedPackage => ({
    package: one,
    excluded: edits.excluded.has(one.nevra),
    places: chosenOf(one.nevra, places.packages.get(one.nevra) ?? []).map(({ choice, repository }) => ({
      repository: repository.name,
      trust: choice.trust,
      because: choice.because,
      there: there(repository.name, one)
    })).sort((a, b) => Order.String(a.repository, b.repository))
  })).sort((a, b) => Order.String(a.package.nevra, b.package.nevra) || Order.String(a.package.sha256, b.package.sha256))

  const checked: PlanChecks.Checked = {
    target,
    present,
    edits,
    packages: planned.filter(({ excluded }) => !excluded),
    modules: modules.filter(({ excluded }) => !excluded)
  }
  const all = new Set([...packages.map(({ nevra }) => nevra), ...input.modules.map(({ id }) => id)])
  return {
    packages: planned,
    modules,
    problems: [
      ...PlanChecks.unplaced(checked),
      ...PlanChecks.conflicts(checked),
      ...PlanChecks.downgrades(checked),
      ...PlanChecks.unsigned(checked),
      ...PlanChecks.modular(checked),
      ...PlanChecks.uninstallable(checked),
      ...PlanChecks.vain(edits, target, all)
    ]
  }
}
