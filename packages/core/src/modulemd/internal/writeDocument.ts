/**
 * Documents in canonical form: keys in the order of the specification, empty and default values left out.
 */
import type { ModuleDefaults } from "../ModuleDefaults.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import { kind, mdversion } from "../ModulemdDocument.ts"
import type { ModuleObsoletes } from "../ModuleObsoletes.ts"
import type { ModulePackagerV2 } from "../ModulePackagerV2.ts"
import type { ModulePackagerV3 } from "../ModulePackagerV3.ts"
import type { ModuleStreamV1 } from "../ModuleStreamV1.ts"
import type { ModuleStreamV2 } from "../ModuleStreamV2.ts"
import type { ModuleTranslations } from "../ModuleTranslations.ts"
import { Emitter, indentation } from "./emitter.ts"
import {
  artifacts,
  buildopts,
  components,
  dependenciesV1,
  dependenciesV2,
  profiles,
  references,
  rpmSet,
  streamMap
} from "./writeContent.ts"
import { unknownKeys, xmdField } from "./writeXmd.ts"
import { multiline, scalar } from "./yamlText.ts"

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
