/**
 * Documents in canonical form: keys in the order of the specification, empty and default values left out.
 */
import type * as Component from "../Component.ts"
import type * as ModuleContent from "../ModuleContent.ts"
import { noBuildopts } from "../ModuleContent.ts"
import type { ModuleDefaults } from "../ModuleDefaults.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import { kind, mdversion } from "../ModulemdDocument.ts"
import type { ModuleObsoletes } from "../ModuleObsoletes.ts"
import type { ModulePackagerV2 } from "../ModulePackagerV2.ts"
import type { ModulePackagerV3 } from "../ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "../ModuleStreamV1.ts"
import type { ModuleStreamV2 } from "../ModuleStreamV2.ts"
import type { ModuleTranslations } from "../ModuleTranslations.ts"
import type { Xmd } from "../Xmd.ts"
import { Emitter, indentation, sortedEntries } from "./emitter.ts"
import { multiline, quoted, scalar } from "./yamlText.ts"

/** One document with its `---` and `...` lines. */
export const writeDocument = (document: ModulemdDocument): string => {
  const emitter = new Emitter()
  emitter.out = `---\ndocument: ${kind(document)}\nversion: ${mdversion(document)}\ndata:\n`
  switch (document._tag) {
    case "ModuleStreamV1":
    case "ModuleStreamV2":
      stream(emitter, document)
      break
    case "ModulePackagerV2":
      packagerV2(emitter, document)
      break
    case "ModulePackagerV3":
      packagerV3(emitter, document)
      break
    case "ModuleDefaults":
      defaults(emitter, document)
      break
    case "ModuleObsoletes":
      obsoletes(emitter, document)
      break
    case "ModuleTranslations":
      translations(emitter, document)
      break
  }
  return `${emitter.out}...\n`
}

const stream = (emitter: Emitter, self: ModuleStreamV1 | ModuleStreamV2): void => {
  emitter.text(1, "name", self.name)
  emitter.quoted(1, "stream", self.stream)
  emitter.integer(1, "version", self.version)
  emitter.text(1, "context", self.context)
  if (self._tag === "ModuleStreamV2") emitter.flag(1, "static_context", self.staticContext)
  emitter.text(1, "arch", self.arch)
  emitter.text(1, "summary", self.summary)
  emitter.prose(1, "description", self.description)
  emitter.map(
    1,
    "servicelevels",
    self.servicelevels,
    (level, depth) =>
      emitter.mapping(() => {
        emitter.text(depth, "eol", level.eol)
        unknownKeys(emitter, depth, level)
      })
  )
  emitter.open(1, "license")
  emitter.list(2, "module", self.license.module)
  emitter.list(2, "content", self.license.content)
  unknownKeys(emitter, 2, self.license)
  if (self.xmd !== undefined) xmdField(emitter, self.xmd)
  if (self._tag === "ModuleStreamV2") dependenciesV2(emitter, self.dependencies)
  else dependenciesV1(emitter, self)
  references(emitter, self.references)
  profiles(emitter, self.profiles)
  rpmSet(emitter, "api", self.api)
  rpmSet(emitter, "filter", self.filter)
  if (self._tag === "ModuleStreamV2") rpmSet(emitter, "demodularized", self.demodularized)
  buildopts(emitter, 1, self.buildopts)
  components(emitter, self.components)
  if (self._tag === "ModuleStreamV1") rpmSet(emitter, "artifacts", self.artifacts)
  else artifacts(emitter, self.artifacts)
  unknownKeys(emitter, 1, self)
}

/** What nobody knows stands behind what is known. */
const unknownKeys = (emitter: Emitter, depth: number, self: ModuleContent.WithUnknownKeys): void => {
  if (self.unknown === undefined) return
  for (const [key, value] of sortedEntries(self.unknown)) {
    emitter.key(depth, key)
    xmd(emitter, value, depth + 1)
  }
}

/** What both packager documents end with. */
const packagerContent = (emitter: Emitter, self: ModulePackagerV2 | ModulePackagerV3): void => {
  references(emitter, self.references)
  profiles(emitter, self.profiles)
  rpmSet(emitter, "api", self.api)
  rpmSet(emitter, "filter", self.filter)
  rpmSet(emitter, "demodularized", self.demodularized)
  components(emitter, self.components)
  unknownKeys(emitter, 1, self)
}

const packagerV2 = (emitter: Emitter, self: ModulePackagerV2): void => {
  emitter.flag(1, "static_context", self.staticContext)
  emitter.text(1, "summary", self.summary)
  emitter.prose(1, "description", self.description)
  emitter.open(1, "license")
  emitter.list(2, "module", self.license)
  dependenciesV2(emitter, self.dependencies)
  packagerContent(emitter, self)
}

const packagerV3 = (emitter: Emitter, self: ModulePackagerV3): void => {
  emitter.text(1, "name", self.name)
  emitter.quoted(1, "stream", self.stream)
  emitter.text(1, "summary", self.summary)
  emitter.prose(1, "description", self.description)
  emitter.list(1, "license", self.license)
  if (self.xmd !== undefined) xmdField(emitter, self.xmd)
  if (self.configurations.length > 0) emitter.open(1, "configurations")
  for (const configuration of self.configurations) {
    emitter.field(1, "- context", scalar(configuration.context))
    emitter.text(2, "platform", configuration.platform)
    streamMap(emitter, 2, "buildrequires", configuration.buildrequires, true)
    streamMap(emitter, 2, "requires", configuration.requires, true)
    buildopts(emitter, 2, configuration.buildopts)
    unknownKeys(emitter, 2, configuration)
  }
  packagerContent(emitter, self)
}

