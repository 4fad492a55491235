/**
 * Bounds what a build writes: its tree, the files that it removed while they are open, and through the file system's free
 * space also what neither shows.
 *
 * Asking for the free space costs nothing, walking a tree does; so it is walked when the disk has become fuller by a good part
 * of what the build may still write, and now and then.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as ProcessTree from "../programs/ProcessTree.ts"

export interface DiskWatch {
  /** Looks now; answers what is wrong, for people, or `undefined`. */
  readonly check: () => string | undefined
}

export interface Options {
  readonly tree: string
  readonly maxBytes: number
}

const mebibyte = 1024 * 1024
/** Builds stop when less is left, whoever took it: the server beside them has to write, too. */
const reserveBytes = 256 * mebibyte
const maxEntries = 4_000_000
const walkMillis = 10_000

interface Use {
  readonly bytes: number
  readonly entries: number
}

/** What a tree takes on the disk; folders that may not be read count as empty. */
const use = (tree: string): Use => {
  let bytes = 0
  let entries = 0
  const next = [tree]
  for (let folder = next.pop(); folder !== undefined; folder = next.pop()) {
    let names: ReadonlyArray<string>
    try {
      names = Fs.readdirSync(folder)
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      if (code === "ENAMETOOLONG") return { bytes, entries: Number.POSITIVE_INFINITY }
      continue
    }
    for (const name of names) {
      const path = Path.join(folder, name)
      let stat: Fs.Stats | undefined
      try {
        stat = Fs.lstatSync(path, { throwIfNoEntry: false })
      } catch {
        return { bytes, entries: Number.POSITIVE_INFINITY }
      }
      if (stat === undefined) continue
      entries += 1
      bytes += stat.blocks * 512
      if (stat.isDirectory()) next.push(path)
      if (entries > maxEntries) return { bytes, entries }
    }
  }
  return { bytes, entries }
}

const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`

/** A watch over one tree, from now on. */
export const make = ({ maxBytes, tree }: Options): DiskWatch => {
  let walkedAt = Number.NEGATIVE_INFINITY
  let freeThen = 0
  let allowance = 0
  const check = (): string | undefined => {
    const { bavail, bsize, blocks, ffree, files } = Fs.statfsSync(tree)
    const free = bavail * bsize
    const reserve = Math.min(reserveBytes, (blocks * bsize) / 100)
    if (free < reserve) return `the disk is full: less than ${inMebibytes(reserve)} are left for the server`
    if (files > 0 && ffree < 1_000) return "the disk is full: it can hold no more files"
    const grown = freeThen - free
    if (performance.now() - walkedAt < walkMillis && grown < Math.max(16 * mebibyte, allowance / 4)) return undefined
    const { bytes: inTree, entries } = use(tree)
    const bytes = inTree + ProcessTree.removedButOpen(process.pid)
    walkedAt = performance.now()
    freeThen = free
    const limit = Math.min(maxBytes, bytes + free / 2)
    allowance = limit - bytes
    if (entries === Number.POSITIVE_INFINITY) return "its tree is deeper than can be looked at"
    if (entries > maxEntries) return `its tree has more than ${maxEntries} files`
    if (bytes > maxBytes) return `its tree is larger than ${inMebibytes(maxBytes)}`
    return bytes > free ? `its tree of ${inMebibytes(bytes)} is larger than what is left on the disk` : undefined
  }
  return { check }
}
