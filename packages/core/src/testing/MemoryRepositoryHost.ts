/** A repository host in memory: what was added, and which revision readers see. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type Change,
  contentId,
  type Interface,
  type Repository,
  RepositoryHost,
  RepositoryHostError
} from "../ports/RepositoryHost.ts"

interface Stored {
  revision: number
  contents: ReadonlySet<string>
  published: ReadonlySet<string>
  /** What each key's change was answered with. */
  readonly answers: Map<string, Repository>
}

export interface Control {
  /** What readers of a repository see, sorted; nothing where it was never published. */
  readonly read: (name: string) => Effect.Effect<ReadonlyArray<string>>
}

/** The handle by which a test looks at what is published. */
export class MemoryReaders extends Context.Service<MemoryReaders, Control>()("@orch/core/testing/MemoryReaders") {}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/

const failing = (reason: RepositoryHostError["reason"], operation: string, message: string) =>
  Effect.fail(new RepositoryHostError({ reason, operation, message }))

/** Packages whose location begins so are not there. */
export const unreadable = "memory:unreadable/"

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
    stored.contents = contents
    const answer = { name, revision: ++stored.revision }
    stored.answers.set(key, answer)
    return Effect.succeed(answer)
  }
  const self: Interface = {
    ensure: (name) =>
      Effect.suspend(() => {
        if (!nameForm.test(name)) return failing("rejected", "ensure", `"${name}" is no repository name`)
        const found = repositories.get(name) ??
          { revision: 0, contents: new Set<string>(), published: new Set<string>(), answers: new Map() }
        repositories.set(name, found)
        return Effect.succeed({ name, revision: found.revision })
      }),
    change: (name, wanted) => Effect.flatMap(find("change", name), (stored) => change(name, stored, wanted)),
    publish: (name) =>
      Effect.map(find("publish", name), (stored) => {
        stored.published = stored.contents
        return { name, revision: stored.revision, url: `memory:/${name}/`, path: undefined }
      }),
    contents: (name) => Effect.map(find("contents", name), ({ contents }) => [...contents].sort()),
    remove: (name) => Effect.sync(() => void repositories.delete(name))
  }
  const readers: Control = {
    read: (name) => Effect.sync(() => [...repositories.get(name)?.published ?? []].sort())
  }
  return Context.make(RepositoryHost, self).pipe(Context.add(MemoryReaders, readers))
}))
