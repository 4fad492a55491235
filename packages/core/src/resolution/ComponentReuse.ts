/**
 * Decides which components of a module build are taken from an earlier build instead of being built, and says why.
 *
 * `all`, `changed-and-after` and `only-changed` follow the Module Build Service; `content` is ours: a component is reused
 * when everything that went into it is equal (commit, arches, macros, modules built with, and the content of all it was
 * built after), whatever batch numbers did, and never when a change could have reached it.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as NameList from "../NameList.ts"
import * as PythonJson from "./PythonJson.ts"

/** The names of all strategies; `descriptions` says what each does. */
export const rebuildStrategies = ["all", "changed-and-after", "content", "only-changed"] as const
/** Which components are built anew although an earlier build has them. */
export type RebuildStrategy = (typeof rebuildStrategies)[number]

/** What each strategy does, in words. */
export const descriptions: Readonly<Record<RebuildStrategy, string>> = {
  all: "All components will be rebuilt",
  "changed-and-after": "All components that have changed and those in subsequent batches will be rebuilt",
  content:
    "All components will be rebuilt into which anything different goes, directly or through what they are built after",
  "only-changed": "All changed components will be rebuilt"
}

/** One component of a build, as far as it decides about reuse. */
export interface ComponentInputs {
  readonly name: string
  /** As the Module Build Service counts: 1 is the macros package's; null where it is in none. */
  readonly batch: number | null
  /** The commit; none for components built from an uploaded source package. */
  readonly ref: string | null
  readonly arches?: ReadonlyArray<string> | undefined
  /** Components that must be in the buildroot before; by default all of the earlier batches. */
  readonly after?: ReadonlyArray<string> | undefined
}

/** One side of the comparison. */
export interface Module {
  readonly components: ReadonlyArray<ComponentInputs>
  /** `buildopts.rpms.macros`. */
  readonly macros?: string | null | undefined
  /** `name:stream:version:context` of what it is built with; only `content` looks at it. */
  readonly buildrequires?: ReadonlyArray<string> | undefined
}

/** Why a component was, or was not, reused. */
export type Reason =
  | "reused"
  | "strategy is all"
  | "no previous build"
  | "not in this build"
  | "not in the previous build"
  | "commit changed"
  | "batch changed"
  | "macros changed"
  | "earlier batch changed"
  | "previous batch not reused"
  | "arches changed"
  | "buildrequires changed"
  | "prerequisite changed"

/** What is done with one component. */
export interface Decision {
  readonly name: string
  readonly reused: boolean
  readonly reason: Reason
  /** For people: what differs, from what to what. */
  readonly message: string
}

const macrosPackage = "module-build-macros"
const archesOf = (component: ComponentInputs): ReadonlyArray<string> =>
  Array.from(new Set(component.arches ?? [])).sort(PythonJson.compareText)
const sameArches = (one: ComponentInputs, two: ComponentInputs): boolean =>
  archesOf(one).join(" ") === archesOf(two).join(" ")

/** Components of the batches 2 to `before - 1`, by batch. */
const earlier = (module: Module, before: number): ReadonlyArray<ComponentInputs> =>
  module.components.filter(({ batch, name }) => batch !== null && batch > 1 && batch < before && name !== macrosPackage)

/** The first difference in the batches before a component, or `undefined`. */
const earlierDifference = (current: Module, previous: Module, before: number): string | undefined => {
  const describe = (component: ComponentInputs) =>
    `${component.batch}\n${component.name}\n${component.ref}\n${archesOf(component).join(" ")}`
  const now = earlier(current, before)
  const then = earlier(previous, before)
  const [nowKeys, thenKeys] = [new Set(now.map(describe)), new Set(then.map(describe))]
  const added = now.find((component) => !thenKeys.has(describe(component)))
  const removed = then.find((component) => !nowKeys.has(describe(component)))
  const changed = added ?? removed
  if (changed === undefined) return undefined
  const one = now.find(({ name }) => name === changed.name)
  const two = then.find(({ name }) => name === changed.name)
  if (one === undefined) return `${changed.name} is gone from batch ${changed.batch}`
  if (two === undefined) return `${changed.name} is new in batch ${changed.batch}`
  if (one.batch !== two.batch) return `${changed.name} moved from batch ${two.batch} to ${one.batch}`
  return one.ref === two.ref
    ? `the arches of ${changed.name} changed from ${NameList.shorten(archesOf(two))} to ${
      NameList.shorten(archesOf(one))
    }`
    : `${changed.name} changed from ${two.ref} to ${one.ref}`
}

