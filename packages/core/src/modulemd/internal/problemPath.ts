/** How places in a document are written: `data.components.rpms.foo.buildafter[0]`, keys of other characters in quotes. */

const shortened = (key: string): string => key.length > 60 ? `${key.slice(0, 57)}...` : key

/** The keys and indexes that lead to a place, as one text; "" for the document itself. */
export const formatPath = (path: ReadonlyArray<string | number>): string => {
  let out = ""
  for (const segment of path) {
    if (typeof segment === "number") out += `[${segment}]`
    else if (/^[A-Za-z0-9_+-]+$/.test(segment)) out += out === "" ? segment : `.${segment}`
    else out += `[${JSON.stringify(shortened(segment))}]`
  }
  return out
}
