/**
 * Reads the root of a document: which kind and version it is, and that it holds `document`, `version` and `data` only.
 */
import { nearestName } from "../../internal/nearestName.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import type { DocumentReader, Fields } from "./documentReader.ts"
import { find, isNull, quote, record, text, u64, within } from "./documentReader.ts"
import { defaults } from "./readDefaults.ts"
import { obsoletes } from "./readObsoletes.ts"
import { packagerV2, packagerV3 } from "./readPackager.ts"
import { streamV1, streamV2 } from "./readStream.ts"
import { translations } from "./readTranslations.ts"
import type { YamlNode } from "./yamlNode.ts"

interface Root {
  document?: string
  version?: bigint
  data?: YamlNode
}

const rootFields: Fields<Root> = new Map(
  [
    ["document", (draft, reader, node) => {
      draft.document = text(reader, node)
    }],
    ["version", (draft, reader, node) => {
      draft.version = u64(reader, node)
    }],
    ["data", (draft, _reader, node) => {
      draft.data = node
    }]
  ] as const
)

const kinds = [
  "modulemd",
  "modulemd-stream",
  "modulemd-packager",
  "modulemd-defaults",
  "modulemd-obsoletes",
  "modulemd-translations"
]

const readers: Readonly<Record<string, (reader: DocumentReader, data: YamlNode) => ModulemdDocument>> = {
  "modulemd 1": streamV1,
  "modulemd 2": streamV2,
  "modulemd-stream 1": streamV1,
  "modulemd-stream 2": streamV2,
  "modulemd-packager 2": packagerV2,
  "modulemd-packager 3": packagerV3,
  "modulemd-defaults 1": defaults,
  "modulemd-obsoletes 1": obsoletes,
  "modulemd-translations 1": translations
}

const versionHint = (document: string, version: bigint): string | undefined => {
  if (document === "modulemd" || document === "modulemd-stream") {
    return version === 3n
      ? "stream v3 was never released; did you mean modulemd-packager 3?"
      : "streams have version 1 or 2"
  }
  return document === "modulemd-packager" ? "packager documents have version 2 or 3" : "only version 1 exists"
}

/** The document, or `undefined` when it has an error; the reader holds what was found. */
export const readDocument = (reader: DocumentReader, root: YamlNode): ModulemdDocument | undefined => {
  if (root.kind !== "mapping") {
    reader.error(
      "root-not-mapping",
      root,
      `a document is a mapping of document, version and data, found a ${root.kind}`
    )
    return undefined
  }
  const draft: Root = {}
  const repeated = repeatedRootKey(root)
  record(reader, root, draft, rootFields, "the document root")
  if (repeated !== undefined) {
    if (reader.profile === "compat") reader.error("duplicate-key", repeated, `the key ${repeated.value} is here twice`)
    else reader.giveUp()
  }
  const { data, document, version } = draft
  if (document === undefined) {
    reader.error("document-missing", root, "document is mandatory", `one of ${kinds.join(", ")}`)
  }
  if (version === undefined) reader.error("mdversion-missing", root, "version is mandatory")
  if (data === undefined) reader.error("data-missing", root, "data is mandatory")
  if (document === undefined) return undefined
  if (!kinds.includes(document)) {
    const near = nearestName(document, kinds)
    reader.path.push("document")
    reader.error(
      "document-unknown",
      find(root, "document")!,
      `${quote(document)} is not a kind of document`,
      near === undefined ? `one of ${kinds.join(", ")}` : `did you mean ${near}?`
    )
    reader.path.pop()
    return undefined
  }
  if (version === undefined || data === undefined) return undefined
  const read = readers[`${document} ${version}`] ?? looseReader(reader, document)
  if (read === undefined || readers[`${document} ${version}`] === undefined) {
    // An unreadable number was reported already.
    if (version !== 0n || reader.errors === 0) {
      within(reader, "version", () => {
        const [at, message] = [find(root, "version")!, `${document} ${version} does not exist`]
        const hint = versionHint(document, version)
        if (read !== undefined) reader.warn("mdversion-unknown", at, message, hint)
        else reader.error("mdversion-unknown", at, message, hint, isLoose(document) ? ["compat"] : [])
      })
    }
    if (read === undefined) return undefined
  }
  if (document === "modulemd-packager" && reader.profile === "repository") {
    reader.error(
      "packager-in-repository",
      root,
      "a packager document has no place in a repository",
      "orch modulemd upgrade makes streams of it",
      ["auto", "source", "compat"]
    )
  }
  if (isNull(data)) {
    reader.error("data-missing", data, "data is empty")
    return undefined
  }
  const value = within(reader, "data", () => read(reader, data))
  return reader.errors === 0 ? value : undefined
}

/** libmodulemd refuses a second `document` or `version`, but not a second `data`. */
const repeatedRootKey = (root: YamlNode): YamlNode | undefined => {
  for (const name of ["document", "version"]) {
    const keys = root.items.filter((item, i) => i % 2 === 0 && item.kind === "scalar" && item.value === name)
    if (keys.length > 1) return keys[1]
  }
  return undefined
}

/** libmodulemd does not look at the version of translations. */
const isLoose = (document: string): boolean => document === "modulemd-translations"

const looseReader = (reader: DocumentReader, document: string) =>
  reader.profile === "compat" && isLoose(document) ? translations : undefined
