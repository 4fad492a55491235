/**
 * Base modules (`platform`) name the product a module is built for; this finds those a module can be built on.
 *
 * What was built on an older, compatible platform may be used on a newer one: streams that share a virtual stream (`el8`)
 * and, where streams are versions (`el8.1.0`), are of the same major version and not newer.
 */
import * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** Base modules, by what can be done with them. */
export interface Found {
  /** Those that can be built on, the requested ones first. */
  readonly ready: ReadonlyArray<AvailableModule.AvailableModule>
  /** Retired ones, whose builds may still be used where the installation allows it. */
  readonly garbage: ReadonlyArray<AvailableModule.AvailableModule>
  /** Requested streams that do not exist, as `name:stream`. */
  readonly missing: ReadonlyArray<string>
}

/** The other platforms that a farm offers and nobody described. */
const standIns = (
  available: AvailableModules.AvailableModules,
  base: AvailableModule.AvailableModule,
  ignore: ReadonlySet<string>
): ReadonlyArray<AvailableModule.AvailableModule> =>
  [...available.byName.get(base.name) ?? []].flatMap(([stream, builds]) =>
    stream === base.stream || ignore.has(`${base.name}:${stream}`) || !builds.every(({ standsIn }) => standsIn === true)
      ? []
      : builds
  )

/**
 * The base modules compatible with `base`, itself first; `ignore` holds `name:stream` pairs to leave out.
 *
 * A stream that is no version (`f28`) bounds nothing: all that share a virtual stream are compatible with it. A base
 * module without virtual streams is compatible with itself only, as is one whose modules are in a tag: the tag inherits
 * what is compatible. `garbage` is empty where settings allow compatible ones only; where they do not, the platforms
 * that a farm offers and nobody described are compatible with each other.
 */
export const compatible = (
  available: AvailableModules.AvailableModules,
  base: AvailableModule.AvailableModule,
  ignore: ReadonlySet<string> = new Set()
): Omit<Found, "missing"> => {
  const ready = [base]
  const garbage: Array<AvailableModule.AvailableModule> = []
  const { allowOnlyCompatibleBaseModules, streamSuffixes: suffixes } = available.settings
  if (base.standsIn && !allowOnlyCompatibleBaseModules) ready.push(...standIns(available, base, ignore))
  if (base.virtualStreams.length === 0 || base.kojiTagWithModules !== undefined) return { ready, garbage }
  const limit = allowOnlyCompatibleBaseModules && StreamVersion.isXyz(base.stream, { suffixes })
    ? StreamVersion.parse(base.stream, { suffixes })
    : undefined
  const seen = new Set(ignore).add(AvailableModule.nameStream(base))
  const states = allowOnlyCompatibleBaseModules ? ["ready"] as const : ["ready", "garbage"] as const
  for (const state of states) {
    const found = AvailableModules.sharingVirtualStream(available, base.name, base.virtualStreams, [state], limit)
    for (const module of found) {
      const key = AvailableModule.nameStream(module)
      if (seen.has(key)) continue
      seen.add(key)
      ;(state === "ready" ? ready : garbage).push(module)
    }
  }
  return { ready, garbage }
}

/**
 * The base modules these dependencies name, and the compatible ones. Streams must be expanded; of each element the
 * first base module of the settings counts.
 */
export const find = (
  available: AvailableModules.AvailableModules,
  dependencies: ReadonlyArray<Pick<Dependencies.Dependencies, "buildrequires">>
): Found => {
  const found = {
    ready: new Array<AvailableModule.AvailableModule>(),
    garbage: new Array<AvailableModule.AvailableModule>(),
    missing: new Array<string>()
  }
  const seen = new Set<string>()
  const { baseModuleNames, streamSuffixes: suffixes } = available.settings
  for (const { buildrequires } of dependencies) {
    const name = baseModuleNames.find((name) => Object.hasOwn(buildrequires, name))
    if (name === undefined) continue
    // Newest first: what is compatible with it includes the older ones.
    const streams = [...buildrequires[name]!].sort((one, two) =>
      StreamVersion.compareDescending(one, two, { suffixes })
    )
    for (const stream of streams) {
      const key = `${name}:${stream}`
      if (seen.has(key)) continue
      const base = AvailableModules.lastBuilds(available, name, stream)[0]
      if (base === undefined) {
        found.missing.push(key)
        continue
      }
      const more = compatible(available, base, seen)
      for (const module of [...more.ready, ...more.garbage]) seen.add(AvailableModule.nameStream(module))
      found.ready.push(...more.ready)
      found.garbage.push(...more.garbage)
    }
  }
  return found
}

/**
 * Replaces streams of base modules that do not exist but are virtual streams of some by the newest that provides them:
 * `platform: [el8]` becomes `platform: [el8.2.0]`. Other streams, and those of other modules, stay.
 */
export const resolveVirtualStreams = (
  available: AvailableModules.AvailableModules,
  name: string,
  streams: ReadonlyArray<string>
): ReadonlyArray<string> => {
  if (!available.settings.baseModuleNames.includes(name)) return streams
  return streams.map((stream) => {
    if (stream.startsWith("-") || AvailableModules.lastBuilds(available, name, stream).length > 0) return stream
    return AvailableModules.lastWithVirtualStream(available, name, stream)?.stream ?? stream
  })
}
