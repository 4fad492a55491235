/**
 * Files that are either there completely or not at all, whatever moment the writer is killed in.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"

/** A name for what is being written, which no other process has, in whatever container it runs. */
export const beside = (path: string): string => `${path}.${Crypto.randomUUID().slice(0, 18)}.new`

/** Waits for the disk without holding up everybody else, which with many writers is most of the time it takes. */
const writeBeside = async (path: string, content: string): Promise<string> => {
  await Fs.promises.mkdir(Path.dirname(path), { recursive: true })
  const complete = beside(path)
  const file = await Fs.promises.open(complete, "w")
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  return complete
}

/** Writes or replaces the file. */
export const write = async (path: string, content: string): Promise<void> =>
  Fs.promises.rename(await writeBeside(path, content), path)

/** The same at once, for small files that need not survive a loss of power. */
export const writeSync = (path: string, content: string): void => {
  Fs.mkdirSync(Path.dirname(path), { recursive: true })
  const complete = beside(path)
  Fs.writeFileSync(complete, content)
  Fs.renameSync(complete, path)
}

/** Writes the file unless there is one; answers whether this call did. Of many writers exactly one does. */
export const create = async (path: string, content: string): Promise<boolean> => {
  const complete = await writeBeside(path, content)
  try {
    await Fs.promises.link(complete, path)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false
    throw cause
  } finally {
    await Fs.promises.rm(complete, { force: true })
  }
}

/** The content, or `undefined` when there is no such file. */
export const read = (path: string): string | undefined => {
  try {
    return Fs.readFileSync(path, "utf8")
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw cause
  }
}

/** The content as JSON; a file that is none counts as absent. */
export const readJson = (path: string): unknown => {
  const text = read(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Makes `path` a symbolic link to `target`, replacing the link that is there in one step. */
export const pointTo = (path: string, target: string): void => {
  const complete = beside(path)
  Fs.mkdirSync(Path.dirname(path), { recursive: true })
  Fs.symlinkSync(target, complete)
  Fs.renameSync(complete, path)
}

/** Gives a file a second name, by a hard link where the file system allows it, else by a copy. */
export const linkOrCopy = (from: string, to: string): void => {
  try {
    Fs.linkSync(from, to)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === "EEXIST") return
    if (code !== "EXDEV" && code !== "EPERM" && code !== "EMLINK") throw cause
    Fs.copyFileSync(from, to)
  }
}
