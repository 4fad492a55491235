/** What is wrong with placed packages and modules, each rule by itself. */
import * as Evr from "../Evr.ts"
import * as Nevra from "../Nevra.ts"
import * as Installability from "./Installability.ts"
import type { Edits } from "./ReleaseEdit.ts"
import { kindOf } from "./ReleasePackage.ts"
import type { PlannedModule, PlannedPackage } from "./ReleasePlan.ts"
import type { ReleaseProblem } from "./ReleaseProblem.ts"
import type { PresentPackage, ReleaseTarget } from "./ReleaseTarget.ts"

type Severity = ReleaseProblem["severity"]

/** What is checked, with what people said about it. */
export interface Checked {
  readonly target: ReleaseTarget
  readonly present: ReadonlyArray<PresentPackage>
  /** Those that are not left out. */
  readonly packages: ReadonlyArray<PlannedPackage>
  readonly modules: ReadonlyArray<PlannedModule>
  readonly edits: Edits
}

/** What people force is said all the same, and blocks no more. */
const severity = ({ edits }: Checked, nevra: string, otherwise: Severity): Severity =>
  edits.forced.has(nevra) ? "warns" : otherwise

/** Packages that nobody placed. */
export const unplaced = ({ modules, packages }: Checked): ReadonlyArray<ReleaseProblem> => [
  ...packages.flatMap(({ package: { nevra }, places }): ReadonlyArray<ReleaseProblem> =>
    places.length > 0 ? [] : [{ _tag: "Unplaced", severity: "blocks", package: nevra }]
  ),
  ...modules.flatMap(({ module: { id }, places }): ReadonlyArray<ReleaseProblem> =>
    places.length > 0 ? [] : [{ _tag: "UnplacedModule", severity: "blocks", module: id }]
  )
]

/** Other files of the same name: in the repository, and in another build of the release. */
export const conflicts = (checked: Checked): ReadonlyArray<ReleaseProblem> => {
  const files = Map.groupBy(checked.packages, ({ package: { nevra } }) => nevra)
  return [
    ...checked.packages.flatMap(({ package: { nevra }, places }) =>
      places.flatMap(({ repository, there }): ReadonlyArray<ReleaseProblem> =>
        there === "nothing" || there === "same" ? [] : [{
          _tag: "Conflict",
          severity: there === "unknown" ? "warns" : severity(checked, nevra, "blocks"),
          package: nevra,
          repository
        }]
      )
    ),
    ...[...files].flatMap(([nevra, all]): ReadonlyArray<ReleaseProblem> =>
      new Set(all.map((one) => one.package.sha256)).size < 2 ? [] : [{
        _tag: "TwoFiles",
        severity: "blocks",
        package: nevra,
        builds: [...new Set(all.map((one) => one.package.build))].sort((a, b) => a - b)
      }]
    )
  ]
}

/** Two packages are versions of one thing when name, architecture and module are the same. */
const lineOf = (nevra: Nevra.Nevra, module: string | undefined): string => `${nevra.name} ${nevra.arch} ${module ?? ""}`

const newest = (nevras: Iterable<Nevra.Nevra>): Nevra.Nevra | undefined => {
  let found: Nevra.Nevra | undefined
  for (const one of nevras) if (found === undefined || Evr.Order(one, found) > 0) found = one
  return found
}

/** Packages older than what the repository holds, or than what the release itself brings. */
export const downgrades = (checked: Checked): ReadonlyArray<ReleaseProblem> => {
  const there = Map.groupBy(
    checked.present.map(({ module, nevra, repository }) => ({ repository, module, nevra: Nevra.parseUnsafe(nevra) })),
    ({ module, nevra, repository }) => `${repository} ${lineOf(nevra, module)}`
  )
  const own = Map.groupBy(
    checked.packages.map(({ package: one }) => ({ module: one.module, nevra: Nevra.parseUnsafe(one.nevra) })),
    ({ module, nevra }) => lineOf(nevra, module)
  )
  const refused: Severity = checked.target.downgrades === "refused" ? "blocks" : "warns"
  return checked.packages.flatMap(({ package: { module, nevra: text }, places }) => {
    const nevra = Nevra.parseUnsafe(text)
    const line = lineOf(nevra, module)
    const better = newest((own.get(line) ?? []).map((one) => one.nevra))
    const outdated: ReadonlyArray<ReleaseProblem> = better === undefined || Evr.Order(better, nevra) <= 0
      ? []
      : [{ _tag: "Outdated", severity: "warns", package: text, newer: Nevra.format(better) }]
    return [
      ...outdated,
      ...places.flatMap(({ repository }): ReadonlyArray<ReleaseProblem> => {
        const top = newest((there.get(`${repository} ${line}`) ?? []).map((one) => one.nevra))
        return top === undefined || Evr.Order(top, nevra) <= 0 ? [] : [{
          _tag: "Downgrade",
          severity: severity(checked, text, refused),
          package: text,
          repository,
          newer: Nevra.format(top)
        }]
      })
    ]
  })
}