const defaults = (emitter: Emitter, self: ModuleDefaults): void => {
  emitter.text(1, "module", self.module)
  emitter.integer(1, "modified", self.modified)
  emitter.quoted(1, "stream", self.stream)
  emitter.flowMap(1, "profiles", self.profiles)
  emitter.map(1, "intents", self.intents, (intent, depth) =>
    emitter.mapping(() => {
      emitter.quoted(depth, "stream", intent.stream)
      emitter.flowMap(depth, "profiles", intent.profiles)
      unknownKeys(emitter, depth, intent)
    }))
  unknownKeys(emitter, 1, self)
}

const obsoletes = (emitter: Emitter, self: ModuleObsoletes): void => {
  emitter.text(1, "modified", self.modified)
  emitter.flag(1, "reset", self.reset)
  emitter.text(1, "module", self.module)
  emitter.quoted(1, "stream", self.stream)
  emitter.text(1, "context", self.context)
  emitter.text(1, "eol_date", self.eolDate)
  emitter.text(1, "message", self.message)
  if (self.obsoletedBy !== undefined) {
    emitter.open(1, "obsoleted_by")
    emitter.text(2, "module", self.obsoletedBy.module)
    emitter.quoted(2, "stream", self.obsoletedBy.stream)
    unknownKeys(emitter, 2, self.obsoletedBy)
  }
  unknownKeys(emitter, 1, self)
}

const translations = (emitter: Emitter, self: ModuleTranslations): void => {
  emitter.text(1, "module", self.module)
  emitter.quoted(1, "stream", self.stream)
  emitter.integer(1, "modified", self.modified)
  emitter.map(1, "translations", self.translations, (translation, depth) =>
    emitter.mapping(() => {
      emitter.text(depth, "summary", translation.summary)
      emitter.prose(depth, "description", translation.description)
      emitter.map(depth, "profiles", translation.profiles, (text, deeper) => {
        emitter.out += ` ${multiline(text, indentation(deeper))}\n`
      })
      unknownKeys(emitter, depth, translation)
    }))
  unknownKeys(emitter, 1, self)
}

const dependenciesV2 = (emitter: Emitter, items: ReadonlyArray<ModuleContent.Dependencies>): void => {
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

const dependenciesV1 = (emitter: Emitter, self: ModuleStreamV1): void => {
  if (self.buildrequires.size === 0 && self.requires.size === 0) return
  emitter.open(1, "dependencies")
  streamMap(emitter, 2, "buildrequires", self.buildrequires, false)
  streamMap(emitter, 2, "requires", self.requires, false)
}

/** Module to its one stream, in packager v3 as a list of one. */
const streamMap = (
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

const references = (emitter: Emitter, self: ModuleContent.References): void => {
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

const profiles = (emitter: Emitter, map: ReadonlyMap<string, ModuleContent.Profile>): void =>
  emitter.map(1, "profiles", map, (profile, depth) =>
    emitter.mapping(() => {
      emitter.prose(depth, "description", profile.description)
      emitter.list(depth, "rpms", profile.rpms)
      emitter.flag(depth, "default", profile.default)
      unknownKeys(emitter, depth, profile)
    }))

const rpmSet = (emitter: Emitter, key: string, rpms: ReadonlyArray<string>): void => {
  if (rpms.length === 0) return
  emitter.open(1, key)
  emitter.list(2, "rpms", rpms)
}

const buildopts = (emitter: Emitter, depth: number, self: ModuleContent.Buildopts): void => {
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

const components = (emitter: Emitter, self: Component.Components): void => {
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

const artifacts = (emitter: Emitter, self: ModuleContent.Artifacts): void => {
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

const xmdField = (emitter: Emitter, value: Xmd): void => {
  emitter.out += "  xmd:"
  xmd(emitter, value, 2)
}

const xmd = (emitter: Emitter, value: Xmd, depth: number): void => {
  if (typeof value === "string") emitter.out += ` ${multiline(value, indentation(depth))}\n`
  else if (value instanceof Map) {
    if (value.size === 0) emitter.out += " {}\n"
    else {
      emitter.out += "\n"
      for (const [key, item] of sortedEntries(value as ReadonlyMap<string, Xmd>)) {
        emitter.key(depth, key)
        xmd(emitter, item, depth + 1)
      }
    }
  } else xmdList(emitter, value as ReadonlyArray<Xmd>, depth)
}

/** The indentation of the first line of a nested item is the dash and the space before it. */
const xmdList = (emitter: Emitter, items: ReadonlyArray<Xmd>, depth: number): void => {
  if (items.length === 0) {
    emitter.out += " []\n"
    return
  }
  emitter.out += "\n"
  for (const item of items) {
    const indent = indentation(depth)
    if (typeof item === "string") emitter.out += `${indent}- ${multiline(item, indentation(depth + 1))}\n`
    else {
      const before = emitter.out
      emitter.out = ""
      xmd(emitter, item, depth + 1)
      const body = emitter.out
      emitter.out = `${before}${indent}-${
        body.startsWith("\n") ? ` ${body.slice(1 + indentation(depth + 1).length)}` : body
      }`
    }
  }
}
