/**
 * Reader of module obsoletes v1.
 */
import * as ModuleObsoletes from "../ModuleObsoletes.ts"
import type { DocumentReader, Fields, Keeper, Read } from "./documentReader.ts"
import { boolean, find, record, text } from "./documentReader.ts"
import type { Draft } from "./readContent.ts"
import { timestamp } from "./readDates.ts"
import { missing, namePart, streamName } from "./readStream.ts"
import type { YamlNode } from "./yamlNode.ts"

const name = namePart(false)

const nonEmpty: Read<string> = (reader, node) => {
  const value = text(reader, node)
  if (node.kind === "scalar" && value === "") reader.error("empty", node, "must not be empty")
  return value
}

interface ByDraft extends Keeper {
  module?: string
  stream?: string
}

const byFields: Fields<ByDraft> = new Map(
  [
    ["module", (draft, reader, node) => {
      draft.module = name(reader, node)
    }],
    ["stream", (draft, reader, node) => {
      draft.stream = streamName(reader, node)
    }]
  ] as const
)

const obsoletedBy: Read<ModuleObsoletes.ModuleObsoletes["obsoletedBy"]> = (reader, node) => {
  const draft: ByDraft = {}
  if (record(reader, node, draft, byFields, "obsoleted_by", {}, draft)) missing(reader, node, ["module", "stream"])
  return { ...draft, module: draft.module ?? "", stream: draft.stream ?? "" }
}

type ObsoletesDraft = Draft<ModuleObsoletes.ModuleObsoletes>

const fields: Fields<ObsoletesDraft> = new Map<
  string,
  (draft: ObsoletesDraft, reader: DocumentReader, node: YamlNode) => void
>([
  ["modified", (draft, reader, node) => {
    draft.modified = timestamp(reader, node)
  }],
  ["reset", (draft, reader, node) => {
    draft.reset = boolean(reader, node)
  }],
  ["module", (draft, reader, node) => {
    nonEmpty(reader, node)
    draft.module = node.value === "" ? "" : name(reader, node)
  }],
  ["stream", (draft, reader, node) => {
    nonEmpty(reader, node)
    draft.stream = node.value === "" ? "" : streamName(reader, node)
  }],
  ["context", (draft, reader, node) => {
    draft.context = text(reader, node)
  }],
  ["eol_date", (draft, reader, node) => {
    draft.eolDate = timestamp(reader, node)
  }],
  ["message", (draft, reader, node) => {
    draft.message = nonEmpty(reader, node)
  }],
  ["obsoleted_by", (draft, reader, node) => {
    draft.obsoletedBy = obsoletedBy(reader, node)
  }]
])

export const obsoletes: Read<ModuleObsoletes.ModuleObsoletes> = (reader, data) => {
  const draft: ObsoletesDraft = ModuleObsoletes.make({ modified: "", module: "", stream: "", message: "" })
  const foreign = { name: "obsoletes name their module with the key module" }
  if (!record(reader, data, draft, fields, "obsoletes", foreign, draft)) return draft
  missing(reader, data, ["modified", "module", "stream", "message"])
  if (draft.reset && (draft.eolDate !== undefined || draft.obsoletedBy !== undefined)) {
    reader.error(
      "obsoletes-reset",
      data,
      "reset takes obsoletes back, so there is no eol_date and no obsoleted_by beside it"
    )
  }
  const by = draft.obsoletedBy
  if (by !== undefined && by.module === draft.module && by.stream === draft.stream && by.module !== "") {
    reader.strict("obsoletes-self", find(data, "obsoleted_by")!, `${by.module}:${by.stream} cannot replace itself`)
  }
  // The fixed form makes the order of the text the order of time.
  if (draft.eolDate !== undefined && draft.eolDate < draft.modified) {
    reader.warn("obsoletes-eol-order", find(data, "eol_date")!, "the end of life lies before the document was modified")
  }
  return draft
}
