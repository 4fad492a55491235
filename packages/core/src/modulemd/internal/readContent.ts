/**
 * Readers of the parts several document kinds share: licences, dependencies, references, profiles, build options,
 * service levels, extensible metadata.
 */
import type * as ModuleContent from "../ModuleContent.ts"
import type { Xmd } from "../Xmd.ts"
import type { DocumentReader, Fields, Read } from "./documentReader.ts"
import { boolean, isNull, mapOf, quote, record, set, text, within } from "./documentReader.ts"
import { date } from "./readDates.ts"
import { warnUnquoted, warnUnquotedKeys } from "./typedScalar.ts"
import type { YamlNode } from "./yamlNode.ts"

export type Draft<T> = { -readonly [K in keyof T]: T[K] }

const licenseFields: Fields<Draft<ModuleContent.License>> = new Map(
  [
    ["module", (draft, reader, node) => {
      draft.module = set(reader, node)
      if (draft.module.length === 0) reader.error("empty", node, "at least one licence of the module is needed")
    }],
    ["content", (draft, reader, node) => {
      draft.content = set(reader, node)
    }]
  ] as const
)

const moduleLicenseFields: Fields<Draft<ModuleContent.License>> = new Map([["module", licenseFields.get("module")!]])

const licenseMapping =
  (fields: Fields<Draft<ModuleContent.License>>, keeps: boolean): Read<ModuleContent.License> => (reader, node) => {
    const draft: Draft<ModuleContent.License> = { module: [], content: [] }
    if (node.kind === "sequence" || (node.kind === "scalar" && !isNull(node))) {
      reader.error(
        "license-form",
        node,
        `expected a mapping with the key module, found a ${node.kind}`,
        "that is the packager v3 form; write license: {module: [...]}"
      )
      return draft
    }
    const foreign = { content: "content licences are added by the build system" }
    if (!record(reader, node, draft, fields, "license", foreign, keeps ? draft : undefined)) {
      return draft
    }
    if (!node.items.some((item, i) => i % 2 === 0 && item.value === "module")) {
      reader.error("missing", node, "license.module is mandatory")
    }
    return draft
  }

export const license = licenseMapping(licenseFields, true)
export const packagerLicense = licenseMapping(moduleLicenseFields, false)

/** Streams of one required module; all of them positive or all of them negative. */
const dependencyStreams: Read<ReadonlyArray<string>> = (reader, node) => {
  const streams = set(reader, node)
  if (node.kind === "sequence") { for (const item of node.items) warnUnquoted(reader, item) }
  else if (!isNull(node)) warnUnquoted(reader, node)
  const negative = streams.filter((stream) => stream.startsWith("-")).length
  if (negative > 0 && negative < streams.length) {
    const [section, module] = reader.path.slice(-2)
    reader.error(
      "dependency-signs",
      node,
      `${section} of ${module} mixes streams to take and streams to leave out: ${streams.join(", ")}`,
      "list either the ones to take or, with a minus, the ones to leave out"
    )
  }
  return streams
}

const dependencyMap: Read<ModuleContent.ModuleStreams> = (reader, node) => {
  const map = new Map<string, ReadonlyArray<string>>()
  if (node.kind !== "mapping") {
    reader.error("dependencies-form", node, `expected a mapping of module to streams, found a ${node.kind}`)
    return map
  }
  for (let i = 0; i < node.items.length; i += 2) {
    const key = node.items[i]!
    if (key.kind !== "scalar") {
      reader.error("not-scalar", key, `a module name has to be text, found a ${key.kind}`)
      continue
    }
    reader.path.push(key.value)
    if (map.has(key.value)) reader.error("duplicate-key", key, `the module ${quote(key.value)} is here twice`)
    else map.set(key.value, dependencyStreams(reader, node.items[i + 1]!))
    reader.path.pop()
  }
  return map
}

const dependencyFields: Fields<Draft<ModuleContent.Dependencies>> = new Map(
  [
    ["buildrequires", (draft, reader, node) => {
      draft.buildrequires = dependencyMap(reader, node)
    }],
    ["requires", (draft, reader, node) => {
      draft.requires = dependencyMap(reader, node)
    }]
  ] as const
)

export const dependencies: Read<ReadonlyArray<ModuleContent.Dependencies>> = (reader, node) => {
  if (node.kind !== "sequence") {
    reader.error(
      "dependencies-form",
      node,
      `expected a list of {buildrequires, requires}, found a ${node.kind}`,
      node.kind === "mapping"
        ? "that is the stream v1 form; put a dash before it and lists of streams into it"
        : undefined
    )
    return []
  }
  return node.items.map((item, index) =>
    within(reader, index, () => {
      const draft: Draft<ModuleContent.Dependencies> = { buildrequires: new Map(), requires: new Map() }
      record(reader, item, draft, dependencyFields, "dependencies", {}, draft)
      if (draft.buildrequires.size === 0 && draft.requires.size === 0) {
        reader.warn("dependencies-empty-item", item, "an empty item means: builds everywhere, needs nothing")
      }
      return draft
    })
  )
}

