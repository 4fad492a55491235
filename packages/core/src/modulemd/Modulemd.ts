/**
 * modulemd text to documents and back: the entry point of the library.
 *
 * Reading never throws: what is wrong comes back as problems beside the documents that are right, and one bad document
 * does not cost its neighbours. Writing gives the canonical form (sorted, one style), which libmodulemd and other YAML
 * readers read back equal.
 */
import { FileCheck } from "./internal/checkFile.ts"
import { decodeText } from "./internal/decodeText.ts"
import type { DocumentReader, Finding } from "./internal/documentReader.ts"
import { DocumentReader as Reader } from "./internal/documentReader.ts"
import { LineIndex } from "./internal/lineIndex.ts"
import { parseYaml } from "./internal/parseYaml.ts"
import { readDocument } from "./internal/readDocument.ts"
import { writeDocument } from "./internal/writeDocument.ts"
import { YamlSyntaxError } from "./internal/yamlCursor.ts"
import type { ModulemdDocument } from "./ModulemdDocument.ts"
import type { Problem } from "./ModulemdProblem.ts"
import type { ReadingProfile } from "./ReadingProfile.ts"

export type { ReadingProfile as Profile }

/** How a text is to be read. */
export interface ReadOptions {
  /** `auto` when not given. */
  readonly profile?: ReadingProfile
}

/** What came of a text: documents and problems beside each other. */
export interface ReadResult {
  /** The documents without errors, in the order of the text. */
  readonly documents: ReadonlyArray<ModulemdDocument>
  /** Everything worth saying, in the order of the text. */
  readonly problems: ReadonlyArray<Problem>
}

/** Longer texts are refused; the largest real index is a tenth of it. */
export const maxLength = 256 * 1024 * 1024

/**
 * Reads all documents of a text. Never throws, in linear time: any string gives an answer, and what is wrong in it is
 * among the problems.
 *
 * ```ts run
 * import * as Modulemd from "@orch/core/modulemd/Modulemd"
 *
 * const text = `document: modulemd-defaults
 * version: 1
 * data:
 *   module: perl
 *   stream: "5.30"
 *   colour: red
 * `
 * const { documents, problems } = Modulemd.read(text)
 * documents.map((document) => document._tag) // => []
 * problems.map(({ code, column, line }) => ({ code, line, column })) // => [{ code: "unknown-key", line: 6, column: 3 }]
 * ```
 */
export const read = (text: string, options: ReadOptions = {}): ReadResult => readText(text, options, [])

/**
 * Reads all documents of a file's bytes: UTF-8, or UTF-16 behind a byte order mark. Bytes that are not text cost the
 * documents they are in, and are named by their offset. Never throws.
 */
export const readBytes = (bytes: Uint8Array, options: ReadOptions = {}): ReadResult => {
  if (bytes.length > maxLength) return tooLong(bytes.length)
  const { malformed, text } = decodeText(bytes)
  const errors = malformed.map(({ byte, offset }) =>
    new YamlSyntaxError(offset, `byte ${byte} is not UTF-8`, "encoding", "convert the file to UTF-8")
  )
  return readText(text, options, errors)
}

const tooLong = (length: number): ReadResult => ({
  documents: [],
  problems: [{
    code: "size-limit",
    severity: "error",
    document: -1,
    path: "",
    line: 1,
    column: 1,
    message: `${length} is more than the limit of ${maxLength}`,
    excerpt: ""
  }]
})

const readText = (text: string, options: ReadOptions, malformed: ReadonlyArray<YamlSyntaxError>): ReadResult => {
  if (text.length > maxLength) return tooLong(text.length)
  const profile = options.profile ?? "auto"
  const documents: Array<ModulemdDocument> = []
  const findings: Array<Finding> = []
  const profiles = new Map<Finding, ReadingProfile | undefined>()
  const file = new FileCheck()
  let index = 0
  parseYaml(text, ({ error, root, start }) => {
    const reader: DocumentReader = new Reader(index++, profile)
    if (error !== undefined) reader.error(error.code, error.offset, error.message, error.hint)
    else if (root === undefined) reader.warn("empty-document", start, "an empty document is skipped")
    else {
      const document = readDocument(reader, root)
      if (document !== undefined && file.accepts(reader, root, document)) documents.push(document)
    }
    const keptBy = reader.keptBy()
    for (const finding of reader.findings) {
      findings.push(finding)
      if (finding.severity === "error") profiles.set(finding, keptBy)
    }
  }, malformed)
  if (index === 0) {
    const reader = new Reader(-1, profile)
    reader.warn("empty-file", 0, "there is no document in this text")
    findings.push(...reader.findings)
  }
  const lines = new LineIndex(text)
  return { documents, problems: findings.map((finding) => toProblem(finding, lines, profiles.get(finding))) }
}

/** Whether nothing of the text is in error; warnings and notes do not count. */
export const isValid = (result: ReadResult): boolean => !result.problems.some((problem) => problem.severity === "error")

const toProblem = (
  { allowedBy: _, hint, isLost, offset, ...finding }: Finding,
  lines: LineIndex,
  keptBy: ReadingProfile | undefined
): Problem => ({
  ...finding,
  ...lines.locate(offset),
  ...(hint === undefined ? {} : { hint }),
  ...(keptBy === undefined ? {} : { keptBy }),
  ...(isLost ? { isLost } : {})
})

/** The documents as canonical text, in the order given; no documents give "". `read` gives them back equal. */
export const write = (documents: ModulemdDocument | ReadonlyArray<ModulemdDocument>): string =>
  isList(documents) ? documents.map(writeDocument).join("") : writeDocument(documents)

const isList = (value: unknown): value is ReadonlyArray<ModulemdDocument> => Array.isArray(value)
