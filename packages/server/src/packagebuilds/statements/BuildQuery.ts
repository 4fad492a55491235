/** Which package builds somebody wants to see. */

/** Which builds are wanted; everything that is given has to fit. */
export interface BuildQuery {
  readonly owner?: string | undefined
  /** Part of a source's URL, whatever its case. */
  readonly project?: string | undefined
  readonly ref?: string | undefined
  /** Parts of one package's identity. */
  readonly rpm: Readonly<Record<string, string>>
  readonly platform?: number | undefined
  readonly arch?: string | undefined
  readonly released?: boolean | undefined
  readonly signed?: boolean | undefined
  readonly running?: boolean | undefined
}
