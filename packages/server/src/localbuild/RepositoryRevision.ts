/**
 * One state of a repository on disk: directory `N` with packages and metadata, and `N.json` that says what it holds and
 * which changes led to it. The link `current` decides which one counts, so a half-made revision never does.
 */
import { Advisory } from "@orch/core/farm/Advisory"
import * as UpdateInfo from "@orch/core/farm/UpdateInfo"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import { type Change, type Content, contentId, type Held as Stock } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as FileHash from "../programs/FileHash.ts"
import * as PackageHeader from "./PackageHeader.ts"
import * as Repodata from "./Repodata.ts"
import type * as RpmTool from "./RpmTool.ts"

const Held = Schema.Union([
  /** `file` is relative to the revision's directory. */
  Schema.TaggedStruct("Package", { id: Schema.String, file: Schema.String }),
  Schema.TaggedStruct("Modulemd", { id: Schema.String, text: Schema.String })
])
type Held = typeof Held.Type

export const RepositoryRevision = Schema.Struct({
  revision: Schema.Number,
  contents: Schema.Array(Held),
  /** What it tells of; absent where it tells nothing. */
  advisories: Schema.optionalKey(Schema.Array(Advisory)),
  /** Changes that were made, and the revision each led to. */
  keys: Schema.Array(Schema.Struct({ key: Schema.String, revision: Schema.Number }))
})
export interface RepositoryRevision extends Schema.Schema.Type<typeof RepositoryRevision> {}

const decode = Schema.decodeUnknownOption(RepositoryRevision)

export const directory = (store: string, revision: number): string => Path.join(store, String(revision))
const manifest = (store: string, revision: number): string => Path.join(store, `${revision}.json`)
const link = (store: string): string => Path.join(store, "current")

/** The newest revision; `undefined` when there is no such repository. */
export const current = (store: string): RepositoryRevision | undefined => {
  let name: string
  try {
    name = Fs.readlinkSync(link(store))
  } catch {
    return undefined
  }
  return Option.getOrUndefined(decode(AtomicFile.readJson(manifest(store, Number(name)))))
}

const pathOf = (location: string): string | undefined => {
  try {
    return location.startsWith("file:") ? fileURLToPath(location) : Path.isAbsolute(location) ? location : undefined
  } catch {
    return undefined
  }
}

const fileProblem = async (content: Extract<Content, { _tag: "Package" }>): Promise<string | undefined> => {
  const path = pathOf(content.location)
  if (path === undefined) {
    return `${content.nevra}: ${content.location} is not a file of this machine, which is all that a directory can hold`
  }
  if (Fs.statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return `${content.nevra}: there is no file ${content.location}`
  }
  if (content.sha256 === undefined) return undefined
  const found = await FileHash.sha256(path)
  return found === content.sha256
    ? undefined
    : `${content.nevra}: ${content.location} has sha256 ${found} and not ${content.sha256}`
}

/** What cannot be taken, and why; or when each package was built, in Unix seconds by its identity. */
export type Inspection = { readonly problem: string } | { readonly built: ReadonlyMap<string, number> }

/**
 * Looks at what is to be added. A problem is a file that is not there, was changed, or is another package than was said.
 * Fails when rpm is missing or does not end.
 */
export const inspect = Effect.fnUntraced(function*(
  contents: ReadonlyArray<Content>
): Effect.fn.Return<Inspection, RpmTool.RpmToolError> {
  const packages = contents.filter((content) => content._tag === "Package")
  const built = new Map<string, number>()
  for (const content of packages) {
    const problem = yield* Effect.promise(() => fileProblem(content))
    if (problem !== undefined) return { problem }
  }
  const headers = yield* Effect.forEach(
    packages,
    (content) => Effect.result(PackageHeader.read(pathOf(content.location)!)),
    { concurrency: 4 }
  )
  for (const [index, content] of packages.entries()) {
    const asked = headers[index]!
    if (asked._tag === "Failure" && asked.failure.reason !== "failed") return yield* asked.failure
    const found = asked._tag === "Success" ? asked.success.nevra : "no package"
    if (found !== content.nevra) return { problem: `${content.nevra}: ${content.location} is ${found}` }
    if (asked._tag === "Success") built.set(content.nevra, asked.success.built)
  }
  return { built }
})

