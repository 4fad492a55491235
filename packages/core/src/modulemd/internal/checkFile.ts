/**
 * The rules between documents of one text: one content per N:S:V:C:A, one defaults document per module.
 */
import { compareText } from "../../internal/codePointOrder.ts"
import type { ModulemdDocument } from "../ModulemdDocument.ts"
import { nsvca } from "../ModulemdDocument.ts"
import type { DocumentReader } from "./documentReader.ts"
import { sameValue } from "./sameValue.ts"
import { document as toStream } from "./toStreamV2.ts"
import { writeDocument } from "./writeDocument.ts"
import type { YamlNode } from "./yamlNode.ts"

export class FileCheck {
  private readonly streams = new Map<string, { document: ModulemdDocument; index: number }>()
  private readonly defaults = new Map<string, number>()

  /** Answers whether the document may stay. */
  accepts(reader: DocumentReader, root: YamlNode, document: ModulemdDocument): boolean {
    if (document._tag === "ModuleStreamV1" || document._tag === "ModuleStreamV2") {
      return this.stream(reader, root, document)
    }
    if (document._tag === "ModuleDefaults") {
      const other = this.defaults.get(document.module)
      if (other === undefined) this.defaults.set(document.module, reader.document)
      else {
        reader.warn(
          "duplicate-defaults",
          root,
          `document ${other + 1} holds defaults of ${document.module}, too`,
          "they are merged: the newer modified counts"
        )
      }
    }
    return true
  }

  private stream(
    reader: DocumentReader,
    root: YamlNode,
    document: ModulemdDocument & { name: string | undefined }
  ): boolean {
    if (document.name === undefined) return true
    const key = nsvca(document)
    const other = this.streams.get(key)
    if (other === undefined) {
      this.streams.set(key, { document, index: reader.document })
      return true
    }
    // Most are there twice as they are, and writing is slow beside looking.
    if (sameValue(other.document, document)) return true
    const difference = firstDifference(content(other.document), content(document))
    if (difference === undefined) return true
    const before = reader.errors
    reader.error(
      "duplicate-stream",
      root,
      `document ${other.index + 1} is ${key}, too, and differs: ${difference}`,
      "every build needs a version or context of its own"
    )
    return reader.errors === before
  }
}

const content = (document: ModulemdDocument): ReadonlyArray<string> =>
  writeDocument(toStream(document) ?? document).split("\n")

const firstDifference = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): string | undefined => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) {
      return [a[i], b[i]].map((line) => JSON.stringify((line ?? "").trim().slice(0, 80))).sort(compareText).join(
        " and "
      )
    }
  }
  return undefined
}
