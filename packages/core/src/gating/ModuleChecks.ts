/**
 * The checks that every module is held to, whoever wrote it: its profiles can be installed, nothing in it needs what nobody offers, what
 * was built is what its document says, and none of its files belongs to somebody else.
 *
 * What is not known is said and passed over: a check that cannot be made fails nobody.
 */
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as NameList from "../NameList.ts"
import * as Installability from "../release/Installability.ts"
import * as Steps from "../Steps.ts"

/** A package of the module, for one architecture. */
export interface CheckedPackage extends Installability.Installable {
  readonly conflicts: ReadonlyArray<string>
  readonly obsoletes: ReadonlyArray<string>
  /** Files and links, not directories, with what tells their contents apart. */
  readonly files: ReadonlyMap<string, string>
}

/** What is known of one module for one architecture. */
export interface CheckedModule {
  readonly document: ModuleStreamV2
  /**
   * The binary packages by the component they were built from, those that the filter leaves out among them; undefined where only
   * whoever built them knows.
   */
  readonly built: ReadonlyMap<string, ReadonlyArray<string>> | undefined
  /** Those that are shipped; `undefined` where they cannot be looked into. */
  readonly packages: ReadonlyArray<CheckedPackage> | undefined
  /** Packages of modules that it needs at run time; `undefined` where they are not known. */
  readonly required: ReadonlyArray<Installability.Installable> | undefined
  /** Packages of the platform, and which of them has a file; `undefined` where they are not known. */
  readonly platform: {
    readonly packages: ReadonlyArray<Installability.Installable>
    readonly owners: ReadonlyMap<string, ReadonlyArray<string>>
  } | undefined
}

/** The names of the checks: what policies require. */
export const names = {
  artifacts: "orch.module.artifacts",
  dependencies: "orch.module.dependencies",
  installability: "orch.module.installability",
  conflicts: "orch.module.file-conflicts"
} as const

/** What a check found. `unknown`: it could not be made, or not all of it. */
export interface Checked {
  readonly name: typeof names[keyof typeof names]
  readonly outcome: "passed" | "failed" | "unknown"
  /** For people. */
  readonly note: string
}

const verdict = (
  name: Checked["name"],
  problems: ReadonlyArray<string>,
  unknown: ReadonlyArray<string>,
  well: string
): Checked =>
  problems.length > 0
    ? { name, outcome: "failed", note: problems.slice(0, 20).join("; ") }
    : unknown.length > 0
    ? { name, outcome: "unknown", note: unknown.join("; ") }
    : { name, outcome: "passed", note: well }

const unseen = "its packages are not on this machine"

const quoted = (all: Iterable<string>): string => NameList.shorten([...all])

const artifacts = ({ built, document }: CheckedModule): Checked => {
  if (built === undefined) return verdict(names.artifacts, [], [unseen], "")
  const all = new Set([...built.values()].flat())
  const filter = new Set(document.filter)
  const shipped = new Set([...all].filter((name) => !filter.has(name)))
  const problems: Array<string> = []
  for (const name of document.components.rpms.keys()) {
    if ((built.get(name) ?? []).length === 0) problems.push(`component ${name} has no packages`)
  }
  for (const [name, { rpms }] of document.profiles) {
    const missing = rpms.filter((one) => !shipped.has(one))
    if (missing.length > 0) problems.push(`profile ${name} names ${quoted(missing)}, which is not shipped`)
  }
  const api = document.api.filter((one) => !shipped.has(one))
  if (api.length > 0) problems.push(`the API names ${quoted(api)}, which is not shipped`)
  const unfiltered = [...filter].filter((one) => !all.has(one))
  if (unfiltered.length > 0) problems.push(`the filter names ${quoted(unfiltered)}, which was not built`)
  return verdict(names.artifacts, problems, [], `${shipped.size} packages are what the document says`)
}

const noPlatform = "the packages of its platform are not known"
const noRequired = "the packages of modules that it needs are not known"

/** What keeps a closure from being judged. */
const unknownOf = ({ packages, platform, required }: CheckedModule): ReadonlyArray<string> => [
  ...(packages === undefined ? [unseen] : []),
  ...(platform === undefined ? [noPlatform] : []),
  ...(required === undefined ? [noRequired] : [])
]

/** The packages of the module that cannot be installed beside the platform and what it needs. */
function* brokenOf({ packages = [], platform, required = [] }: CheckedModule): Generator<void, Installability.Broken> {
  const own = new Set(packages.map(({ name }) => name))
  // The platform's packages of the same name are not there while the module is.
  const others = [...platform?.packages ?? [], ...required].filter(({ name }) => !own.has(name))
  const { broken } = yield* Installability.closure([...packages, ...others])
  return new Map(packages.flatMap(({ nevra }) => {
    const missing = broken.get(nevra)
    return missing === undefined ? [] : [[nevra, missing] as const]
  }))
}

const dependencies = (module: CheckedModule, broken: Installability.Broken): Checked => {
  const unknown = unknownOf(module)
  const problems = unknown.length > 0
    ? []
    : [...broken].map(([nevra, missing]) => `${nevra} needs ${missing.join(", ")}`)
  return verdict(names.dependencies, problems, unknown, "everything that its packages need is offered")
}

const installability = (module: CheckedModule, broken: Installability.Broken): Checked => {
  const { document: { profiles }, packages = [] } = module
  const unknown = unknownOf(module)
  const problems: Array<string> = []
  for (const [profile, { rpms }] of profiles) {
    for (const name of unknown.length > 0 ? [] : rpms) {
      const one = packages.find((each) => each.name === name)
      const missing = one === undefined ? undefined : broken.get(one.nevra)
      if (one === undefined) problems.push(`profile ${profile}: there is no package ${name}`)
      else if (missing !== undefined) problems.push(`profile ${profile}: ${name} needs ${missing.join(", ")}`)
    }
  }
  return verdict(
    names.installability,
    problems,
    unknown,
    profiles.size === 0 ? "it has no profiles" : `each of its ${profiles.size} profiles can be installed`
  )
}

const avoids = (one: CheckedPackage, other: string): boolean =>
  [...one.conflicts, ...one.obsoletes].some((text) => text.split(/\s/)[0] === other)

const conflicts = (module: CheckedModule): Checked => {
  const { packages = [], platform } = module
  const unknown = [...(module.packages === undefined ? [unseen] : []), ...(platform === undefined ? [noPlatform] : [])]
  const own = new Set(packages.map(({ name }) => name))
  const holders = new Map<string, CheckedPackage>()
  const problems = new Set<string>()
  for (const one of packages) {
    for (const [path, content] of one.files) {
      const before = holders.get(path)
      if (
        before !== undefined && before.files.get(path) !== content && !avoids(one, before.name)
        && !avoids(before, one.name)
      ) problems.add(`${path} is in ${before.name} and ${one.name} with other contents`)
      holders.set(path, one)
      for (const owner of platform?.owners.get(path) ?? []) {
        if (!own.has(owner) && !avoids(one, owner)) {
          problems.add(`${path} of ${one.name} is in ${owner} of the platform`)
        }
      }
    }
  }
  return verdict(names.conflicts, [...problems], unknown, "none of its files belongs to another package")
}

/** All checks of one module for one architecture, in a fixed order; looks at some of the platform's packages at a time. */
export function* steps(module: CheckedModule): Generator<void, ReadonlyArray<Checked>> {
  const broken = yield* brokenOf(module)
  return [artifacts(module), dependencies(module, broken), installability(module, broken), conflicts(module)]
}

/** The same, at once. */
export const run = (module: CheckedModule): ReadonlyArray<Checked> => Steps.finish(steps(module))