interface Source {
  readonly path: string
  /** Unix seconds. */
  readonly built: number
}

/**
 * Puts a package where it belongs, as old as its build, since metadata names that age: by a further name where the file is
 * that old, as those of the local farm are, else by a copy.
 */
const place = ({ built, path }: Source, to: string): void => {
  if (Math.floor(Fs.statSync(path).mtimeMs / 1000) === built) return AtomicFile.linkOrCopy(Fs.realpathSync(path), to)
  Fs.copyFileSync(path, to, Fs.constants.COPYFILE_FICLONE)
  Fs.utimesSync(to, built, built)
}

/** Writes a revision and makes it the current one. Only under the repository's lock. */
const write = Effect.fnUntraced(function*(
  store: string,
  next: RepositoryRevision,
  previous: number | undefined,
  sources: ReadonlyMap<string, Source>
) {
  const work = `${directory(store, next.revision)}.work`
  Fs.rmSync(work, { recursive: true, force: true })
  Fs.mkdirSync(work, { recursive: true })
  const before = previous === undefined ? undefined : directory(store, previous)
  const modules: Array<string> = []
  let isReplaced = false
  for (const held of next.contents) {
    if (held._tag === "Modulemd") {
      modules.push(held.text.startsWith("---") ? held.text : `---\n${held.text}`)
      continue
    }
    const to = Path.join(work, held.file)
    Fs.mkdirSync(Path.dirname(to), { recursive: true })
    const source = sources.get(held.id)
    if (source === undefined) AtomicFile.linkOrCopy(Path.join(before ?? "", held.file), to)
    else place(source, to)
    isReplaced ||= source !== undefined && before !== undefined && Fs.existsSync(Path.join(before, held.file))
  }
  const text = modules.sort().map((document) => document.endsWith("\n") ? document : `${document}\n`).join("")
  // A signed package is as large and as old as the unsigned one: metadata of before would be taken over for it.
  yield* Repodata.create(work, isReplaced ? undefined : before, {
    modules: text === "" ? undefined : text,
    updates: next.advisories === undefined ? undefined : UpdateInfo.write(next.advisories)
  })
  const target = directory(store, next.revision)
  Fs.rmSync(target, { recursive: true, force: true })
  Fs.renameSync(work, target)
  yield* Effect.promise(() => AtomicFile.write(manifest(store, next.revision), JSON.stringify(next)))
  AtomicFile.pointTo(link(store), String(next.revision))
})

/**
 * The metadata of that name in a revision that is still there: a reader that read the index just before another was
 * published looks for what that one named. `undefined` when there is none.
 */
export const formerMetadata = (store: string, name: string): string | undefined => {
  // The index says what readers are to see; only what an index named by its checksum may be of an earlier one.
  if (!/^[0-9a-f]{64}-/.test(name)) return undefined
  const revisions = Fs.existsSync(store) ? Fs.readdirSync(store).filter((entry) => /^\d+$/.test(entry)) : []
  return revisions.sort((a, b) => Number(b) - Number(a)).map((entry) => Path.join(store, entry, "repodata", name))
    .find((path) => Fs.existsSync(path))
}

/** Makes an empty repository. */
export const begin = (store: string): Effect.Effect<void, RpmTool.RpmToolError> =>
  write(store, { revision: 0, contents: [], keys: [] }, undefined, new Map())

/** `Packages/d/demo-1-1.noarch.rpm`, as distributions lay their repositories out. */
const fileOf = (nevra: string): string => {
  const name = `${nevra.replace(/-\d+:/, "-")}.rpm`
  return Path.posix.join("Packages", name[0]!.toLowerCase(), name)
}

