/**
 * An embedded database as it is after its first start, in a file: to unpack it takes a fraction of the time and memory that
 * making one and taking every step of the schema takes. What is packed may be older than this program; the steps that are missing
 * are taken as always.
 *
 * The file is made when the server is built (`tooling/embedded-database.ts`) and published beside the bundles. In a checkout there is
 * none, unless somebody names one.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliDecompressSync } from "node:zlib"

/** What the file is called beside the folder of the program that was built. */
export const fileName = "embedded-database.tar.br"

const shipped = fileURLToPath(new URL(`../${fileName}`, import.meta.url))
let named: string | undefined

/** Names another file than the one that was built: a tar archive, compressed where its name ends in `.br`. */
export const use = (file: string): void => {
  named = file
}

/** The archive; `undefined` where there is none, and a database is made from nothing. */
export const read = (): Buffer | undefined => {
  const file = named ?? shipped
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  return file.endsWith(".br") ? brotliDecompressSync(bytes) : bytes
}

/** Blocks of a tar archive, in bytes. */
const block = 512

const text = (header: Buffer, from: number, length: number): string =>
  header.toString("latin1", from, from + length).replace(/\0.*$/s, "")

/** A file of the archive with its bytes, which are part of the archive's, or a directory. */
export interface Entry {
  /** The path below the database's directory, such as `base/5/1249`. */
  readonly name: string
  readonly bytes: Buffer | undefined
}

/** What the archive holds, directories mostly before what is in them. */
export const entries = (archive: Buffer): ReadonlyArray<Entry> => {
  const found: Array<Entry> = []
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block)
    const name = [text(header, 345, 155), text(header, 0, 100)].filter((part) => part !== "").join("/")
    if (name === "") break
    const size = Number.parseInt(text(header, 124, 12).trim() || "0", 8)
    const begin = at + block
    const path = name.split("/").filter((part) => part !== "" && part !== ".").join("/")
    const isDirectory = text(header, 156, 1) === "5" || name.endsWith("/")
    if (path !== "") found.push({ name: path, bytes: isDirectory ? undefined : archive.subarray(begin, begin + size) })
    at = begin + Math.ceil(size / block) * block
  }
  return found
}

/** Writes the archive's files below a directory that did not exist before. */
const extract = (archive: Buffer, directory: string): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const { bytes, name } of entries(archive)) {
    const target = join(directory, name)
    if (bytes === undefined) {
      mkdirSync(target, { recursive: true, mode: 0o700 })
      continue
    }
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    const file = openSync(target, "wx", 0o600)
    for (let written = 0; written < bytes.length;) {
      written += writeSync(file, bytes, written, bytes.length - written)
    }
    closeSync(file)
  }
}

let inMemory: { readonly file: string; readonly entries: ReadonlyArray<Entry> } | undefined

/** The entries of the archive, read once in a process: databases in memory share them. `undefined` where there is no archive. */
export const readShared = (): ReadonlyArray<Entry> | undefined => {
  const file = named ?? shipped
  if (inMemory?.file === file) return inMemory.entries
  const archive = read()
  if (archive === undefined) return undefined
  inMemory = { file, entries: entries(archive) }
  return inMemory.entries
}

/**
 * Makes the directory from the archive where it does not exist. A process that dies meanwhile leaves a directory of another name,
 * which the next one removes.
 */
export const unpack = (directory: string): void => {
  if (existsSync(directory)) return
  const archive = read()
  if (archive === undefined) return
  const unfinished = `${directory}.new`
  rmSync(unfinished, { recursive: true, force: true })
  extract(archive, unfinished)
  renameSync(unfinished, directory)
}
