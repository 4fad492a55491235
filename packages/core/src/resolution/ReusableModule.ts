/**
 * Finds the earlier build of a module whose components may be used again: same name and stream, ready, built from git,
 * and built with the same streams of everything, where a compatible base module may stand in for the one named.
 */
import * as AvailableModule from "./AvailableModule.ts"
import type * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import type * as ComponentReuse from "./ComponentReuse.ts"
import * as ModuleContext from "./ModuleContext.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** An earlier build, as far as it matters here. */
export interface Candidate {
  readonly id: number
  readonly name: string
  readonly stream: string
  readonly state: AvailableModule.State
  readonly scmurl?: string | null | undefined
  /** Seconds or milliseconds since the epoch, or any text that sorts: only compared. */
  readonly timeCompleted?: number | string | null | undefined
  readonly buildContext: string | null
  readonly buildContextNoBms?: string | null | undefined
  readonly rebuildStrategy: ComponentReuse.RebuildStrategy
}

/** The build to be made. */
export interface Subject {
  readonly name: string
  readonly stream: string
  /** Pinned dependencies: which base modules it is built on. */
  readonly dependencies: ReadonlyArray<Pick<Dependencies.Dependencies, "buildrequires">>
  /** What it is built with; default modules that were added on top are to be named in `defaultModules`. */
  readonly buildrequires: ModuleContext.Buildrequires
  readonly defaultModules?: ReadonlyArray<string> | undefined
  readonly rebuildStrategy: ComponentReuse.RebuildStrategy
  /** An explicit choice (`reuse_components_from`), or what was found before. */
  readonly reusedModule?: number | undefined
}

/** What a search knows besides the candidates. */
export interface Options {
  /**
   * For base modules that list their modules in a Koji tag: the ids of the builds tagged there. Contexts are then compared
   * without base modules. `undefined` for other base modules.
   */
  readonly taggedModules?: ((base: AvailableModule.AvailableModule) => ReadonlyArray<number> | undefined) | undefined
}

const isNewer = (one: Candidate, two: Candidate): boolean => {
  const [left, right] = [one.timeCompleted ?? "", two.timeCompleted ?? ""]
  return left === right ? one.id > two.id : left > right
}

/** The base modules a reusable build may have been made on, best first. */
const bases = (
  subject: Subject,
  available: AvailableModules.AvailableModules
): ReadonlyArray<AvailableModule.AvailableModule> => {
  const { allowOnlyCompatibleBaseModules, baseModuleNames, streamSuffixes: suffixes } = available.settings
  if (allowOnlyCompatibleBaseModules) {
    return BaseModules.find(available, subject.dependencies).ready.toSorted((one, two) =>
      StreamVersion.compareDescending(one.stream, two.stream, { suffixes, rightPad: false })
    )
  }
  return available.all.filter(({ name, stream }) =>
    baseModuleNames.includes(name) && subject.buildrequires[name]?.stream === stream
  )
}

/** The build whose components may be reused, of several the one completed last; undefined when there is none. */
export const find = (
  subject: Subject,
  candidates: ReadonlyArray<Candidate>,
  available: AvailableModules.AvailableModules,
  options: Options = {}
): Candidate | undefined => {
  if (subject.reusedModule !== undefined) return candidates.find(({ id }) => id === subject.reusedModule)
  const eligible = candidates.filter((candidate) =>
    candidate.name === subject.name
    && candidate.stream === subject.stream
    && candidate.state === "ready"
    && candidate.scmurl !== null && candidate.scmurl !== undefined
    // Builds made more liberally may contain components that a strict build would have built anew.
    && (subject.rebuildStrategy !== "changed-and-after"
      || candidate.rebuildStrategy === "all" || candidate.rebuildStrategy === "changed-and-after")
  )
  const asked = Object.fromEntries(
    Object.entries(subject.buildrequires).filter(([name]) => !(subject.defaultModules ?? []).includes(name))
  )
  for (const base of bases(subject, available)) {
    const tagged = options.taggedModules?.(base)
    const buildContext = ModuleContext.buildContext({ ...asked, [base.name]: { stream: base.stream } })
    const noBms = ModuleContext.buildContextNoBms(asked, available.settings)
    const matching = eligible.filter((candidate) => {
      if (tagged !== undefined) return tagged.includes(candidate.id) && candidate.buildContextNoBms === noBms
      return Object.hasOwn(asked, base.name) && candidate.buildContext === buildContext
    })
    if (matching.length > 0) {
      return matching.reduce((best, candidate) => isNewer(candidate, best) ? candidate : best)
    }
  }
  return undefined
}
