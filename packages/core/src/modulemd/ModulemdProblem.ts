/**
 * What is wrong, or merely odd, in a modulemd text: a stable code for programs, and position, excerpt and hint for people.
 *
 * libmodulemd counts lines in a re-emitted copy of one document and often loses the reason; here a position is always one
 * of the text that was read.
 */
import type { ReadingProfile } from "./ReadingProfile.ts"

/** `error`: the document is not valid. `warning`: valid, but worth a look. `note`: a repair that was made while reading. */
export type Severity = "error" | "warning" | "note"

/** Stable names of everything that is reported; `docs/modulemd/problems.md` explains each. */
export type Code =
  // text and YAML
  | "encoding"
  | "size-limit"
  | "yaml-syntax"
  | "yaml-depth"
  | "yaml-alias"
  | "yaml-alias-limit"
  | "yaml-merge-key"
  | "duplicate-key"
  | "empty-file"
  | "empty-document"
  // any document
  | "root-not-mapping"
  | "document-missing"
  | "document-unknown"
  | "mdversion-missing"
  | "mdversion-unknown"
  | "data-missing"
  | "unknown-key"
  | "foreign-key"
  | "missing"
  | "empty"
  | "not-mapping"
  | "not-scalar"
  | "not-set"
  | "not-sequence"
  | "not-boolean"
  | "not-integer"
  | "integer-range"
  | "integer-form"
  | "not-date"
  | "date-form"
  | "unquoted-number"
  | "scalar-set"
  | "duplicate-item"
  // streams
  | "name-missing"
  | "name-invalid"
  | "name-glob"
  | "context-form"
  | "static-context-form"
  | "static-context-missing"
  | "arch-unknown"
  | "license-form"
  | "dependencies-form"
  | "dependency-signs"
  | "dependencies-empty-item"
  | "rationale-missing"
  | "component-null"
  | "buildorder-overflow"
  | "buildafter-cycle"
  | "buildafter-missing"
  | "buildafter-with-buildorder"
  | "arches-not-subset"
  | "component-same-name"
  | "nevra-form"
  | "nevra-epoch-missing"
  | "rpm-map-mismatch"
  | "rpm-map-not-in-artifacts"
  | "digest-unknown"
  | "xmd-form"
  // packager documents
  | "packager-in-repository"
  | "configuration-context"
  | "configuration-platform"
  | "configuration-one-stream"
  | "configurations-missing"
  | "buildopts-differ"
  // defaults, obsoletes, translations
  | "intents-deprecated"
  | "obsoletes-reset"
  | "obsoletes-self"
  | "obsoletes-eol-order"
  | "locale-form"
  // several documents
  | "duplicate-stream"
  | "duplicate-defaults"

/** One finding about a text and its place in it. */
export interface Problem {
  readonly code: Code
  readonly severity: Severity
  /** Index of the document in the text, from 0; -1 for the text as a whole. */
  readonly document: number
  /** Where in the document, as `data.components.rpms.foo.buildafter[0]`; "" for its root. */
  readonly path: string
  /** Line in the text, from 1. */
  readonly line: number
  /** Column in the line, from 1, in UTF-16 code units. */
  readonly column: number
  readonly message: string
  /** The line with a caret under the column. */
  readonly excerpt: string
  readonly hint?: string
  /** Of an error: the profile of reading that keeps the document which this one gives up. */
  readonly keptBy?: ReadingProfile
  /** Whether the document that was read does not hold what stands here. Never set on an error, which costs the document. */
  readonly isLost?: true
}

/** Whether the problem makes its document invalid. */
export const isError = (self: Problem): boolean => self.severity === "error"

/** One line, `file:line:column: severity code: message (hint)`, as editors and terminals expect it. */
export const format = (self: Problem, file = "-"): string =>
  `${file}:${self.line}:${self.column}: ${self.severity} ${self.code}: ${
    self.path === "" ? "" : `${self.path}: `
  }${self.message}${advice(self) === undefined ? "" : ` (${advice(self)})`}`

/** What can be done: the hint, and the profile that keeps the document where the hint does not name it. */
export const advice = ({ hint, keptBy }: Problem): string | undefined => {
  if (keptBy === undefined || hint?.includes(`the ${keptBy} profile`) === true) return hint
  const kept = `the ${keptBy} profile keeps the document`
  return hint === undefined ? kept : `${hint}; ${kept}`
}
