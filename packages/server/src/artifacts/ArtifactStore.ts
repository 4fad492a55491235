/**
 * Files that builders and signers bring, kept by their checksum below the data directory.
 *
 * A file is either there completely or not at all. What is being uploaded is a file of its own that grows where it was left, so an
 * upload that broke goes on; one that nobody goes on with is forgotten after a day. Who began an upload goes on with it, and nobody else.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as FileHash from "../programs/FileHash.ts"

/**
 * Why an upload does not go on. `unknown`: there is no such upload. `size`: more than was announced, or than is allowed.
 * `checksum`: the file is not what was announced. `incomplete`: parts of it are missing.
 */
export class UploadRefused extends Data.TaggedError("UploadRefused")<{
  readonly reason: "unknown" | "size" | "checksum" | "incomplete"
  readonly message: string
}> {}

/** A file that is there. */
export interface Artifact {
  /** Lower-case hexadecimal digits. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
  readonly path: string
}

/** An upload under way. */
export interface Upload {
  readonly id: string
  /** Bytes the file will have. */
  readonly size: number
}

/** The store. `by` is who uploads; absent: the server itself. Uploads of others are as unknown as those that there are not. */
export interface Interface {
  /** The artifact of this checksum; `undefined` when there is none. */
  readonly find: (sha256: string) => Effect.Effect<Artifact | undefined>
  readonly begin: (size: number, by?: string) => Effect.Effect<Upload, UploadRefused>
  /** How far an upload has come: bytes from its beginning to the end of the last part that came. */
  readonly progress: (id: string, by?: string) => Effect.Effect<Upload & { readonly written: number }, UploadRefused>
  /** Writes a part at its place; writing it again changes nothing. */
  readonly write: (id: string, offset: number, bytes: Uint8Array, by?: string) => Effect.Effect<Upload, UploadRefused>
  /** Makes an artifact of an upload; safe to repeat. */
  readonly commit: (id: string, sha256: string, by?: string) => Effect.Effect<Artifact, UploadRefused>
  /** Makes an artifact of a file of this machine, which stays where it is. */
  readonly keep: (path: string) => Effect.Effect<Artifact, UploadRefused>
  /** Forgets uploads that nobody has gone on with since; how many. */
  readonly tidy: (before: number) => Effect.Effect<number>
}

/** The store of artifacts. */
export class ArtifactStore extends Context.Service<ArtifactStore, Interface>()(
  "@orch/server/artifacts/ArtifactStore"
) {}

export interface Options {
  readonly dataDir: string
  /** Bytes one file may have. */
  readonly maxBytes: number
}

const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)

/** Stands in the name of an upload for who began it. */
const markOf = (by: string): string => Crypto.createHash("sha256").update(by, "utf8").digest("hex").slice(0, 16)

const refuse = (reason: UploadRefused["reason"], message: string) => new UploadRefused({ reason, message })

