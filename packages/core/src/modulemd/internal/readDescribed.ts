/**
 * Readers of the keys that streams and packager documents of all versions have, with the same meaning: what the module is for
 * and which packages it is made of.
 */
import type { ModuleStreamV2 } from "../ModuleStreamV2.ts"
import type { DocumentReader, Read } from "./documentReader.ts"
import { nonEmptyText } from "./documentReader.ts"
import { components } from "./readComponents.ts"
import * as Content from "./readContent.ts"
import type { YamlNode } from "./yamlNode.ts"

/** What these readers fill in. */
export type Described = Content.Draft<
  Pick<ModuleStreamV2, "summary" | "description" | "references" | "profiles" | "api" | "filter" | "components">
>

/** A key and what reads its value into the draft. */
export type Field<D> = readonly [key: string, read: (draft: D, reader: DocumentReader, node: YamlNode) => void]

export const described = <D extends Described>(profiles: Read<Described["profiles"]>): Array<Field<D>> => [
  ["summary", (draft, reader, node) => {
    draft.summary = nonEmptyText(reader, node)
  }],
  ["description", (draft, reader, node) => {
    draft.description = nonEmptyText(reader, node)
  }],
  ["references", (draft, reader, node) => {
    draft.references = Content.references(reader, node)
  }],
  ["profiles", (draft, reader, node) => {
    draft.profiles = profiles(reader, node)
  }],
  ["api", (draft, reader, node) => {
    draft.api = Content.rpmSet(reader, node)
  }],
  ["filter", (draft, reader, node) => {
    draft.filter = Content.rpmSet(reader, node)
  }],
  ["components", (draft, reader, node) => {
    draft.components = components(reader, node)
  }]
]