const referenceFields: Fields<Draft<ModuleContent.References>> = new Map(
  (["community", "documentation", "tracker"] as const).map((name) => [
    name,
    (draft: Draft<ModuleContent.References>, reader: DocumentReader, node: YamlNode) => {
      draft[name] = text(reader, node)
    }
  ])
)

export const references: Read<ModuleContent.References> = (reader, node) => {
  const draft: Draft<ModuleContent.References> = {
    community: undefined,
    documentation: undefined,
    tracker: undefined
  }
  record(reader, node, draft, referenceFields, "references", {}, draft)
  return draft
}

const profileFields: Fields<Draft<ModuleContent.Profile>> = new Map(
  [
    ["description", (draft, reader, node) => {
      draft.description = text(reader, node)
    }],
    ["rpms", (draft, reader, node) => {
      draft.rpms = set(reader, node)
    }],
    ["default", (draft, reader, node) => {
      draft.default = boolean(reader, node)
    }]
  ] as const
)

/** Profiles; outside of packager v3 the key `default` has no effect. */
export const profiles = (defaultIsMeant: boolean): Read<ReadonlyMap<string, ModuleContent.Profile>> => {
  const read = profilesOf(defaultIsMeant)
  return (reader, node) => {
    warnUnquotedKeys(reader, node)
    return read(reader, node)
  }
}

const profilesOf = (defaultIsMeant: boolean) =>
  mapOf<ModuleContent.Profile>((reader, node) => {
    const draft: Draft<ModuleContent.Profile> = { description: undefined, rpms: [], default: false }
    if (isNull(node)) {
      reader.error("not-mapping", node, "a profile is a mapping", "write {rpms: []} for a profile without packages")
    } else if (node.kind === "sequence") {
      reader.error("not-mapping", node, "expected a mapping, found a list", "put the key rpms: before the list")
    } else {
      record(reader, node, draft, profileFields, "a profile", {}, draft)
    }
    if (draft.default && !defaultIsMeant) {
      reader.warn(
        "foreign-key",
        node,
        "default has no effect here",
        "it is a key of packager v3; write a defaults document"
      )
    }
    return draft
  })

const rpmsField: Fields<{ rpms: ReadonlyArray<string> }> = new Map(
  [
    ["rpms", (draft, reader, node) => {
      draft.rpms = set(reader, node)
    }]
  ] as const
)

/** `api`, `filter` and `demodularized`: a mapping whose only key is `rpms`. */
export const rpmSet: Read<ReadonlyArray<string>> = (reader, node) => {
  const draft: { rpms: ReadonlyArray<string> } = { rpms: [] }
  if (isNull(node)) return draft.rpms
  if (node.kind !== "mapping") {
    reader.lose(
      "not-mapping",
      node,
      `expected a mapping with the key rpms, found a ${node.kind}`,
      "write {rpms: [...]}"
    )
    return draft.rpms
  }
  record(reader, node, draft, rpmsField, String(reader.path.at(-1)))
  return draft.rpms
}

const buildoptsRpmsFields: Fields<Draft<ModuleContent.Buildopts["rpms"]>> = new Map(
  [
    ["macros", (draft, reader, node) => {
      draft.macros = text(reader, node)
    }],
    ["whitelist", (draft, reader, node) => {
      draft.whitelist = set(reader, node)
    }]
  ] as const
)

const buildoptsFields: Fields<Draft<ModuleContent.Buildopts>> = new Map(
  [
    ["rpms", (draft, reader, node) => {
      const rpms: Draft<ModuleContent.Buildopts["rpms"]> = { macros: undefined, whitelist: [] }
      record(reader, node, rpms, buildoptsRpmsFields, "buildopts.rpms", {}, rpms)
      draft.rpms = rpms
    }],
    ["arches", (draft, reader, node) => {
      draft.arches = set(reader, node)
    }]
  ] as const
)

export const buildopts: Read<ModuleContent.Buildopts> = (reader, node) => {
  const draft: Draft<ModuleContent.Buildopts> = { rpms: { macros: undefined, whitelist: [] }, arches: [] }
  record(reader, node, draft, buildoptsFields, "buildopts", {}, draft)
  return draft
}

const serviceLevelFields: Fields<Draft<ModuleContent.ServiceLevel>> = new Map(
  [
    ["eol", (draft, reader, node) => {
      draft.eol = date(reader, node)
    }]
  ] as const
)

export const servicelevels: Read<ReadonlyMap<string, ModuleContent.ServiceLevel>> = mapOf((reader, node) => {
  const draft: Draft<ModuleContent.ServiceLevel> = { eol: undefined }
  record(reader, node, draft, serviceLevelFields, "a service level", {}, draft)
  return draft
})

const xmdNode: Read<Xmd> = (reader, node) => {
  if (node.kind === "scalar") return node.value
  if (node.kind === "mapping") return mapOf(xmdNode)(reader, node)
  return node.items.map((item, index) => within(reader, index, () => xmdNode(reader, item)))
}

export const xmd: Read<Xmd | undefined> = (reader, node) => {
  if (node.kind === "sequence") reader.error("xmd-form", node, "expected a mapping, found a list")
  else if (node.kind === "scalar" && !isNull(node)) {
    reader.warn("xmd-form", node, "extensible metadata should be a mapping", "put the value under a key of your own")
  }
  return xmdNode(reader, node)
}
