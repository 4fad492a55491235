/**
 * The files of an embedded database in memory, taken from a snapshot without copying it: databases share the bytes of each file until they
 * write to it. Unpacked in the usual way, each would copy 48 MB four times, which is most of what making it takes.
 *
 * This knows how Emscripten keeps files in memory (`MEMFS`: `contents` and `usedBytes` of a node), as in the version of PGlite that is
 * installed.
 */
import type { MemoryFS } from "@electric-sql/pglite"
import type { Entry } from "./EmbeddedSnapshot.ts"

type Options = Parameters<MemoryFS["init"]>[1]
type Module = Parameters<NonNullable<Options["preRun"]>[number]>[0]

interface Stream {
  readonly node: Node
}

/** What a file does when it is written to, also by way of memory that stands for it. */
interface Writing {
  readonly write: (stream: Stream, ...rest: ReadonlyArray<unknown>) => number
  readonly msync: (stream: Stream, ...rest: ReadonlyArray<unknown>) => number
}

interface Node {
  readonly node_ops: {
    readonly mknod: (parent: Node, name: string, mode: number, device: number) => Node
  }
  stream_ops: Writing
  contents: Uint8Array
  usedBytes: number
}

/** Where PGlite has its database. */
const root = "/pglite/data"

const directory = 0o040700
const file = 0o100600

/** Lays the entries below `root`; what is written to a file that has its bytes from `shared` has its own first. */
const lay = (module: Module, entries: ReadonlyArray<Entry>, shared: ArrayBufferLike): void => {
  module.FS.mkdirTree(root, 0o700)
  const nodes = new Map([["", module.FS.lookupPath(root, {}).node as unknown as Node]])
  const own = ({ node }: Stream): void => {
    if (node.contents.buffer === shared) node.contents = new Uint8Array(node.contents)
  }
  let writing: Writing | undefined
  const copying = (ops: Writing): Writing => ({
    ...ops,
    write: (stream, ...rest) => {
      own(stream)
      return ops.write(stream, ...rest)
    },
    msync: (stream, ...rest) => {
      own(stream)
      return ops.msync(stream, ...rest)
    }
  })
  const nodeOf = (path: string): Node => {
    const known = nodes.get(path)
    if (known !== undefined) return known
    const made = make(path, directory)
    nodes.set(path, made)
    return made
  }
  const make = (path: string, mode: number): Node => {
    const at = path.lastIndexOf("/")
    const parent = nodeOf(at < 0 ? "" : path.slice(0, at))
    return parent.node_ops.mknod(parent, path.slice(at + 1), mode, 0)
  }
  for (const { bytes, name } of entries) {
    if (bytes === undefined) {
      nodeOf(name)
      continue
    }
    const node = make(name, file)
    // Not as a `Buffer`, whose `slice` is no copy.
    node.contents = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    node.usedBytes = bytes.length
    node.stream_ops = writing ??= copying(node.stream_ops)
  }
}

/** Makes `files` those of one database that begins with these entries, whose bytes are all of one buffer and never change. */
export const make = (files: MemoryFS, entries: ReadonlyArray<Entry>): MemoryFS => {
  const shared = entries.find(({ bytes }) => bytes !== undefined)?.bytes?.buffer
  const init = files.init.bind(files)
  return Object.assign(files, {
    init: async (pg: Parameters<MemoryFS["init"]>[0], options: Options) => {
      const { emscriptenOpts } = await init(pg, options)
      const preRun = [...emscriptenOpts.preRun ?? [], (module: Module) => {
        if (shared !== undefined) lay(module, entries, shared)
      }]
      return { emscriptenOpts: { ...emscriptenOpts, preRun } }
    }
  })
}
