/**
 * A `RepositoryHost` on chacra: the worked example of a storage adapter.
 *
 * chacra has files and, beside them, repositories made from all files of a place; it has no revisions, no transactions and no
 * module metadata. So this adapter keeps a book: a small JSON file, itself stored in chacra, that says what a repository holds and
 * which changes were made. Writing the book is what commits a change; `publish` makes chacra's files agree with it and asks for
 * a rebuild. Module metadata is kept in the book and shown in the repository's `extra`, where clients of chacra look.
 *
 * The project must be configured with `automatic: False`, so that nothing is seen before it is published (Ceph's is), and one
 * process at a time may change a repository: chacra offers nothing to lock with.
 */
import {
  type Content,
  contentId,
  type Interface,
  RepositoryHost,
  RepositoryHostError
} from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { createHash } from "node:crypto"
import { openAsBlob } from "node:fs"
import { basename } from "node:path"
import * as Chacra from "./ChacraApi.ts"

/** Where chacra keeps a repository: the segments of its paths. */
export interface Place {
  readonly ref: string
  readonly sha1: string
  readonly distro: string
  readonly version: string
  readonly flavor: string
}

export interface Options extends Chacra.Connection {
  readonly project: string
  /** Project that holds the books; `PROJECT-book` unless told. */
  readonly bookProject?: string
  /** Different names must have different places. */
  readonly place: (name: string) => Place
  /** Milliseconds between two looks at a repository that is being rebuilt, and how long to wait altogether. */
  readonly pollMillis: number
  readonly rebuildMillis: number
}

type Entry =
  | { readonly kind: "package"; readonly arch: string; readonly file: string; readonly sha512: string }
  | { readonly kind: "modulemd"; readonly text: string }

interface Book {
  readonly revision: number
  readonly keys: ReadonlyArray<string>
  readonly contents: { readonly [id: string]: Entry }
}

const validName = /^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/

const refuse = (operation: string, message: string, cause?: unknown) =>
  new RepositoryHostError({ reason: "rejected", operation, message, cause })

/** chacra's directory for an architecture: source packages lie under `source`. */
const archOf = (nevra: string): string => {
  const arch = nevra.slice(nevra.lastIndexOf(".") + 1)
  return arch === "src" || arch === "nosrc" ? "source" : arch
}

const sha512 = async (content: Blob): Promise<string> => {
  const hash = createHash("sha512")
  for await (const chunk of content.stream()) hash.update(chunk)
  return hash.digest("hex")
}

/** The file a package is in: a path on this machine, or an address. */
const open = async (location: string): Promise<Blob> => {
  if (!/^https?:/.test(location)) return openAsBlob(location)
  const response = await fetch(location)
  if (!response.ok) throw new Error(`${location} answered ${response.status}`)
  return response.blob()
}

const paths = ({ bookProject, place, project }: Options, name: string) => {
  const { distro, flavor, ref, sha1, version } = place(name)
  const at = [ref, sha1, distro, version].map(encodeURIComponent).join("/")
  const flavored = `flavors/${encodeURIComponent(flavor)}/`
  const book = `/binaries/${bookProject ?? `${project}-book`}/${at}/noarch/${flavored}`
  return {
    book,
    bookFile: `${book}book.json/`,
    archs: `/binaries/${project}/${at}/`,
    binaries: (arch: string) => `/binaries/${project}/${at}/${encodeURIComponent(arch)}/${flavored}`,
    repo: `/repos/${project}/${at}/${flavored}`,
    files: `/r/${project}/${at}/${flavored}`
  }
}

interface Upload {
  readonly entry: Entry & { readonly kind: "package" }
  readonly content: Blob
}

/** Opens and sums everything a change brings, so that what cannot be read refuses the change before anything is sent. */
const prepare = (
  content: Content
): Effect.Effect<readonly [string, Entry, Upload | undefined], RepositoryHostError> => {
  if (content._tag === "Modulemd") {
    return Effect.succeed([content.id, { kind: "modulemd", text: content.text }, undefined])
  }
  return Effect.tryPromise({
    try: async () => {
      const blob = await open(content.location)
      const file = basename(content.location)
      const entry: Entry = { kind: "package", arch: archOf(content.nevra), file, sha512: await sha512(blob) }
      return [contentId(content), entry, { entry, content: blob }] as const
    },
    catch: (cause) => refuse("change", `the file of ${content.nevra} cannot be read: ${content.location}`, cause)
  })
}

