/**
 * Reader of module translations v1.
 */
import * as ModuleTranslations from "../ModuleTranslations.ts"
import type { DocumentReader, Fields, Read } from "./documentReader.ts"
import { find, mapOf, quote, record, text, u64 } from "./documentReader.ts"
import type { Draft } from "./readContent.ts"
import { missing, namePart, streamName } from "./readStream.ts"
import type { YamlNode } from "./yamlNode.ts"

const texts: Read<ReadonlyMap<string, string>> = mapOf(text)

const entryFields: Fields<Draft<ModuleTranslations.Translation>> = new Map(
  [
    ["summary", (draft, reader, node) => {
      draft.summary = text(reader, node)
    }],
    ["description", (draft, reader, node) => {
      draft.description = text(reader, node)
    }],
    ["profiles", (draft, reader, node) => {
      draft.profiles = texts(reader, node)
    }]
  ] as const
)

const locale = /^[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*(\.[A-Za-z0-9-]+)?(@[A-Za-z0-9]+)?$/

const entry: Read<ModuleTranslations.Translation> = (reader, node) => {
  const draft: Draft<ModuleTranslations.Translation> = {
    summary: undefined,
    description: undefined,
    profiles: new Map()
  }
  const name = String(reader.path.at(-1))
  if (!locale.test(name)) reader.warn("locale-form", node, `${quote(name)} does not look like a locale`)
  if (record(reader, node, draft, entryFields, "a translation", {}, draft) && node.items.length === 0) {
    reader.strict("empty", node, "a translation has a summary or a description")
  }
  return draft
}

const translationMap: Read<ModuleTranslations.ModuleTranslations["translations"]> = mapOf(entry)

type TranslationsDraft = Draft<ModuleTranslations.ModuleTranslations>
const name = namePart(false)

const fields: Fields<TranslationsDraft> = new Map<
  string,
  (draft: TranslationsDraft, reader: DocumentReader, node: YamlNode) => void
>([
  ["module", (draft, reader, node) => {
    if (node.value === "" && node.kind === "scalar") reader.error("empty", node, "must not be empty")
    else draft.module = name(reader, node)
  }],
  ["stream", (draft, reader, node) => {
    if (node.value === "" && node.kind === "scalar") reader.error("empty", node, "must not be empty")
    else draft.stream = streamName(reader, node)
  }],
  ["modified", (draft, reader, node) => {
    const before = reader.errors
    draft.modified = u64(reader, node)
    if (draft.modified === 0n && reader.errors === before) reader.error("integer-range", node, "must be greater than 0")
  }],
  ["translations", (draft, reader, node) => {
    draft.translations = translationMap(reader, node)
  }]
])

export const translations: Read<ModuleTranslations.ModuleTranslations> = (reader, data) => {
  const draft: TranslationsDraft = ModuleTranslations.make({ module: "", stream: "", modified: 0n })
  const foreign = { name: "translations name their module with the key module" }
  if (!record(reader, data, draft, fields, "translations", foreign, draft)) return draft
  missing(reader, data, ["module", "stream", "modified"])
  if (find(data, "translations") === undefined || (draft.translations.size === 0)) {
    reader.strict("missing", data, "translations is mandatory and holds at least one locale")
  }
  return draft
}
