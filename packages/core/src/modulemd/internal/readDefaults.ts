/**
 * Reader of module defaults v1. A module without a name is an error here; libmodulemd invents a placeholder for it.
 */
import * as ModuleDefaults from "../ModuleDefaults.ts"
import type { DocumentReader, Fields, Read } from "./documentReader.ts"
import { find, mapOf, record, set, u64 } from "./documentReader.ts"
import type { Draft } from "./readContent.ts"
import { namePart, streamName } from "./readStream.ts"
import { warnUnquotedKeys } from "./typedScalar.ts"
import type { YamlNode } from "./yamlNode.ts"

/** Profiles per stream; a stream that comes twice is an error to libmodulemd, too. */
const streamProfiles: Read<ReadonlyMap<string, ReadonlyArray<string>>> = (reader, node) => {
  warnUnquotedKeys(reader, node)
  return profilesOf(reader, node)
}

const profilesOf = mapOf(set)

const intentFields: Fields<Draft<ModuleDefaults.Intent>> = new Map(
  [
    ["stream", (draft, reader, node) => {
      draft.stream = streamName(reader, node)
    }],
    ["profiles", (draft, reader, node) => {
      draft.profiles = streamProfiles(reader, node)
    }]
  ] as const
)

const intents: Read<ModuleDefaults.ModuleDefaults["intents"]> = mapOf((reader, node) => {
  const draft: Draft<ModuleDefaults.Intent> = { stream: undefined, profiles: new Map() }
  record(reader, node, draft, intentFields, "an intent", {}, draft)
  return draft
})

type DefaultsDraft = Draft<ModuleDefaults.ModuleDefaults>
const name = namePart(false)

const fields: Fields<DefaultsDraft> = new Map<
  string,
  (draft: DefaultsDraft, reader: DocumentReader, node: YamlNode) => void
>([
  ["module", (draft, reader, node) => {
    draft.module = name(reader, node)
  }],
  ["modified", (draft, reader, node) => {
    draft.modified = u64(reader, node)
  }],
  ["stream", (draft, reader, node) => {
    draft.stream = streamName(reader, node)
  }],
  ["profiles", (draft, reader, node) => {
    draft.profiles = streamProfiles(reader, node)
  }],
  ["intents", (draft, reader, node) => {
    draft.intents = intents(reader, node)
    if (draft.intents.size > 0) reader.warn("intents-deprecated", node, "intents are deprecated; no client reads them")
  }]
])

export const defaults: Read<ModuleDefaults.ModuleDefaults> = (reader, data) => {
  const draft: DefaultsDraft = ModuleDefaults.make({ module: "" })
  const foreign = { name: "defaults name their module with the key module" }
  const ok = record(reader, data, draft, fields, "defaults", foreign, draft)
  if (ok && find(data, "module") === undefined) reader.strict("missing", data, "module is mandatory")
  return draft
}