export const make = (options: Options): Interface => {
  const turns = new Map<string, Semaphore.Semaphore>()
  /** One change at a time for a name. */
  const inTurn = <A>(operation: string, name: string, effect: Effect.Effect<A, RepositoryHostError>) =>
    Effect.suspend(() => {
      if (!validName.test(name)) return Effect.fail(refuse(operation, `"${name}" is no repository name`))
      const turn = turns.get(name) ?? Semaphore.makeUnsafe(1)
      turns.set(name, turn)
      return turn.withPermit(effect)
    })

  const readBook = (name: string) => Chacra.read<Book>(options, "read the book", paths(options, name).bookFile)

  const existing = (operation: string, name: string) =>
    Effect.flatMap(readBook(name), (book) =>
      book === undefined
        ? Effect.fail(new RepositoryHostError({ reason: "gone", operation, message: `there is no repository ${name}` }))
        : Effect.succeed(book))

  const writeBook = (name: string, book: Book) =>
    Chacra.upload(options, paths(options, name).book, "book.json", new Blob([JSON.stringify(book)]))

  const listed = (name: string, arch: string) =>
    Effect.map(
      Chacra.read<{ readonly [file: string]: Chacra.Binary }>(
        options,
        "list files",
        paths(options, name).binaries(arch)
      ),
      (files) => files ?? {}
    )

  /** Uploads unless it is there already; what arrives changed is deleted and sent once more. */
  const ensureUploaded = Effect.fnUntraced(function*(name: string, { content, entry }: Upload) {
    const directory = paths(options, name).binaries(entry.arch)
    for (let attempt = 0; attempt < 2; attempt++) {
      if ((yield* listed(name, entry.arch))[entry.file]?.checksum === entry.sha512) return
      if (attempt > 0) yield* Chacra.remove(options, `${directory}${encodeURIComponent(entry.file)}/`)
      yield* Chacra.upload(options, directory, entry.file, content)
    }
    if ((yield* listed(name, entry.arch))[entry.file]?.checksum === entry.sha512) return
    return yield* new RepositoryHostError({
      reason: "unreachable",
      operation: "change",
      message: `${entry.file} arrived with another checksum twice`
    })
  })

  const packagesOf = (book: Book) => Object.values(book.contents).filter((entry) => entry.kind === "package")

  /** Deletes files the book does not have: of packages that were removed, and of changes that came to nothing. */
  const sweep = Effect.fnUntraced(function*(name: string, book: Book) {
    const archs = yield* Chacra.read<{ readonly [arch: string]: unknown }>(
      options,
      "list archs",
      paths(options, name).archs
    )
    const kept = new Set(packagesOf(book).map((entry) => `${entry.arch}/${entry.file}`))
    let swept = 0
    for (const arch of Object.keys(archs ?? {})) {
      for (const file of Object.keys(yield* listed(name, arch))) {
        if (kept.has(`${arch}/${file}`)) continue
        yield* Chacra.remove(options, `${paths(options, name).binaries(arch)}${encodeURIComponent(file)}/`)
        swept++
      }
    }
    return swept
  })

  const readRepo = (name: string) => Chacra.read<Chacra.Repo>(options, "read the repository", paths(options, name).repo)

  const settled = (repo: Chacra.Repo | undefined): repo is Chacra.Repo =>
    repo !== undefined && !repo.needs_update && !repo.is_queued && !repo.is_updating && repo.path !== null

  const rebuild = Effect.fnUntraced(function*(name: string, extra: unknown) {
    const { repo } = paths(options, name)
    yield* Chacra.postJson(options, "attach metadata", `${repo}extra/`, extra)
    yield* Chacra.postJson(options, "ask for a rebuild", `${repo}update/`, {})
    const looks = Math.ceil(options.rebuildMillis / options.pollMillis)
    for (let look = 0; look < looks; look++) {
      if (settled(yield* readRepo(name))) return
      yield* Effect.sleep(options.pollMillis)
    }
    return yield* new RepositoryHostError({
      reason: "unreachable",
      operation: "publish",
      message: `chacra did not rebuild ${name} within ${options.rebuildMillis} ms`
    })
  })

  const publishedRevision = (repo: Chacra.Repo | undefined): unknown =>
    (repo?.extra as { readonly orch?: { readonly revision?: unknown } } | null | undefined)?.orch?.revision

  return {
    ensure: (name) =>
      inTurn(
        "ensure",
        name,
        Effect.gen(function*() {
          const book = yield* readBook(name)
          if (book === undefined) yield* writeBook(name, { revision: 0, keys: [], contents: {} })
          return { name, revision: book?.revision ?? 0 }
        })
      ),
    change: (name, { add, key, remove }) =>
      inTurn(
        "change",
        name,
        Effect.gen(function*() {
          const book = yield* existing("change", name)
          if (book.keys.includes(key)) return { name, revision: book.revision }
          const prepared = yield* Effect.forEach(add, prepare)
          for (const [, , upload] of prepared) if (upload !== undefined) yield* ensureUploaded(name, upload)
          const kept = Object.entries(book.contents).filter(([id]) => !remove.includes(id))
          const contents = Object.fromEntries([...kept, ...prepared.map(([id, entry]) => [id, entry] as const)])
          const revision = book.revision + 1
          yield* writeBook(name, { revision, keys: [...book.keys, key], contents })
          return { name, revision }
        })
      ),
    publish: (name) =>
      inTurn(
        "publish",
        name,
        Effect.gen(function*() {
          const book = yield* existing("publish", name)
          const swept = yield* sweep(name, book)
          const repo = yield* readRepo(name)
          const upToDate = swept === 0 && settled(repo) && publishedRevision(repo) === book.revision
          if (packagesOf(book).length > 0 && !upToDate) {
            const modules = Object.entries(book.contents).flatMap(([id, entry]) =>
              entry.kind === "modulemd" ? [{ id, text: entry.text }] : []
            )
            yield* rebuild(name, { orch: { revision: book.revision, modules } })
          }
          return { name, revision: book.revision, url: `${options.url}${paths(options, name).files}`, path: undefined }
        })
      ),
    contents: (name) =>
      inTurn("contents", name, Effect.map(existing("contents", name), (book) => Object.keys(book.contents).sort())),
    remove: (name) =>
      inTurn(
        "remove",
        name,
        Effect.gen(function*() {
          if ((yield* readBook(name)) === undefined) return
          yield* sweep(name, { revision: 0, keys: [], contents: {} })
          yield* Chacra.remove(options, paths(options, name).bookFile)
        })
      )
  }
}

export const layer = (options: Options): Layer.Layer<RepositoryHost> => Layer.succeed(RepositoryHost, make(options))
