/**
 * Reads what `git ls-tree -z -l` prints, and judges symbolic links, which must not lead out of a component's sources.
 */
export interface GitTreeEntry {
  readonly kind: "file" | "directory" | "symbolic link" | "submodule"
  readonly object: string
  /** Bytes of a file or of a link's target; 0 for the others. */
  readonly size: number
  readonly path: string
}

const kinds: Readonly<Record<string, GitTreeEntry["kind"]>> = {
  "040000": "directory",
  "120000": "symbolic link",
  "160000": "submodule"
}

export const parse = (text: string): ReadonlyArray<GitTreeEntry> =>
  text.split("\0").flatMap((line) => {
    const match = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line)
    if (match === null) return []
    const [, mode = "", object = "", size = "", path = ""] = match
    return [{ kind: kinds[mode] ?? "file", object, size: size === "-" ? 0 : Number(size), path }]
  })

/**
 * Whether a link at `path` with this target may point outside of the tree it is in. `..` counts only where it comes
 * first: after a name it may follow another link (`d -> .`, then `d/d/../..`), so that is taken for an escape.
 */
export const escapes = (path: string, target: string): boolean => {
  if (target.startsWith("/")) return true
  const parts = target.split("/").filter((part) => part !== "" && part !== ".")
  const name = parts.findIndex((part) => part !== "..")
  const ups = name < 0 ? parts.length : name
  return ups > path.split("/").length - 1 || parts.slice(ups).includes("..")
}
