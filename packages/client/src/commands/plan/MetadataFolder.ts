/** Which files of a directory hold module metadata, by their names: those that repositories and build systems use. */
import { readdir, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"

/** Files to read, and what is left aside and should not be. */
export interface Found {
  readonly files: ReadonlyArray<string>
  readonly unread: ReadonlyArray<string>
}

const compression = String.raw`(?:\.(?:gz|gzip|xz|zst|zstd|bz2|bzip2))?`
const isMetadata = new RegExp(
  String.raw`\.(?:ya?ml|json)${compression}$|(?:^|[-_.])modulemd[^/]*\.txt${compression}$`,
  "i"
)
const isUnread = /\.ya?ml\.(?:zck|lzma|lz4|Z|zip)$/i

/**
 * All files of metadata below a directory, hidden ones left aside, in the order of their names; a path that is a file is
 * taken whatever its name, and `-` is standard input. Rejects with the error of the file system.
 */
export const filesIn = async (path: string): Promise<Found> => {
  if (path === "-" || !(await stat(path)).isDirectory()) return { files: [path], unread: [] }
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) =>
    join(relative(path, entry.parentPath), entry.name)
  )
  const visible = names.filter((name) => !name.split(sep).some((part) => part.startsWith("."))).sort()
  const files = visible.filter((name) => isMetadata.test(name)).map((name) => join(path, name))
  const unread = visible.filter((name) => isUnread.test(name)).map((name) =>
    `${join(path, name)}: this compression is not read (gz, xz, zst and bz2 are)`
  )
  return {
    files,
    unread: files.length + unread.length > 0
      ? unread
      : [`${path}: there is no module metadata in this directory (files called *.yaml or *.json)`]
  }
}
