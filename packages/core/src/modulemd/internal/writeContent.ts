/**
 * Writers of the parts several document kinds share: dependencies, references, profiles, build options, components, artifacts.
 */
import type * as ModuleContent from "../ModuleContent.ts"
import { noBuildopts } from "../ModuleContent.ts"
import type * as Component from "../ModulemdComponent.ts"
import type { ModuleStreamV1 } from "../ModuleStreamV1.ts"
import { type Emitter, indentation, sortedEntries } from "./emitter.ts"
import { unknownKeys } from "./writeXmd.ts"
import { quoted } from "./yamlText.ts"

export const dependenciesV2 = (emitter: Emitter, items: ReadonlyArray<ModuleContent.Dependencies>): void => {
  if (items.length === 0) return
  emitter.open(1, "dependencies")
  for (const item of items) {
    const start = emitter.out.length
    emitter.flowMap(2, "buildrequires", item.buildrequires)
    emitter.flowMap(2, "requires", item.requires)
    unknownKeys(emitter, 2, item)
    const body = emitter.out.slice(start)
    emitter.out = `${emitter.out.slice(0, start)}  - ${body === "" ? "{}\n" : body.slice(4)}`
  }
}

export const dependenciesV1 = (emitter: Emitter, self: ModuleStreamV1): void => {
  if (self.buildrequires.size === 0 && self.requires.size === 0) return
  emitter.open(1, "dependencies")
  streamMap(emitter, 2, "buildrequires", self.buildrequires, false)
  streamMap(emitter, 2, "requires", self.requires, false)
}

/** Module to its one stream, in packager v3 as a list of one. */
export const streamMap = (
  emitter: Emitter,
  depth: number,
  key: string,
  map: ReadonlyMap<string, string>,
  asList: boolean
): void => {
  if (asList) return emitter.flowMap(depth, key, new Map([...map].map(([name, value]) => [name, [value]])))
  emitter.map(depth, key, map, (value) => {
    emitter.out += ` ${quoted(value)}\n`
  })
}

export const references = (emitter: Emitter, self: ModuleContent.References): void => {
  if (
    self.community === undefined && self.documentation === undefined && self.tracker === undefined &&
    self.unknown === undefined
  ) return
  emitter.open(1, "references")
  emitter.text(2, "community", self.community)
  emitter.text(2, "documentation", self.documentation)
  emitter.text(2, "tracker", self.tracker)
  unknownKeys(emitter, 2, self)
}

export const profiles = (emitter: Emitter, map: ReadonlyMap<string, ModuleContent.Profile>): void =>
  emitter.map(1, "profiles", map, (profile, depth) =>
    emitter.mapping(() => {
      emitter.prose(depth, "description", profile.description)
      emitter.list(depth, "rpms", profile.rpms)
      emitter.flag(depth, "default", profile.default)
      unknownKeys(emitter, depth, profile)
    }))

export const rpmSet = (emitter: Emitter, key: string, rpms: ReadonlyArray<string>): void => {
  if (rpms.length === 0) return
  emitter.open(1, key)
  emitter.list(2, "rpms", rpms)
}

export const buildopts = (emitter: Emitter, depth: number, self: ModuleContent.Buildopts): void => {
  const { macros, whitelist } = self.rpms
  // An empty mapping somebody wrote is written again, as libmodulemd does; only what was never there is left out.
  if (self === noBuildopts) return
  emitter.open(depth, "buildopts")
  emitter.out += `${indentation(depth + 1)}rpms:`
  emitter.mapping(() => {
    emitter.text(depth + 2, "macros", macros)
    emitter.list(depth + 2, "whitelist", whitelist)
    unknownKeys(emitter, depth + 2, self.rpms)
  })
  if (self.arches.length > 0) emitter.flow(depth + 1, "arches", self.arches)
  unknownKeys(emitter, depth + 1, self)
}

export const components = (emitter: Emitter, self: Component.Components): void => {
  if (self.rpms.size === 0 && self.modules.size === 0 && self.unknown === undefined) return
  emitter.open(1, "components")
  emitter.map(2, "rpms", self.rpms, (rpm, depth) => emitter.mapping(() => rpmComponent(emitter, depth, rpm)))
  emitter.map(2, "modules", self.modules, (module, depth) =>
    emitter.mapping(() => {
      emitter.text(depth, "rationale", module.rationale)
      emitter.text(depth, "repository", module.repository)
      emitter.text(depth, "ref", module.ref)
      emitter.integer(depth, "buildorder", module.buildorder)
      emitter.flag(depth, "buildonly", module.buildonly)
      unknownKeys(emitter, depth, module)
    }))
  unknownKeys(emitter, 2, self)
}

const rpmComponent = (emitter: Emitter, depth: number, rpm: Component.RpmComponent): void => {
  emitter.text(depth, "rationale", rpm.rationale)
  emitter.text(depth, "name", rpm.name)
  emitter.text(depth, "repository", rpm.repository)
  emitter.text(depth, "cache", rpm.cache)
  emitter.text(depth, "ref", rpm.ref)
  emitter.flag(depth, "buildroot", rpm.buildroot)
  emitter.flag(depth, "srpm-buildroot", rpm.srpmBuildroot)
  emitter.integer(depth, "buildorder", rpm.buildorder)
  emitter.list(depth, "buildafter", rpm.buildafter)
  emitter.flag(depth, "buildonly", rpm.buildonly)
  if (rpm.arches.length > 0) emitter.flow(depth, "arches", rpm.arches)
  if (rpm.multilib.length > 0) emitter.flow(depth, "multilib", rpm.multilib)
  unknownKeys(emitter, depth, rpm)
}

export const artifacts = (emitter: Emitter, self: ModuleContent.Artifacts): void => {
  if (self.rpms.length === 0 && self.rpmMap.size === 0 && self.unknown === undefined) return
  emitter.open(1, "artifacts")
  emitter.list(2, "rpms", self.rpms)
  emitter.map(2, "rpm-map", self.rpmMap, (checksums, depth) =>
    emitter.mapping(() => {
      for (const [checksum, entry] of sortedEntries(checksums)) {
        emitter.key(depth, checksum)
        emitter.mapping(() => {
          emitter.text(depth + 1, "name", entry.name)
          emitter.field(depth + 1, "epoch", entry.epoch.toString())
          emitter.text(depth + 1, "version", entry.version)
          emitter.text(depth + 1, "release", entry.release)
          emitter.text(depth + 1, "arch", entry.arch)
          emitter.text(depth + 1, "nevra", entry.nevra)
          unknownKeys(emitter, depth + 1, entry)
        })
      }
    }))
  unknownKeys(emitter, 2, self)
}