export const make = ({ dataDir, maxBytes }: Options): Interface => {
  const root = Path.resolve(dataDir, "artifacts")
  const uploads = Path.join(root, "uploads")
  Fs.mkdirSync(uploads, { recursive: true, mode: 0o700 })
  const pathOf = (sha256: string): string => Path.join(root, "sha256", sha256.slice(0, 2), sha256)
  // The announced size and who began it stand in the name, so that an upload is one file.
  const partial = (id: string, by = ""): Upload & { readonly path: string } | undefined => {
    if (!isId(id)) return undefined
    const name = Fs.readdirSync(uploads).find((one) => one.startsWith(`${id}.`))
    const [, size, mark] = name?.split(".") ?? []
    // Servers before this one wrote down no mark.
    return name === undefined || (mark !== undefined && mark !== markOf(by))
      ? undefined
      : { id, size: Number(size), path: Path.join(uploads, name) }
  }
  const known = (id: string, by: string | undefined) =>
    Effect.suspend(() => {
      const found = partial(id, by)
      return found === undefined ? Effect.fail(refuse("unknown", "there is no such upload")) : Effect.succeed(found)
    })
  const find = (sha256: string): Artifact | undefined => {
    if (!isSha256(sha256)) return undefined
    const path = pathOf(sha256)
    const stat = Fs.statSync(path, { throwIfNoEntry: false })
    return stat?.isFile() === true ? { sha256, size: stat.size, path } : undefined
  }
  /** Moves a complete file to where its checksum says. */
  const settle = async (from: string, sha256: string): Promise<string> => {
    const path = pathOf(sha256)
    await Fs.promises.mkdir(Path.dirname(path), { recursive: true })
    const file = await Fs.promises.open(from, "r+")
    await file.sync()
    await file.close()
    await Fs.promises.chmod(from, 0o444)
    await Fs.promises.rename(from, path)
    return path
  }
  return ArtifactStore.of({
    find: (sha256) => Effect.sync(() => find(sha256)),
    begin: (size, by = "") =>
      Effect.suspend(() => {
        if (!Number.isSafeInteger(size) || size < 0) {
          return Effect.fail(refuse("size", "size must be a number of bytes"))
        }
        if (size > maxBytes) return Effect.fail(refuse("size", `a file may have at most ${maxBytes} bytes`))
        const id = Crypto.randomUUID()
        Fs.closeSync(Fs.openSync(Path.join(uploads, `${id}.${size}.${markOf(by)}`), "wx", 0o600))
        return Effect.succeed({ id, size })
      }),
    progress: (id, by) =>
      Effect.map(known(id, by), ({ path, size }) => ({ id, size, written: Fs.statSync(path).size })),
    write: Effect.fn("ArtifactStore.write")(function*(id, offset, bytes, by) {
      const { path, size } = yield* known(id, by)
      if (offset + bytes.length > size) {
        return yield* refuse("size", `the file was announced with ${size} bytes, and this part ends behind them`)
      }
      yield* Effect.promise(async () => {
        const file = await Fs.promises.open(path, "r+")
        try {
          await file.write(bytes, 0, bytes.length, offset)
        } finally {
          await file.close()
        }
      })
      return { id, size }
    }),
    commit: Effect.fn("ArtifactStore.commit")(function*(id, wanted, by) {
      const sha256 = wanted.toLowerCase()
      if (!isSha256(sha256)) return yield* refuse("checksum", "sha256 must be 64 hexadecimal digits")
      const upload = partial(id, by)
      if (upload === undefined) {
        // It may have been committed before, by a call whose answer was lost.
        return find(sha256) ?? (yield* refuse("unknown", "there is no such upload"))
      }
      const written = Fs.statSync(upload.path).size
      if (written !== upload.size) {
        return yield* refuse("incomplete", `${written} of ${upload.size} bytes are there`)
      }
      const actual = yield* Effect.promise(() => FileHash.sha256(upload.path))
      if (actual !== sha256) {
        return yield* refuse("checksum", `the file has sha256 ${actual} and not ${sha256}`)
      }
      const path = yield* Effect.promise(() => settle(upload.path, sha256))
      return { sha256, size: upload.size, path }
    }),
    keep: Effect.fn("ArtifactStore.keep")(function*(source) {
      const { size } = yield* Effect.promise(() => Fs.promises.stat(source))
      if (size > maxBytes) return yield* refuse("size", `a file may have at most ${maxBytes} bytes`)
      return yield* Effect.promise(async () => {
        const copy = Path.join(uploads, `${Crypto.randomUUID()}.${size}`)
        await Fs.promises.copyFile(source, copy, Fs.constants.COPYFILE_FICLONE)
        await Fs.promises.chmod(copy, 0o600)
        const sha256 = await FileHash.sha256(copy)
        return { sha256, size, path: await settle(copy, sha256) }
      })
    }),
    tidy: (before) =>
      Effect.sync(() => {
        const old = Fs.readdirSync(uploads).filter((name) =>
          (Fs.statSync(Path.join(uploads, name), { throwIfNoEntry: false })?.mtimeMs ?? before) < before
        )
        for (const name of old) Fs.rmSync(Path.join(uploads, name), { force: true })
        return old.length
      })
  })
}

/** The store below the data directory. */
export const layer = (options: Options): Layer.Layer<ArtifactStore> => Layer.sync(ArtifactStore, () => make(options))