/** What is looked up of a module for each of its components, found once. */
interface Facts {
  readonly byName: ReadonlyMap<string, ComponentInputs>
  /** Those that take part: in a batch, with a commit. */
  readonly taking: ReadonlyMap<string, ComponentInputs>
  /** By the number of a batch: the first difference before it from another module. */
  readonly differences: WeakMap<Module, Map<number, string | undefined>>
  hashes?: ReadonlyMap<string, string>
}

const known = new WeakMap<Module, Facts>()

const factsOf = (module: Module): Facts => {
  const found = known.get(module)
  if (found !== undefined) return found
  const first = (components: ReadonlyArray<ComponentInputs>) =>
    new Map(components.toReversed().map((component) => [component.name, component]))
  const made: Facts = {
    byName: first(module.components),
    taking: first(module.components.filter(({ batch, ref }) => (batch ?? 0) > 0 && !!ref)),
    differences: new WeakMap()
  }
  known.set(module, made)
  return made
}

const find = (module: Module, name: string): ComponentInputs | undefined => factsOf(module).taking.get(name)

/** `earlierDifference`, looked for once for each batch. */
const differenceBefore = (current: Module, previous: Module, batch: number): string | undefined => {
  const { differences } = factsOf(current)
  let found = differences.get(previous)
  if (found === undefined) differences.set(previous, found = new Map())
  if (!found.has(batch)) found.set(batch, earlierDifference(current, previous, batch))
  return found.get(batch)
}

const hashesOf = (module: Module): ReadonlyMap<string, string> => {
  const facts = factsOf(module)
  return facts.hashes ??= contentHashes(module)
}

/**
 * Decides whether one component can be reused. The first reason that speaks against it is returned; `reused` where none
 * does.
 *
 * @param previous the build to reuse from (`ReusableModule.find`), if there is one.
 */
export const decide = (
  name: string,
  strategy: RebuildStrategy,
  current: Module,
  previous: Module | undefined
): Decision => {
  const no = (reason: Reason, message: string): Decision => ({ name, reused: false, reason, message })
  const yes = (message: string): Decision => ({ name, reused: true, reason: "reused", message })
  if (strategy === "all") {
    return no("strategy is all", `Cannot reuse the component ${name} because the module rebuild strategy is "all".`)
  }
  if (previous === undefined) {
    return no("no previous build", "Cannot reuse because no previous build of the module was found!")
  }
  const now = find(current, name)
  if (now === undefined) {
    return no("not in this build", `Cannot reuse the component ${name} because it can't be found in the database`)
  }
  const then = find(previous, name)
  if (then === undefined) {
    return no(
      "not in the previous build",
      `Cannot reuse the component ${name} because a previous build of it can't be found in the database`
    )
  }
  if (now.ref !== then.ref) {
    return no(
      "commit changed",
      `Cannot reuse the component because the commit hash changed since the last build: from ${then.ref} to ${now.ref}`
    )
  }
  if (strategy === "changed-and-after" && now.batch !== then.batch) {
    return no(
      "batch changed",
      "Cannot reuse the component because it is being built in a different batch than in the compatible module build: "
        + `${now.batch} instead of ${then.batch}`
    )
  }
  if (strategy !== "only-changed" && (current.macros ?? null) !== (previous.macros ?? null)) {
    return no(
      "macros changed",
      "Cannot reuse the component because the modulemd's macros are different than those of the compatible module build"
    )
  }
  if (strategy === "changed-and-after") {
    const difference = differenceBefore(current, previous, now.batch!)
    if (difference !== undefined) {
      return no(
        "earlier batch changed",
        "Cannot reuse the component because a component in a previous batch has been added, removed, or rebuilt: "
          + difference
      )
    }
  }
  if (!sameArches(now, then)) {
    return no(
      "arches changed",
      `Cannot reuse the component ${name} because its architectures have changed since the compatible module build: `
        + `from ${NameList.shorten(archesOf(then))} to ${NameList.shorten(archesOf(now))}`
    )
  }
  return strategy === "content" ? byContent(name, current, previous, no, yes) : yes("Nothing that counts has changed")
}

const byContent = (
  name: string,
  current: Module,
  previous: Module,
  no: (reason: Reason, message: string) => Decision,
  yes: (message: string) => Decision
): Decision => {
  const [now, then] = [hashesOf(current), hashesOf(previous)]
  if (now.get(name) === then.get(name)) return yes(`Its content is equal: ${now.get(name)!.slice(0, 12)}`)
  const [built, before] = [new Set(current.buildrequires), new Set(previous.buildrequires)]
  const added = Array.from(built).filter((module) => !before.has(module))
  const removed = Array.from(before).filter((module) => !built.has(module))
  if (added.length + removed.length > 0) {
    return no(
      "buildrequires changed",
      `Cannot reuse the component because it would be built with ${NameList.shorten(added)} instead of ${
        NameList.shorten(removed)
      }`
    )
  }
  const [nowAfter, thenAfter] = [prerequisites(current, name), prerequisites(previous, name)]
  const culprit = Array.from(new Set([...nowAfter, ...thenAfter])).sort(PythonJson.compareText)
    .find((other) => nowAfter.has(other) !== thenAfter.has(other) || now.get(other) !== then.get(other))
  return no(
    "prerequisite changed",
    `Cannot reuse the component because ${culprit}, which it is built after, has changed`
  )
}