/** A change that was found without problem, and when its packages were built. */
export interface Inspected {
  readonly change: Change
  readonly built: ReadonlyMap<string, number>
}

/** Makes the next revision by changes, one after the other; answers its number. */
export const append = Effect.fnUntraced(function*(
  store: string,
  now: RepositoryRevision,
  changes: ReadonlyArray<Inspected>
) {
  const contents = new Map(now.contents.map((held) => [held.id, held]))
  const sources = new Map<string, Source>()
  for (const { built, change } of changes) {
    for (const id of change.remove) {
      contents.delete(id)
      sources.delete(id)
    }
    for (const content of change.add) {
      const id = contentId(content)
      const held: Held = content._tag === "Package"
        ? { _tag: "Package", id, file: fileOf(content.nevra) }
        : { _tag: "Modulemd", id, text: content.text }
      contents.set(id, held)
      if (content._tag === "Package") sources.set(id, { path: pathOf(content.location)!, built: built.get(id) ?? 0 })
    }
  }
  const revision = now.revision + 1
  const keys = [...now.keys, ...changes.map(({ change }) => ({ key: change.key, revision }))]
  const told = changes.flatMap(({ change }) => change.advisories ?? [])
  const advisories = new Map([...now.advisories ?? [], ...told].map((one) => [one.erratum.id, one]))
  const next = {
    revision,
    contents: [...contents.values()],
    keys,
    ...(advisories.size === 0 ? {} : { advisories: [...advisories.values()] })
  }
  yield* write(store, next, now.revision, sources)
  return revision
})

/** A revision by its number; `undefined` where it is no longer there. */
export const at = (store: string, revision: number): RepositoryRevision | undefined =>
  Number.isInteger(revision) && revision >= 0 && Fs.existsSync(directory(store, revision))
    ? Option.getOrUndefined(decode(AtomicFile.readJson(manifest(store, revision))))
    : undefined

/** Makes the next revision hold what an earlier one holds; answers its number. */
export const restore = Effect.fnUntraced(function*(
  store: string,
  now: RepositoryRevision,
  earlier: RepositoryRevision,
  key: string
) {
  const revision = now.revision + 1
  const next = {
    revision,
    contents: earlier.contents,
    keys: [...now.keys, { key, revision }],
    ...(earlier.advisories === undefined ? {} : { advisories: earlier.advisories })
  }
  yield* write(store, next, earlier.revision, new Map())
  return revision
})

/** Removes revisions up to a number, but not the one that readers see. */
export const prune = (store: string, upTo: number, published: number | undefined): void => {
  for (const name of Fs.readdirSync(store)) {
    const revision = /^(\d+)(\.json)?$/.exec(name)?.[1]
    if (revision === undefined || Number(revision) > upTo || Number(revision) === published) continue
    Fs.rmSync(Path.join(store, name), { recursive: true, force: true })
  }
}

const artifactsOf = (text: string): ReadonlyArray<string> =>
  Modulemd.read(text).documents.flatMap((one) => Upgrade.toStream(one)?.artifacts.rpms ?? [])

/** What a revision holds, with what its metadata says of packages. */
export const inventory = (store: string, { contents, revision }: RepositoryRevision): ReadonlyArray<Stock> => {
  const listed = new Map(Repodata.listed(directory(store, revision)).map((one) => [one.nevra, one]))
  return contents.map((one): Stock => {
    if (one._tag === "Modulemd") return { id: one.id, artifacts: artifactsOf(one.text) }
    const found = listed.get(one.id)
    return found === undefined ? { id: one.id } : {
      id: one.id,
      ...(found.sha256 === undefined ? {} : { sha256: found.sha256 }),
      requires: found.requires,
      provides: found.provides
    }
  }).sort((a, b) => a.id < b.id ? -1 : 1)
}
