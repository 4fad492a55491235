/** Names in a sentence: some of them and how many more, so that a sentence about thousands stays one that is read. */

/**
 * `a, b` of few names; the first `most` `and 3 more` of many; `none` of none.
 *
 * ```ts run
 * import * as NameList from "@orch/core/NameList"
 *
 * NameList.shorten(["a", "b"]) // => "a, b"
 * NameList.shorten(Array.from({ length: 12 }, (_, n) => `c${n}`)) // => "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more"
 * ```
 */
export const shorten = (names: ReadonlyArray<string>, most = 10, separator = ", "): string =>
  names.length === 0
    ? "none"
    : names.length <= most
    ? names.join(separator)
    : `${names.slice(0, most).join(separator)} and ${names.length - most} more`
