/**
 * Readers of packager documents v2 and v3 (modulemd-packager specification v2 and v3).
 */
import type * as ModuleContent from "../ModuleContent.ts"
import { noBuildopts } from "../ModuleContent.ts"
import * as ModulePackagerV2 from "../ModulePackagerV2.ts"
import * as ModulePackagerV3 from "../ModulePackagerV3.ts"
import { checkComponents } from "./checkComponents.ts"
import type { DocumentReader, Fields, ForeignKeys, Read } from "./documentReader.ts"
import { boolean, find, isNull, mapOf, quote, record, set, text, within } from "./documentReader.ts"
import * as Content from "./readContent.ts"
import { described, type Field } from "./readDescribed.ts"
import { missing, namePart, streamName } from "./readStream.ts"
import { warnUnquoted } from "./typedScalar.ts"
import type { YamlNode } from "./yamlNode.ts"

type V2 = Content.Draft<ModulePackagerV2.ModulePackagerV2>
type V3 = Content.Draft<ModulePackagerV3.ModulePackagerV3>

const shared = <D extends V2 | V3>(defaultIsMeant: boolean): Array<Field<D>> => [
  ...described<D>(Content.profiles(defaultIsMeant)),
  ["demodularized", (draft, reader, node) => {
    draft.demodularized = Content.rpmSet(reader, node)
  }]
]

const fieldsV2: Fields<V2> = new Map([
  ...shared<V2>(false),
  ["static_context", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.staticContext = boolean(reader, node)
  }],
  ["license", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.license = Content.packagerLicense(reader, node).module
  }],
  ["dependencies", (draft: V2, reader: DocumentReader, node: YamlNode) => {
    draft.dependencies = Content.dependencies(reader, node)
  }]
])

const filledIn = "the build system fills it in; it belongs to stream documents"
const foreignV2: ForeignKeys = {
  ...Object.fromEntries(
    ["name", "stream", "version", "context", "arch", "servicelevels", "artifacts"].map((key) => [key, filledIn])
  ),
  xmd: "it is a key of stream v2 and packager v3",
  buildopts: "it is a key of stream v2, and of the configurations of packager v3",
  configurations: "it is a key of packager v3",
  eol: "it is a key of stream v1"
}

export const packagerV2: Read<ModulePackagerV2.ModulePackagerV2> = (reader, data) => {
  const draft: V2 = ModulePackagerV2.make({})
  if (!record(reader, data, draft, fieldsV2, "packager v2", foreignV2, draft)) return draft
  missing(reader, data, ["summary", "description", "license"])
  const node = find(data, "components")
  if (node !== undefined) checkComponents(reader, node, draft.components, [])
  return draft
}

const oneStream: Read<string> = (reader, node) => {
  const streams = set(reader, node)
  for (const item of node.items) warnUnquoted(reader, item)
  if (node.kind !== "mapping" && streams.length !== 1) {
    reader.error("configuration-one-stream", node, `expected exactly one stream, found ${streams.length}`)
  } else if (streams[0]?.startsWith("-") === true) {
    reader.strict("configuration-one-stream", node, `${quote(streams[0])} excludes a stream, one to take is expected`)
  }
  return streams[0] ?? ""
}

/** Unlike the sets of streams elsewhere, one scalar is as good as a list of one. */
const streamOf: Read<string> = (reader, node) => {
  if (node.kind !== "scalar") return oneStream(reader, node)
  if (!isNull(node)) warnUnquoted(reader, node)
  if (node.value === "") reader.error("configuration-one-stream", node, "expected exactly one stream, found none")
  else if (node.value.startsWith("-")) {
    reader.strict("configuration-one-stream", node, `${quote(node.value)} excludes a stream, one to take is expected`)
  }
  return node.value
}

const streamMap = mapOf(streamOf)

const requirements: Read<ReadonlyMap<string, string>> = (reader, node) => {
  const map = streamMap(reader, node)
  if (map.has("platform")) {
    reader.strict(
      "configuration-platform",
      node,
      "platform is listed as a module",
      "the configuration's key platform names it"
    )
  }
  return map
}

type ConfigurationDraft = Content.Draft<ModulePackagerV3.Configuration>

const configurationFields: Fields<ConfigurationDraft> = new Map<
  string,
  (draft: ConfigurationDraft, reader: DocumentReader, node: YamlNode) => void
