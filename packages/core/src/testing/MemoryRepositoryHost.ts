/** A repository host in memory: what was added, and which revision readers see. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { contentId, type Interface, RepositoryHost, RepositoryHostError } from "../ports/RepositoryHost.ts"

interface Stored {
  revision: number
  readonly contents: Set<string>
  readonly keys: Set<string>
}

export const layer: Layer.Layer<RepositoryHost> = Layer.sync(RepositoryHost, () => {
  const repositories = new Map<string, Stored>()
  const find = (operation: string, name: string) => {
    const found = repositories.get(name)
    return found === undefined
      ? Effect.fail(new RepositoryHostError({ reason: "gone", operation, message: `there is no repository ${name}` }))
      : Effect.succeed(found)
  }
  const self: Interface = {
    ensure: (name) =>
      Effect.suspend(() => {
        if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/.test(name)) {
          return Effect.fail(
            new RepositoryHostError({
              reason: "rejected",
              operation: "ensure",
              message: `"${name}" is no repository name`
            })
          )
        }
        const found = repositories.get(name) ?? { revision: 0, contents: new Set(), keys: new Set() }
        repositories.set(name, found)
        return Effect.succeed({ name, revision: found.revision })
      }),
    change: (name, { add, key, remove }) =>
      Effect.map(find("change", name), (stored) => {
        if (!stored.keys.has(key)) {
          for (const id of remove) stored.contents.delete(id)
          for (const content of add) stored.contents.add(contentId(content))
          stored.keys.add(key)
          stored.revision++
        }
        return { name, revision: stored.revision }
      }),
    publish: (name) =>
      Effect.map(find("publish", name), ({ revision }) => ({
        name,
        revision,
        url: `memory:/${name}/`,
        path: undefined
      })),
    contents: (name) => Effect.map(find("contents", name), ({ contents }) => [...contents].sort()),
    remove: (name) => Effect.sync(() => void repositories.delete(name))
  }
  return self
})
