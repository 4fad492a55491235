/**
 * Text as PostgreSQL can keep it. Reasons and logs come from farms and may hold anything; two things no column takes, the
 * character NUL and half of a surrogate pair, become U+FFFD instead of stopping the build they belong to.
 */

const replacement = "\ufffd"

/** For text columns. */
export const clean = (text: string): string => text.toWellFormed().replaceAll("\0", replacement)

// `JSON.stringify` writes an escape for NUL and for lone surrogates, and for no other character above U+001F.
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** For jsonb columns. */
export const json = (value: unknown): string => JSON.stringify(value).replaceAll(unstorable, `$1${replacement}`)