/** Names of what must be in the buildroot before a component, directly. */
const prerequisites = (module: Module, name: string): ReadonlySet<string> => {
  const component = factsOf(module).byName.get(name)
  if (component === undefined) return new Set()
  return new Set(component.after ?? earlier(module, component.batch ?? 0).map(({ name }) => name))
}

/**
 * A hash for each component over everything that goes into it, by name: equal hashes mean equal input. SHA-256, in 64
 * hexadecimal digits; the macros package has none.
 *
 * A component without a commit (uploaded source packages) is hashed without one: `decide` never reuses it.
 */
export const contentHashes = (module: Module): ReadonlyMap<string, string> => {
  const hashes = new Map<string, string>()
  const visiting = new Set<string>()
  const byName = new Map(module.components.map((component) => [component.name, component]))
  const buildrequires = (module.buildrequires ?? []).toSorted(PythonJson.compareText)
  const digests = new Map<ReadonlyArray<string>, string>()
  /** Of names and their hashes; the same list is hashed once. */
  const digest = (names: ReadonlyArray<string>): string => {
    const known = digests.get(names)
    if (known !== undefined) return known
    const all = [...new Set(names)].sort(PythonJson.compareText)
      // A cycle is refused by the build order; here it only must not hang.
      .flatMap((name) => byName.has(name) && !visiting.has(name) ? [[name, hash(byName.get(name)!)]] : [])
    const made = bytesToHex(sha256(utf8ToBytes(PythonJson.format(all))))
    digests.set(names, made)
    return made
  }
  const batches = new Map<number, ReadonlyArray<string>>()
  const before = (batch: number): string => {
    const names = batches.get(batch) ?? earlier(module, batch).map(({ name }) => name)
    batches.set(batch, names)
    return digest(names)
  }
  const hash = (component: ComponentInputs): string => {
    const known = hashes.get(component.name)
    if (known !== undefined) return known
    visiting.add(component.name)
    // Without prerequisites by name, all of the batches before it count.
    const after = component.after === undefined ? before(component.batch ?? 0) : digest(component.after)
    visiting.delete(component.name)
    const input = [component.name, component.ref, archesOf(component), module.macros ?? null, buildrequires, after]
    const result = bytesToHex(sha256(utf8ToBytes(PythonJson.format(input))))
    hashes.set(component.name, result)
    return result
  }
  for (const component of module.components) if (component.name !== macrosPackage) hash(component)
  return hashes
}

/**
 * Decides for all components but the macros package, batch by batch; decisions come in the order of the components.
 *
 * With `changed-and-after` a batch is only looked at when the one before it was reused completely (or is the macros'),
 * as anything built anew may change what comes after.
 */
export const decideAll = (
  strategy: RebuildStrategy,
  current: Module,
  previous: Module | undefined
): ReadonlyArray<Decision> => {
  const components = current.components.filter(({ name }) => name !== macrosPackage)
  const batches = Array.from(Map.groupBy(components, ({ batch }) => batch ?? 0)).sort(([one], [two]) => one - two)
  const decisions = new Map<string, Decision>()
  let named: string | undefined
  for (const [, batch] of batches) {
    const made = batch.map(({ name }): Decision =>
      strategy === "changed-and-after" && named !== undefined
        ? {
          name,
          reused: false,
          reason: "previous batch not reused",
          message: "Cannot reuse the component because not every component of the batch before it was reused: "
            + named
        }
        : decide(name, strategy, current, previous)
    )
    for (const decision of made) decisions.set(decision.name, decision)
    const anew = made.filter(({ reused }) => !reused).map(({ name }) => name)
    named = anew.length === 0 ? undefined : NameList.shorten(anew)
  }
  return components.map(({ name }) => decisions.get(name)!)
}

/**
 * Whether every component can be reused, so that nothing has to be built at all, not even the macros.
 *
 * Components are looked at one by one, without regard to batches before them that were not reused.
 */
export const canReuseAll = (strategy: RebuildStrategy, current: Module, previous: Module | undefined): boolean =>
  previous !== undefined &&
  current.components.every(({ name }) => name === macrosPackage || decide(name, strategy, current, previous).reused)
