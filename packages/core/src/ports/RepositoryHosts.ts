/**
 * Several repository hosts as one: each repository is at the host whose names it has, such as one Pulp for each product line, or a Pulp beside
 * directories.
 */
import * as Effect from "effect/Effect"
import { type Held, type Interface, RepositoryHostError, type Staging } from "./RepositoryHost.ts"

/** A host, and which repositories are there. */
export interface Member {
  /** Names that begin so are there; everything for the empty text. */
  readonly prefix: string
  readonly host: Interface
}

/** What a repository holds, as much as its host tells: identities at least. */
export const inventory = (host: Interface, name: string): Effect.Effect<ReadonlyArray<Held>, RepositoryHostError> =>
  host.inventory === undefined
    ? Effect.map(host.contents(name), (ids) => ids.map((id) => ({ id })))
    : host.inventory(name)

const failing = (reason: RepositoryHostError["reason"], operation: string, message: string) =>
  Effect.fail(new RepositoryHostError({ reason, operation, message }))

/**
 * One host of several. The member with the longest prefix of a name has it; names that nobody has are `rejected`, as are releases of
 * repositories whose host keeps no publications ready. Names stay as they are.
 */
export const combine = (members: ReadonlyArray<Member>): Interface => {
  const sorted = members.toSorted((a, b) => b.prefix.length - a.prefix.length)
  const at = <A>(
    operation: string,
    name: string,
    use: (host: Interface) => Effect.Effect<A, RepositoryHostError>
  ): Effect.Effect<A, RepositoryHostError> => {
    const member = sorted.find(({ prefix }) => name.startsWith(prefix))
    return member === undefined
      ? failing("rejected", operation, `no repository host has ${JSON.stringify(name.slice(0, 100))}`)
      : use(member.host)
  }
  const staged = <A>(
    operation: string,
    name: string,
    use: (staging: Staging) => Effect.Effect<A, RepositoryHostError>
  ) =>
    at(operation, name, ({ staging }) =>
      staging === undefined
        ? failing("rejected", operation, `the host of ${name} keeps no publications ready`)
        : use(staging))
  return {
    ensure: (name) => at("ensure", name, (host) => host.ensure(name)),
    change: (name, change) => at("change", name, (host) => host.change(name, change)),
    publish: (name) => at("publish", name, (host) => host.publish(name)),
    contents: (name) => at("contents", name, (host) => host.contents(name)),
    inventory: (name) => at("inventory", name, (host) => inventory(host, name)),
    sync: (name, from) =>
      at("sync", name, (host) =>
        host.sync === undefined
          ? failing("rejected", "sync", `the host of ${name} cannot sync`)
          : host.sync(name, from)),
    remove: (name) => at("remove", name, (host) => host.remove(name)),
    staging: {
      prepare: (name) => staged("prepare", name, (staging) => staging.prepare(name)),
      show: (prepared) => staged("show", prepared.name, (staging) => staging.show(prepared)),
      shown: (name) => staged("shown", name, (staging) => staging.shown(name)),
      hide: (name) => staged("hide", name, (staging) => staging.hide(name)),
      restore: (name, revision, key) => staged("restore", name, (staging) => staging.restore(name, revision, key))
    }
  }
}
