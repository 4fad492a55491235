/** What a folder takes on the disk, asked without holding up anybody. */
import * as Fs from "node:fs"
import * as Path from "node:path"

/** Bytes of all files below a folder, 0 when there is none; files that vanish meanwhile count nothing. */
export const measure = async (directory: string): Promise<number> => {
  const entries = await Fs.promises.readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const stat = await Fs.promises.stat(Path.join(entry.parentPath, entry.name)).catch(() => undefined)
    bytes += stat?.size ?? 0
  }
  return bytes
}

/** When a file was changed last, in milliseconds since 1970; `undefined` when there is none. */
export const changedAt = (path: string): Promise<number | undefined> =>
  Fs.promises.stat(path).then(({ mtimeMs }) => mtimeMs, () => undefined)