>([
  ["context", (draft, reader, node) => {
    draft.context = text(reader, node)
    if (!isNull(node)) warnUnquoted(reader, node)
    if (node.kind === "scalar" && !/^[A-Za-z0-9]{1,10}$/.test(draft.context)) {
      reader.error("configuration-context", node, `${quote(draft.context)} is not 1 to 10 of a-z, A-Z and 0-9`)
    }
  }],
  ["platform", (draft, reader, node) => {
    draft.platform = text(reader, node)
    if (!isNull(node)) warnUnquoted(reader, node)
  }],
  ["buildrequires", (draft, reader, node) => {
    draft.buildrequires = requirements(reader, node)
  }],
  ["requires", (draft, reader, node) => {
    draft.requires = requirements(reader, node)
  }],
  ["buildopts", (draft, reader, node) => {
    draft.buildopts = Content.buildopts(reader, node)
  }]
])

const configuration: Read<ModulePackagerV3.Configuration> = (reader, node) => {
  const draft: ConfigurationDraft = {
    context: "",
    platform: "",
    buildrequires: new Map(),
    requires: new Map(),
    buildopts: noBuildopts
  }
  if (record(reader, node, draft, configurationFields, "a configuration", {}, draft)) {
    missing(reader, node, ["context", "platform"])
  }
  return draft
}

const configurations: Read<ReadonlyArray<ModulePackagerV3.Configuration>> = (reader, node) => {
  if (node.kind !== "sequence") {
    reader.error("not-sequence", node, `expected a list of configurations, found a ${node.kind}`)
    return []
  }
  const contexts = new Set<string>()
  return node.items.map((item, index) =>
    within(reader, index, () => {
      const value = configuration(reader, item)
      if (contexts.has(value.context) && value.context !== "") {
        reader.error("configuration-context", item, `the context ${value.context} is here twice`)
      }
      contexts.add(value.context)
      return value
    })
  )
}

const v3Name = namePart(false)

const fieldsV3: Fields<V3> = new Map([
  ["name", (draft: V3, reader: DocumentReader, node: YamlNode) => {
    draft.name = v3Name(reader, node)
  }],
  ["stream", (draft: V3, reader: DocumentReader, node: YamlNode) => {
    draft.stream = streamName(reader, node)
  }],
  ...shared<V3>(true),
  ["license", (draft: V3, reader: DocumentReader, node: YamlNode) => {
    if (node.kind === "mapping") {
      reader.error(
        "license-form",
        node,
        "expected a list, found a mapping",
        "that is the stream form; write license: [...]"
      )
    } else draft.license = set(reader, node)
  }],
  ["xmd", (draft: V3, reader: DocumentReader, node: YamlNode) => {
    draft.xmd = Content.xmd(reader, node)
  }],
  ["configurations", (draft: V3, reader: DocumentReader, node: YamlNode) => {
    draft.configurations = configurations(reader, node)
  }]
])

const foreignV3: ForeignKeys = {
  ...Object.fromEntries(["version", "arch", "artifacts", "servicelevels"].map((key) => [key, filledIn])),
  context: "every configuration has its own",
  static_context: "the contexts of configurations are static",
  dependencies: "write buildrequires and requires into each configuration",
  buildopts: "write it into each configuration"
}

export const packagerV3: Read<ModulePackagerV3.ModulePackagerV3> = (reader, data) => {
  const draft: V3 = ModulePackagerV3.make({})
  if (!record(reader, data, draft, fieldsV3, "packager v3", foreignV3, draft)) return draft
  for (const key of ["summary", "description"]) {
    if (find(data, key) === undefined) reader.strict("missing", data, `${key} is mandatory`)
  }
  if (draft.configurations.length === 0) {
    reader.warn("configurations-missing", data, "without configurations there is nothing to build")
  }
  if (new Set(draft.configurations.map(({ buildopts }) => describe(buildopts))).size > 1) {
    reader.warn(
      "buildopts-differ",
      find(data, "configurations") ?? data,
      `a single stream v2 can hold the buildopts of ${[...draft.configurations].map((c) => c.context).sort()[0]} only`,
      "expanding to one stream per context keeps all"
    )
  }
  const node = find(data, "components")
  if (node !== undefined) {
    checkComponents(reader, node, draft.components, [])
    for (const { buildopts } of draft.configurations) {
      if (buildopts.arches.length > 0) {
        checkComponents(reader, node, { ...draft.components, rpms: onlyArches(draft) }, buildopts.arches)
      }
    }
  }
  return draft
}

/** Components without the relations that were checked already. */
const onlyArches = (draft: V3): V3["components"]["rpms"] =>
  new Map([...draft.components.rpms].map(([name, rpm]) => [name, { ...rpm, buildafter: [], name: undefined }]))

const describe = (buildopts: ModuleContent.Buildopts): string =>
  JSON.stringify([buildopts.rpms.macros, buildopts.rpms.whitelist, buildopts.arches])
