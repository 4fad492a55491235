/**
 * The bytes of an input: a path or `-` for standard input, decompressed by what they are, or else by how they are named.
 *
 * Files are read at once and not as streams, and modules of Node.js are not imported but asked for, because both cost more than
 * a small file does. gzip and zstd come with Node.js; xz and bzip2 are loaded only when a file needs them, so that they cost no start-up.
 */
/** An input that cannot be read; `message` says which and why. */
export class InputProblem {
  readonly file: string
  readonly message: string

  constructor(file: string, message: string) {
    this.file = file
    this.message = message
  }
}

/** More than this is not metadata: a bomb is stopped here. */
const maxOutput = 512 * 1024 * 1024

/** How a file is compressed. */
export type Compression = "gzip" | "zstd" | "xz" | "bzip2"

const magic: ReadonlyArray<readonly [Compression, ReadonlyArray<number>]> = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", [0x42, 0x5a, 0x68]]
]

const suffixes: Readonly<Record<string, Compression>> = {
  gz: "gzip",
  gzip: "gzip",
  zst: "zstd",
  zstd: "zstd",
  xz: "xz",
  bz2: "bzip2",
  bzip2: "bzip2"
}

/**
 * How a file is compressed, by its first bytes; the suffix only says what an input that starts with neither should have
 * been. Undefined where it is not.
 */
export const compressionOf = (file: string, bytes: Uint8Array): Compression | undefined =>
  magic.find(([, start]) => start.every((byte, i) => bytes[i] === byte))?.[0] ??
    (bytes.length === 0 ? undefined : suffixes[/\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? ""])

/**
 * Reads a file, or standard input for `-`, and decompresses it. Rejects with an `InputProblem` only, also for more than
 * 512 MiB.
 */
export const read = async (file: string): Promise<Uint8Array> => {
  let bytes: Uint8Array
  try {
    bytes = file === "-" ? await standardInput() : process.getBuiltinModule("node:fs").readFileSync(file)
  } catch (error) {
    throw new InputProblem(file, reasonOf(error))
  }
  const compression = compressionOf(file, bytes)
  if (compression === undefined) return bytes
  try {
    return await decompress(compression, bytes)
  } catch (error) {
    throw new InputProblem(file, `cannot be decompressed as ${compression}: ${reasonOf(error)}`)
  }
}

const standardInput = async (): Promise<Uint8Array> => {
  const { buffer } = await import("node:stream/consumers")
  return buffer(process.stdin)
}

const decompress = async (compression: Compression, bytes: Uint8Array): Promise<Uint8Array> => {
  switch (compression) {
    case "gzip": {
      const { gunzipSync } = await import("node:zlib")
      return gunzipSync(bytes, { maxOutputLength: maxOutput })
    }
    case "zstd": {
      const { zstdDecompressSync } = await import("node:zlib")
      return zstdDecompressSync(bytes, { maxOutputLength: maxOutput })
    }
    case "xz":
      return unxz(bytes)
    case "bzip2": {
      // Bundled, the library's old way to ask for buffers would be warned of among the problems.
      process.noDeprecation = true
      const { default: bunzip } = await import("seek-bzip")
      return bunzip.decode(Buffer.from(bytes))
    }
  }
}

const unxz = async (bytes: Uint8Array): Promise<Uint8Array> => {
  // A CommonJS bundle whose names Node.js cannot see from outside: all is in the default export.
  const { default: { XzReadableStream } } = await import("xz-decompress") as unknown as {
    default: typeof import("xz-decompress")
  }
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const chunks: Array<Uint8Array> = []
  let length = 0
  for await (const chunk of new XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxOutput) throw new Error(`more than ${maxOutput} bytes`)
    chunks.push(chunk.slice())
  }
  return Buffer.concat(chunks)
}

/** Why a file cannot be read, in words, from what the file system says. */
export const reasonOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  if (code === "ENOENT") return "no such file or directory"
  if (code === "EISDIR") return "is a directory"
  if (code === "EACCES") return "permission denied"
  return error instanceof Error ? error.message : String(error)
}
