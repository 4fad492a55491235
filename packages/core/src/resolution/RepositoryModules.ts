/**
 * The modules of a repository as what can be built against.
 *
 * A repository's index does not hold the platform it is for, and its streams were often built on several minor releases
 * of it. What lies in one repository goes together, so its modules count as built on the one platform the repository is
 * for: the stream named, or else the one most of its modules require.
 */
import type { ModulemdDocument } from "../modulemd/ModulemdDocument.ts"
import * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import * as ModuleContext from "./ModuleContext.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamDocument from "./StreamDocument.ts"

type Module = AvailableModule.AvailableModule

/** The base module stream that most modules require, the first in case of a tie; undefined where none requires any. */
export const platformOf = (
  modules: ReadonlyArray<Module>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): string | undefined => {
  const counts = new Map<string, number>()
  for (const { dependencies } of modules) {
    for (const { requires } of dependencies) {
      for (const name of settings.baseModuleNames) {
        for (const stream of requires[name] ?? []) counts.set(stream, (counts.get(stream) ?? 0) + 1)
      }
    }
  }
  return Array.from(counts).sort(([, one], [, two]) => two - one)[0]?.[0]
}

/**
 * All stream documents as ready builds on one platform; other documents, and streams that were never built, are left
 * out. Builds that were recorded in full elsewhere may be mixed in.
 */
export const fromDocuments = (
  documents: Iterable<ModulemdDocument>,
  platform?: string | undefined,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): AvailableModules.AvailableModules => {
  const modules: Array<Module> = []
  for (const document of documents) {
    const module = document._tag === "ModuleStreamV2" ? StreamDocument.availableModule(document) : undefined
    if (module !== undefined) modules.push(module)
  }
  return onPlatform(modules, platform, settings)
}

/** Which platform modules are taken to be built on, and how that was decided. */
export interface Assumed {
  /** Streams of the base module: one, several where nothing is available, none where nothing says which. */
  readonly streams: ReadonlyArray<string>
  /**
   * - `available`: base modules are among the modules, nothing is assumed.
   * - `given`: it was asked for.
   * - `required`: most of the modules require it.
   * - `wanted`: no module requires any, so it is what is to be built on.
   */
  readonly origin: "available" | "given" | "required" | "wanted"
}

/** What is available with the platform it stands on. */
export interface OnAssumed {
  readonly available: AvailableModules.AvailableModules
  readonly platform: Assumed
}

/**
 * As `onPlatform`, also where nothing says what the modules were built on: then it is what is to be built on.
 *
 * @param given the platform that was asked for, if any was.
 * @param wanted streams of the platform that what is to be built names.
 */
export const assuming = (
  modules: ReadonlyArray<Module>,
  given: string | undefined,
  wanted: ReadonlyArray<string>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): OnAssumed => {
  const bases = modules.filter(({ name }) => settings.baseModuleNames.includes(name))
  const required = platformOf(modules, settings)
  if (given === undefined && (bases.length > 0 || required !== undefined)) {
    const platform: Assumed = bases.length > 0
      ? { streams: [...new Set(bases.map(({ stream }) => stream))], origin: "available" }
      : { streams: [required!], origin: "required" }
    return { available: onPlatform(modules, undefined, settings), platform }
  }
  const streams = given === undefined ? wanted : [given]
  const [name] = settings.baseModuleNames
  const on = onPlatform(modules, streams[0], settings)
  const more = name === undefined
    ? []
    : streams.slice(1).map((stream) => AvailableModule.make({ name, stream, version: 1n, context: ModuleContext.none }))
  return {
    available: more.length === 0 ? on : AvailableModules.make([...on.all, ...more], settings),
    platform: { streams, origin: given === undefined ? "wanted" : "given" }
  }
}

/**
 * Modules as built on one platform. Where base modules are among them, nothing is assumed and they are taken as they are.
 */
export const onPlatform = (
  modules: ReadonlyArray<Module>,
  platform?: string | undefined,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): AvailableModules.AvailableModules => {
  const stream = platform ?? platformOf(modules, settings)
  const [name] = settings.baseModuleNames
  const hasBase = modules.some((module) => settings.baseModuleNames.includes(module.name))
  if (stream === undefined || name === undefined || (hasBase && platform === undefined)) {
    return AvailableModules.make(modules, settings)
  }
  const base = AvailableModule.make({ name, stream, version: 1n, context: ModuleContext.none })
  const on = { [name]: { stream, version: "1", context: ModuleContext.none } }
  return AvailableModules.make(
    [base, ...modules.map((module) => ({ ...module, buildrequires: { ...module.buildrequires, ...on } }))],
    settings
  )
}
