/**
 * How long git may take and how much it may bring: what decision 11 of the design asks of every call that strangers cause.
 */
export interface GitLimits {
  /** For one `ls-remote`. */
  readonly lookupMillis: number
  /** For all look-ups of one `resolve` together; what has not answered by then is `unreachable`. */
  readonly resolveMillis: number
  /** For one fetch. */
  readonly fetchMillis: number
  /** For one question to the local cache. */
  readonly readMillis: number
  /** Bytes one fetch may add to the disk. */
  readonly fetchBytes: number
  /** Bytes of all files of a commit that is checked out. */
  readonly checkoutBytes: number
  /** Files of a commit that is checked out. */
  readonly checkoutFiles: number
  /** Bytes of the answer to one `ls-remote`. */
  readonly lookupBytes: number
  /** Processes of git that talk to servers at the same time. */
  readonly concurrency: number
}

export const defaults: GitLimits = {
  lookupMillis: 20_000,
  resolveMillis: 60_000,
  fetchMillis: 120_000,
  readMillis: 30_000,
  fetchBytes: 512 * 1024 * 1024,
  checkoutBytes: 512 * 1024 * 1024,
  checkoutFiles: 20_000,
  lookupBytes: 16 * 1024 * 1024,
  concurrency: 16
}
