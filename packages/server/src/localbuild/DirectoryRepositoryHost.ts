/**
 * Publishes repositories as directories that a web server or `dnf` reads: the embedded default repository host.
 *
 * Each change makes a complete new revision beside the old ones, sharing the files of packages by hard links, and then
 * moves a link. What readers see is another link, moved by `publish`, so they have either the old state or the new.
 */
import type { Change, Interface, Prepared, Publication, Repository, Staging } from "@orch/core/ports/RepositoryHost"
import { RepositoryHost, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as SharedLock from "../programs/SharedLock.ts"
import * as RepositoryRevision from "./RepositoryRevision.ts"
import type { RpmToolError } from "./RpmTool.ts"
import * as TogetherUnderLock from "./TogetherUnderLock.ts"

export interface Options {
  /** What readers see is in `repositories` below it; the revisions are in `repository-revisions`. */
  readonly dataDir: string
  /** Where `/repositories/` is found by readers, without a slash at the end; a path below this server's root by default. */
  readonly baseUrl?: string | undefined
}

export const layer = (options: Options): Layer.Layer<RepositoryHost> =>
  Layer.effect(RepositoryHost, Effect.sync(() => make(options)))

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/

const isName = (name: string): boolean =>
  name.length <= 1000 && nameForm.test(name) && name.split("/").every((part) => part.length <= 200)

/** Bytes that file systems take for one name, 255, less those of `.lock.holder`. */
const longestFolder = 243

/** What a repository's folder is called: a name too long for that ends in its hash, behind a character that no other has. */
const folderOf = (name: string): string => {
  const folder = encodeURIComponent(name)
  return folder.length <= longestFolder
    ? folder
    : `${folder.slice(0, longestFolder - 65)}=${Crypto.createHash("sha256").update(name).digest("hex")}`
}

const storeOf = (dataDir: string, name: string): string => Path.resolve(dataDir, "repository-revisions", folderOf(name))

/**
 * For a path below `repositories` where there is no file: the file that a reader means who read the index of a repository
 * just before another state was published; `undefined` when the path is no metadata, or too old.
 */
export const formerMetadata = (dataDir: string, path: string): string | undefined => {
  const [, name, file] = /^(.+)\/repodata\/([^/]+)$/.exec(path) ?? []
  return name === undefined || file === undefined || !isName(name)
    ? undefined
    : RepositoryRevision.formerMetadata(storeOf(dataDir, name), file)
}

/** Changes that become one revision: what is asked for while another is made. */
const mostChanges = 64

/** Revisions that stay: the newest, the one before for readers in the middle of it, and what is published. */
const kept = 2

export const make = (options: Options): Interface => {
  const published = Path.resolve(options.dataDir, "repositories")
  const revisions = Path.resolve(options.dataDir, "repository-revisions")
  for (const directory of [published, revisions]) Fs.mkdirSync(directory, { recursive: true })

  const together = TogetherUnderLock.make<Change, Repository, RepositoryHostError | RpmToolError>(mostChanges)

  const linkOf = (name: string): string => Path.join(published, ...name.split("/"))

  const fail = (operation: string, reason: RepositoryHostError["reason"], message: string) =>
    new RepositoryHostError({ reason, operation, message })

  const locked = <A>(
    operation: string,
    name: string,
    use: Effect.Effect<A, RepositoryHostError | RpmToolError>
  ): Effect.Effect<A, RepositoryHostError> => {
    if (!isName(name)) {
      const shown = JSON.stringify(name.slice(0, 100))
      return Effect.fail(
        fail(operation, "rejected", `${shown} is no repository name: parts of A-Z a-z 0-9 . _ - + by '/'`)
      )
    }
    return SharedLock.withLock({
      path: `${storeOf(options.dataDir, name)}.lock`,
      waitMillis: 120_000,
      onTimeout: () => fail(operation, "unreachable", `another process has been changing ${name} for 120 s`)
    }, use).pipe(
      Effect.catchTag(
        "RpmToolError",
        ({ message, reason }) => Effect.fail(fail(operation, reason === "missing" ? "refused" : "unreachable", message))
      ),
      // A full or broken disk: the state is as it was before, and the next attempt may succeed.
      Effect.catchDefect((cause) => Effect.fail(fail(operation, "unreachable", `${name}: ${String(cause)}`)))
    )
  }

  const current = (operation: string, name: string) =>
    Effect.suspend(() => {
      const found = RepositoryRevision.current(storeOf(options.dataDir, name))
      return found === undefined
        ? Effect.fail(fail(operation, "gone", `there is no repository ${name}`))
        : Effect.succeed(found)
    })

  const publishedRevision = (name: string): number | undefined => {
    try {
      return Number(Path.basename(Fs.readlinkSync(linkOf(name))))
    } catch {
      return undefined
    }
  }

  /** Makes one revision by all changes that are not made yet; one that cannot be made keeps no other from it. */
  const changeAll = Effect.fnUntraced(function*(name: string, wanted: ReadonlyArray<Change>) {
    const now = yield* current("change", name)
    const revisions = new Map(now.keys.map(({ key, revision }) => [key, revision]))
    const problems = new Map<Change, string>()
    const good = new Map<string, RepositoryRevision.Inspected>()
    for (const change of wanted) {
      if (revisions.has(change.key) || good.has(change.key)) continue
      const seen = yield* RepositoryRevision.inspect(change.add)
      if ("problem" in seen) problems.set(change, seen.problem)
      else good.set(change.key, { change, built: seen.built })
    }
    if (good.size > 0) {
      const revision = yield* RepositoryRevision.append(storeOf(options.dataDir, name), now, [...good.values()])
      RepositoryRevision.prune(storeOf(options.dataDir, name), revision - kept, publishedRevision(name))
      for (const key of good.keys()) revisions.set(key, revision)
    }
    return wanted.map((change): Effect.Effect<Repository, RepositoryHostError> => {
      const problem = problems.get(change)
      return problem === undefined
        ? Effect.succeed({ name, revision: revisions.get(change.key)! })
        : Effect.fail(fail("change", "rejected", problem))
    })
  })

  /** A repository cannot lie inside of another: its path would lead into that one's revision. */
  const findConflict = (name: string): string | undefined => {
    const parts = name.split("/")
    for (let length = 1; length < parts.length; length++) {
      const above = parts.slice(0, length).join("/")
      const stat = Fs.lstatSync(linkOf(above), { throwIfNoEntry: false })
      if (stat !== undefined && !stat.isDirectory()) {
        return `there is a repository ${above}, and none can lie inside of it`
      }
    }
    const own = Fs.lstatSync(linkOf(name), { throwIfNoEntry: false })
    return own?.isDirectory() === true ? `there are repositories inside of ${name}` : undefined
  }

  const pointTo = Effect.fnUntraced(function*(operation: string, name: string, revision: number) {
    const conflict = findConflict(name)
    if (conflict !== undefined) return yield* fail(operation, "conflict", conflict)
    const link = linkOf(name)
    const target = RepositoryRevision.directory(storeOf(options.dataDir, name), revision)
    // Relative, so that the data directory can be moved as a whole.
    if (publishedRevision(name) !== revision) AtomicFile.pointTo(link, Path.relative(Path.dirname(link), target))
    const url = `${options.baseUrl ?? ""}/repositories/${name}/`
    return { name, revision, url, path: link } satisfies Publication
  })

  const hide = (name: string): void => {
    const link = linkOf(name)
    if (Fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true) Fs.rmSync(link)
  }

  const prepared = (name: string, revision: number): Prepared => ({ name, revision, reference: String(revision) })

  /** A revision is whole when it counts, so being ready is what each of them is. */
  const staging: Staging = {
    prepare: Effect.fn("DirectoryRepositoryHost.prepare")((name: string) =>
      locked("prepare", name, Effect.map(current("prepare", name), ({ revision }) => prepared(name, revision)))
    ),
    show: Effect.fn("DirectoryRepositoryHost.show")((ready: Prepared) =>
      locked(
        "show",
        ready.name,
        Effect.suspend(() => {
          const revision = Number(ready.reference)
          return RepositoryRevision.at(storeOf(options.dataDir, ready.name), revision) === undefined
            ? Effect.fail(fail("show", "gone", `${ready.name} has no revision ${ready.reference} any more`))
            : pointTo("show", ready.name, revision)
        })
      )
    ),
    shown: Effect.fn("DirectoryRepositoryHost.shown")((name: string) =>
      locked(
        "shown",
        name,
        Effect.sync(() => {
          const revision = publishedRevision(name)
          return revision === undefined ? undefined : prepared(name, revision)
        })
      )
    ),
    hide: Effect.fn("DirectoryRepositoryHost.hide")((name: string) =>
      locked("hide", name, Effect.sync(() => hide(name)))
    ),
    restore: Effect.fn("DirectoryRepositoryHost.restore")((name: string, revision: number, key: string) =>
      locked(
        "restore",
        name,
        Effect.gen(function*() {
          const store = storeOf(options.dataDir, name)
          const now = yield* current("restore", name)
          const done = now.keys.find((one) => one.key === key)
          if (done !== undefined) return { name, revision: done.revision }
          const earlier = RepositoryRevision.at(store, revision)
          if (earlier === undefined) {
            return yield* fail("restore", "gone", `${name} has no revision ${revision} any more`)
          }
          const next = yield* RepositoryRevision.restore(store, now, earlier, key)
          RepositoryRevision.prune(store, next - kept, publishedRevision(name))
          return { name, revision: next }
        })
      )
    )
  }

  return RepositoryHost.of({
    staging,
    ensure: Effect.fn("DirectoryRepositoryHost.ensure")((name: string) =>
      locked(
        "ensure",
        name,
        Effect.gen(function*() {
          const found = RepositoryRevision.current(storeOf(options.dataDir, name))
          if (found !== undefined) return { name, revision: found.revision }
          yield* RepositoryRevision.begin(storeOf(options.dataDir, name))
          return { name, revision: 0 }
        })
      )
    ),
    change: Effect.fn("DirectoryRepositoryHost.change")((name: string, wanted: Change) =>
      together.ask(name, wanted, (work) => locked("change", name, work), (all) => changeAll(name, all))
    ),
    publish: Effect.fn("DirectoryRepositoryHost.publish")((name: string) =>
      locked(
        "publish",
        name,
        Effect.gen(function*() {
          const { revision } = yield* current("publish", name)
          return yield* pointTo("publish", name, revision)
        })
      )
    ),
    contents: Effect.fn("DirectoryRepositoryHost.contents")((name: string) =>
      isName(name)
        ? Effect.map(current("contents", name), ({ contents }) => contents.map(({ id }) => id).sort())
        : Effect.fail(fail("contents", "rejected", `${JSON.stringify(name.slice(0, 100))} is no repository name`))
    ),
    inventory: Effect.fn("DirectoryRepositoryHost.inventory")((name: string) =>
      locked(
        "inventory",
        name,
        Effect.map(
          current("inventory", name),
          (now) => RepositoryRevision.inventory(storeOf(options.dataDir, name), now)
        )
      )
    ),
    remove: Effect.fn("DirectoryRepositoryHost.remove")((name: string) =>
      locked(
        "remove",
        name,
        Effect.sync(() => {
          hide(name)
          Fs.rmSync(storeOf(options.dataDir, name), { recursive: true, force: true })
        })
      )
    )
  })
}
