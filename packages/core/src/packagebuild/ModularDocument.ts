/**
 * What AlmaLinux's build system changes of a module's document before it is built: what was chosen of its dependencies, the
 * architectures of its components, and that development packages need the module itself. Published modules carry contexts made of that.
 */
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"

/** Modules that were chosen, as `name:stream`; `name:` for whatever stream is the default. */
export interface EnabledModules {
  readonly buildtime: ReadonlyArray<string>
  readonly runtime: ReadonlyArray<string>
}

type Streams = ReadonlyMap<string, ReadonlyArray<string>>

const platform = "platform"

/** Of what the document needs: what was chosen, and the platform. */
const choose = (needed: Streams, chosen: ReadonlyArray<string>): Streams => {
  const found = new Map<string, ReadonlyArray<string>>()
  for (const one of chosen) {
    const [name = "", stream = ""] = one.split(":")
    if (!needed.has(name)) continue
    const before = found.get(name) ?? []
    found.set(name, stream === "" ? before : [...new Set([...before, stream])].sort())
  }
  const base = needed.get(platform)
  if (base !== undefined) found.set(platform, base)
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))
}

/** The document with one set of dependencies: of the first it has, what was chosen. */
export const choosing = (document: ModuleStreamV2, enabled: EnabledModules): ModuleStreamV2 => {
  const [first] = document.dependencies
  return first === undefined ? document : {
    ...document,
    dependencies: [{
      ...first,
      buildrequires: choose(first.buildrequires, enabled.buildtime),
      requires: choose(first.requires, enabled.runtime)
    }]
  }
}

/** The document whose components are for these architectures, whatever they were for. */
export const forArches = (document: ModuleStreamV2, arches: ReadonlyArray<string>): ModuleStreamV2 => {
  const sorted = [...new Set(arches)].filter((arch) => arch !== "src").sort()
  const rpms = new Map(
    [...document.components.rpms].map(([name, component]) => [name, { ...component, arches: sorted }])
  )
  return { ...document, components: { ...document.components, rpms } }
}

/** The document of development packages, which needs its module. */
export const ofDevelopment = (document: ModuleStreamV2, name: string, stream: string): ModuleStreamV2 => {
  const [first, ...rest] = document.dependencies
  if (first === undefined) return document
  const requires = new Map([...first.requires, [name, [stream]] as const])
  return { ...document, dependencies: [{ ...first, requires }, ...rest] }
}
