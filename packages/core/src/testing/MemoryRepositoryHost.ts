/** A repository host in memory: what was added, and which revision readers see. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type Change,
  contentId,
  type Interface,
  isName,
  type Publication,
  type Repository,
  RepositoryHost,
  RepositoryHostError,
  type Staging
} from "../ports/RepositoryHost.ts"

interface Stored {
  revision: number
  contents: ReadonlySet<string>
  /** Contents of each revision, by its number. */
  readonly revisions: Array<ReadonlySet<string>>
  /** The revision that readers see. */
  published: number | undefined
  /** What each key's change was answered with. */
  readonly answers: Map<string, Repository>
}

/** How a test sees what readers see. */
export interface Control {
  /** What readers of a repository see, sorted; nothing where it was never published. */
  readonly read: (name: string) => Effect.Effect<ReadonlyArray<string>>
}

/** The handle by which a test looks at what is published. */
export class MemoryReaders extends Context.Service<MemoryReaders, Control>()("@orch/core/testing/MemoryReaders") {}

const failing = (reason: RepositoryHostError["reason"], operation: string, message: string) =>
  Effect.fail(new RepositoryHostError({ reason, operation, message }))

/** Packages whose location begins so are not there. */
export const unreadable = "memory:unreadable/"

/** A repository host in memory, empty at first, and the handle to it. */
export const layer: Layer.Layer<RepositoryHost | MemoryReaders> = Layer.effectContext(Effect.sync(() => {
  const repositories = new Map<string, Stored>()
  const find = (operation: string, name: string) => {
    const found = repositories.get(name)
    return found === undefined
      ? failing("gone", operation, `there is no repository ${name}`)
      : Effect.succeed(found)
  }
  const change = (name: string, stored: Stored, { add, key, remove }: Change) => {
    const known = stored.answers.get(key)
    if (known !== undefined) return Effect.succeed(known)
    const missing = add.find((content) => content._tag === "Package" && content.location.startsWith(unreadable))
    if (missing !== undefined) return failing("rejected", "change", `${contentId(missing)} cannot be read`)
    const contents = new Set(stored.contents)
    for (const id of remove) contents.delete(id)
    for (const content of add) contents.add(contentId(content))
    return Effect.succeed(advance(name, stored, key, contents))
  }
  const advance = (name: string, stored: Stored, key: string, contents: ReadonlySet<string>): Repository => {
    stored.contents = contents
    stored.revisions.push(contents)
    const answer = { name, revision: ++stored.revision }
    stored.answers.set(key, answer)
    return answer
  }
  const publication = (name: string, revision: number): Publication => ({
    name,
    revision,
    url: `memory:/${name}/`,
    path: undefined
  })
  const staging: Staging = {
    prepare: (name) =>
      Effect.map(find("prepare", name), ({ revision }) => ({ name, revision, reference: `${name}@${revision}` })),
    show: ({ name, revision }) =>
      Effect.flatMap(find("show", name), (stored) => {
        if (stored.revisions[revision] === undefined) {
          return failing("gone", "show", `${name} has no revision ${revision}`)
        }
        stored.published = revision
        return Effect.succeed(publication(name, revision))
      }),
    shown: (name) =>
      Effect.map(
        find("shown", name),
        ({ published }) =>
          published === undefined ? undefined : { name, revision: published, reference: `${name}@${published}` }
      ),
    hide: (name) => Effect.map(find("hide", name), (stored) => void (stored.published = undefined)),
    restore: (name, revision, key) =>
      Effect.flatMap(find("restore", name), (stored) => {
        const known = stored.answers.get(key)
        if (known !== undefined) return Effect.succeed(known)
        const contents = stored.revisions[revision]
        return contents === undefined
          ? failing("gone", "restore", `${name} has no revision ${revision}`)
          : Effect.succeed(advance(name, stored, key, contents))
      })
  }
  const self: Interface = {
    staging,
    ensure: (name) =>
      Effect.suspend(() => {
        if (!isName(name)) return failing("rejected", "ensure", `"${name}" is no repository name`)
        const found = repositories.get(name) ??
          { revision: 0, contents: new Set<string>(), revisions: [new Set()], published: undefined, answers: new Map() }
        repositories.set(name, found)
        return Effect.succeed({ name, revision: found.revision })
      }),
    change: (name, wanted) => Effect.flatMap(find("change", name), (stored) => change(name, stored, wanted)),
    publish: (name) =>
      Effect.map(find("publish", name), (stored) => {
        stored.published = stored.revision
        return publication(name, stored.revision)
      }),
    contents: (name) => Effect.map(find("contents", name), ({ contents }) => [...contents].sort()),
    remove: (name) => Effect.sync(() => void repositories.delete(name))
  }
  const readers: Control = {
    read: (name) =>
      Effect.sync(() => {
        const stored = repositories.get(name)
        return [...stored?.revisions[stored.published ?? -1] ?? []].sort()
      })
  }
  return Context.make(RepositoryHost, self).pipe(Context.add(MemoryReaders, readers))
}))
