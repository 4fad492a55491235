/**
 * The module builds that exist, arranged for the questions resolution asks of them.
 *
 * The questions are those the Module Build Service asks its database; here they are answered in memory, in constant time
 * per build returned, and only builds in state ready count (the original lets other builds of the newest version through).
 */
import * as AvailableModule from "./AvailableModule.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** Builds by name, stream and NSVC, with the settings by which they are looked at. */
export interface AvailableModules {
  readonly settings: ResolutionSettings.ResolutionSettings
  readonly all: ReadonlyArray<AvailableModule.AvailableModule>
  /** By name, then stream, in the order given. */
  readonly byName: ReadonlyMap<string, ReadonlyMap<string, ReadonlyArray<AvailableModule.AvailableModule>>>
  readonly byNsvc: ReadonlyMap<string, AvailableModule.AvailableModule>
  /** What is in the tags that base modules name (`kojiTagWithModules`), by `name:stream:version:context`. */
  readonly tagged: ReadonlyMap<string, ReadonlySet<string>>
}

/** Arranges builds; of two with the same NSVC the later one counts. */
export const make = (
  modules: Iterable<AvailableModule.AvailableModule>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults,
  tagged: AvailableModules["tagged"] = new Map()
): AvailableModules => {
  const byNsvc = new Map<string, AvailableModule.AvailableModule>()
  for (const module of modules) byNsvc.set(AvailableModule.nsvc(module), module)
  const byName = new Map<string, Map<string, Array<AvailableModule.AvailableModule>>>()
  for (const module of byNsvc.values()) {
    const streams = byName.get(module.name) ?? new Map<string, Array<AvailableModule.AvailableModule>>()
    byName.set(module.name, streams)
    const builds = streams.get(module.stream)
    if (builds === undefined) streams.set(module.stream, [module])
    else builds.push(module)
  }
  return { settings, all: Array.from(byNsvc.values()), byName, byNsvc, tagged }
}

const isReady = (module: AvailableModule.AvailableModule): boolean => module.state === "ready" && !module.scratch

const buildsOf = (self: AvailableModules, name: string, stream: string) => self.byName.get(name)?.get(stream) ?? []

/** All contexts of the highest version among these builds. */
const newest = (
  builds: ReadonlyArray<AvailableModule.AvailableModule>
): ReadonlyArray<AvailableModule.AvailableModule> => {
  let highest = -1n
  for (const build of builds) if (build.version > highest) highest = build.version
  return builds.filter((build) => build.version === highest)
}

/** The streams of a module that have a ready build, in code point order. */
export const readyStreams = (self: AvailableModules, name: string): ReadonlyArray<string> =>
  Dependencies.sorted(
    Array.from(self.byName.get(name) ?? []).filter(([, builds]) => builds.some(isReady)).map(([stream]) => stream)
  )

/**
 * The newest ready version of a stream, in all its contexts; empty where no build of it is ready. Scratch builds do not
 * count.
 */
export const lastBuilds = (
  self: AvailableModules,
  name: string,
  stream: string
): ReadonlyArray<AvailableModule.AvailableModule> => newest(buildsOf(self, name, stream).filter(isReady))

/** Whether any build of the stream exists, whatever its state. */
export const hasStream = (self: AvailableModules, name: string, stream: string): boolean =>
  buildsOf(self, name, stream).length > 0

/** The base modules a build was made against, as `name:stream:version:context` or, recorded in part, `name:stream`. */
const isBuiltAgainst = (
  build: AvailableModule.AvailableModule,
  base: AvailableModule.AvailableModule
): boolean => {
  if (!Object.hasOwn(build.buildrequires, base.name)) return false
  const recorded = build.buildrequires[base.name]!
  return recorded.stream === base.stream
    && (recorded.version === undefined || recorded.version === String(base.version))
    && (recorded.context === undefined || recorded.context === base.context)
}

/**
 * The newest ready version of a stream among the builds made against this very base module, or where it says in which tag
 * modules have to be, among those that are there, in all its contexts; empty where there is none.
 */
export const builtAgainst = (
  self: AvailableModules,
  name: string,
  stream: string,
  base: AvailableModule.AvailableModule
): ReadonlyArray<AvailableModule.AvailableModule> =>
  newest(
    buildsOf(self, name, stream).filter((build) =>
      isReady(build)
      && (base.kojiTagWithModules === undefined
        ? isBuiltAgainst(build, base)
        : self.tagged.get(base.kojiTagWithModules)?.has(AvailableModule.nsvc(build)) === true)
    )
  )

/**
 * The newest ready build with this virtual stream: highest stream version first, then highest version. Undefined where
 * none has it.
 */
export const lastWithVirtualStream = (
  self: AvailableModules,
  name: string,
  virtualStream: string
): AvailableModule.AvailableModule | undefined => {
  let best: AvailableModule.AvailableModule | undefined
  for (const builds of self.byName.get(name)?.values() ?? []) {
    for (const build of builds) {
      if (!isReady(build) || !build.virtualStreams.includes(virtualStream)) continue
      if (best === undefined) best = build
      const order = StreamVersion.compareDescending(build.stream, best.stream, {
        suffixes: self.settings.streamSuffixes
      })
      if (order < 0 || (order === 0 && build.version > best.version)) best = build
    }
  }
  return best
}

/** The other builds of the same name, stream and version: those with another context, in any state. */
export const siblings = (
  self: AvailableModules,
  module: AvailableModule.AvailableModule
): ReadonlyArray<AvailableModule.AvailableModule> =>
  buildsOf(self, module.name, module.stream).filter((build) =>
    build.version === module.version && build.scratch === module.scratch && build.context !== module.context
  )

/**
 * The newest version of each stream of a base module that shares one of the virtual streams, in these states, highest
 * version first.
 *
 * @param limit only streams of the same major version that are not newer: `XX0000 <= stream version <= limit`.
 */
export const sharingVirtualStream = (
  self: AvailableModules,
  name: string,
  virtualStreams: ReadonlyArray<string>,
  states: ReadonlyArray<AvailableModule.State>,
  limit: number | undefined
): ReadonlyArray<AvailableModule.AvailableModule> => {
  const wanted = new Set(virtualStreams)
  const found: Array<AvailableModule.AvailableModule> = []
  for (const [stream, builds] of self.byName.get(name) ?? []) {
    const version = StreamVersion.parse(stream, { suffixes: self.settings.streamSuffixes })
    if (limit !== undefined && (version > limit || version < Math.floor(limit / 10000) * 10000)) continue
    found.push(...newest(
      builds.filter((build) =>
        states.includes(build.state) && build.virtualStreams.some((virtual) => wanted.has(virtual))
      )
    ))
  }
  return found.sort((one, two) => one.version > two.version ? -1 : one.version < two.version ? 1 : 0)
}