/** Whether one is the other or its end, as a key's id is that of its fingerprint. */
const sameKey = (one: string, two: string): boolean => {
  const [a, b] = [one.toLowerCase(), two.toLowerCase()]
  return a.length >= 8 && b.length >= 8 && (a.endsWith(b) || b.endsWith(a))
}

/** Packages that none of the platform's keys signed. */
export const unsigned = (checked: Checked): ReadonlyArray<ReleaseProblem> => {
  const { keys, signatures } = checked.target
  if (signatures === "ignored") return []
  return checked.packages.flatMap(({ package: { nevra, signers } }): ReadonlyArray<ReleaseProblem> =>
    signers.some((signer) => keys.some((key) => sameKey(signer, key))) ? [] : [{
      _tag: "Unsigned",
      severity: signatures === "required" ? severity(checked, nevra, "blocks") : "warns",
      package: nevra,
      signers: [...signers]
    }]
  )
}

/** Modules whose packages are not all there, and modules whose document is not the only one. */
export const modular = ({ edits, modules, packages, present }: Checked): ReadonlyArray<ReleaseProblem> => {
  const having = new Map<string, Set<string>>()
  const add = (repository: string, nevra: string) => {
    const known = having.get(repository)
    if (known === undefined) having.set(repository, new Set([nevra]))
    else known.add(nevra)
  }
  for (const { nevra, repository } of present) add(repository, nevra)
  for (const { package: one, places } of packages) for (const { repository } of places) add(repository, one.nevra)
  const texts = Map.groupBy(modules, ({ module: { id } }) => id)
  return [
    ...modules.flatMap(({ module: { artifacts, id }, places }) =>
      artifacts
        .filter((nevra) => places.some(({ repository }) => having.get(repository)?.has(nevra) !== true))
        .filter((nevra) => kindOf(Nevra.parseUnsafe(nevra)) === "binary")
        .map((nevra): ReleaseProblem => ({ _tag: "MissingArtifact", severity: "blocks", package: nevra, module: id }))
    ),
    ...[...texts].flatMap(([id, all]): ReadonlyArray<ReleaseProblem> =>
      new Set(all.map(({ module }) => module.text)).size < 2
        && all.every(({ places }) => places.every(({ there }) => there === "nothing" || there === "same"))
        ? []
        : [{ _tag: "ModuleConflict", severity: edits.forced.has(id) ? "warns" : "blocks", module: id }]
    )
  ]
}

const installable = (
  one: { readonly nevra: string; readonly requires?: ReadonlyArray<string>; readonly provides?: ReadonlyArray<string> }
): Installability.Installable => {
  const parsed = Nevra.parseUnsafe(one.nevra)
  const { requires = [], provides = [] } = one
  return { nevra: one.nevra, name: parsed.name, version: Evr.format(parsed), requires, provides }
}

/** Packages that could no longer be installed from the repositories of an architecture, or from the first not. */
export const uninstallable = (checked: Checked): ReadonlyArray<ReleaseProblem> => {
  const binaries = checked.target.repositories.filter(({ kind }) => kind === "binary")
  return [...Map.groupBy(binaries, ({ arch }) => arch)].flatMap(([arch, repositories]) => {
    const names = new Set(repositories.map(({ name }) => name))
    const before = checked.present.filter(({ repository }) => names.has(repository))
    const coming = checked.packages.filter(({ places }) => places.some(({ repository }) => names.has(repository)))
    const own = new Set(coming.map(({ package: { nevra } }) => nevra))
    const after = [
      ...coming.map((one) => one.package),
      // One of the same name is replaced.
      ...before.filter(({ nevra }) => !own.has(nevra))
    ]
    const broken = Installability.newly(
      Installability.broken(before.map(installable)),
      Installability.broken(after.map(installable))
    )
    return [...broken].map(([nevra, missing]): ReleaseProblem => ({
      _tag: "Uninstallable",
      severity: severity(checked, nevra, "blocks"),
      package: nevra,
      arch,
      missing: [...missing],
      present: !own.has(nevra)
    }))
  })
}

/** Edits that speak of what is no part of the release or the target. */
export const vain = (
  edits: Edits,
  target: ReleaseTarget,
  all: ReadonlySet<string>
): ReadonlyArray<ReleaseProblem> => {
  const repositories = new Set(target.repositories.map(({ name }) => name))
  const strange = [...edits.places.values()].flatMap((edit) =>
    edit.repositories.filter((name) => !repositories.has(name))
  )
  return [...[...edits.subjects].filter((subject) => !all.has(subject)), ...new Set(strange)].map((subject) => ({
    _tag: "EditOfNothing",
    severity: "warns",
    subject
  }))
}
