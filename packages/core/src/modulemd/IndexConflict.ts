/**
 * Documents of an index that contradict each other, and what was done about it.
 */

/** A document in an index; higher priorities override lower ones. */
export interface Entry<A> {
  readonly document: A
  readonly priority: number
}

/**
 * Two or more documents about one subject that say different things, and the sentence that tells a person which counts.
 */
export interface Conflict {
  readonly kind: "stream" | "default-stream" | "default-profiles" | "obsoletes" | "translations"
  /** `error`: nothing could be chosen, and libmodulemd refuses the whole merge. */
  readonly severity: "error" | "warning"
  readonly module: string
  /** What they contradict each other about: N:S:V:C:A, or module and stream. */
  readonly key: string
  readonly message: string
}
