/**
 * The promises of the `RepositoryHost` port, as tests for any implementation.
 *
 * The suite needs packages that the host can really read: a host of files gives four RPMs, one in memory anything. What
 * readers see is asked through `read`; without it, only the host's own word is checked.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  type Content,
  contentId,
  type Publication,
  RepositoryHost,
  type RepositoryHostError
} from "../ports/RepositoryHost.ts"
import * as Contract from "./Contract.ts"
import { inventoryPromises } from "./internal/repositoryInventoryPromises.ts"
import { stagingPromises } from "./internal/repositoryStagingPromises.ts"

/** The repository host under test, and content that it can take. */
export interface Options<R, E> extends Contract.Options<RepositoryHost | R, E> {
  /** Four packages of different NEVRAs that the host can read. */
  readonly packages: readonly [Content, Content, Content, Content]
  /** Metadata of one module; a small document of our own unless told. */
  readonly modulemd?: Content
  /** A package whose file is not where it is said to be, and which the host must refuse. */
  readonly unreadable?: Content
  /** Whether the host offers `staging`; its promises are left out unless told. */
  readonly staging?: boolean
  /** Identities of what readers of a publication see now. */
  readonly read?: (publication: Publication) => Effect.Effect<ReadonlyArray<string>, unknown, R>
}

/** Names that no host may take: they leave the root, hide, or are not what the port allows. */
export const invalidNames: ReadonlyArray<string> = [
  "",
  ".",
  "..",
  "../a",
  "a/../b",
  "a/..",
  "a//b",
  "/a",
  "a/",
  "a b",
  "a\nb",
  "a\0b",
  "a\\b",
  "a?b",
  "a%2fb",
  "ä",
  "~a"
]

const document: Content = {
  _tag: "Modulemd",
  id: "contract:1.0:20261121000000:c0ffee42:x86_64",
  text: `---
document: modulemd
version: 2
data:
  name: contract
  stream: "1.0"
  version: 20261121000000
  context: c0ffee42
  arch: x86_64
  summary: A module of the contract suite
  description: >-
    A module of the contract suite
  license:
    module:
    - MIT
...
`
}

const sorted = (contents: ReadonlyArray<Content>): ReadonlyArray<string> => contents.map(contentId).sort()

/** Registers the suite that every repository host is held to, under that name. */
export const repositoryHostContract = <R, E>(name: string, options: Options<R, E>): void => {
  const { packages: [a, b, c, d], read, unreadable } = options
  const modulemd = options.modulemd ?? document

  const fresh = Effect.gen(function*() {
    const host = yield* RepositoryHost
    const name = `contract/${Contract.unique("repository")}`
    return { host, name, created: yield* host.ensure(name) }
  })

  const reasonOf = <A>(effect: Effect.Effect<A, RepositoryHostError>) =>
    Effect.map(Effect.flip(effect), ({ reason }) => reason)

  const assertRead = Effect.fnUntraced(function*(publication: Publication, contents: ReadonlyArray<Content>) {
    if (read !== undefined) assert.deepStrictEqual([...yield* read(publication)].sort(), sorted(contents))
  })

  const withoutStaging = options.staging === true ? undefined : "the host is not said to offer staging"

  Contract.suite<RepositoryHost | R, E>(name, options, [
    {
      name: "ensures a repository once, however often and by however many it is asked",
      check: Effect.gen(function*() {
        const { created, host, name } = yield* fresh
        assert.strictEqual(created.name, name)
        const again = yield* Effect.forEach([1, 2, 3, 4], () => host.ensure(name), { concurrency: "unbounded" })
        for (const one of again) assert.deepStrictEqual(one, created)
        assert.deepStrictEqual(yield* host.contents(name), [])
      })
    },
    {
      name: "keeps what a repository holds when it is ensured again",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        const changed = yield* host.change(name, { key: "1", add: [a], remove: [] })
        assert.deepStrictEqual(yield* host.ensure(name), changed)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a]))
      })
    },
    {
      name: "rejects names that are none, for every operation",
      check: Effect.gen(function*() {
        const host = yield* RepositoryHost
        for (const bad of invalidNames) {
          const shown = JSON.stringify(bad)
          assert.strictEqual(yield* reasonOf(host.ensure(bad)), "rejected", shown)
          const change = host.change(bad, { key: "1", add: [a], remove: [] })
          for (const effect of [change, host.publish(bad), host.contents(bad)]) {
            assert.include(["rejected", "gone"], yield* reasonOf<unknown>(effect), shown)
          }
          yield* Effect.ignore(host.remove(bad))
        }
      })
    },
    {
      name: "takes every name that is one",
      check: Effect.gen(function*() {
        const host = yield* RepositoryHost
        const names = ["A.b_c-d+e", "1", "x/y.z/w"].map((name) => `${Contract.unique("n")}/${name}`)
        for (const name of names) assert.strictEqual((yield* host.ensure(name)).name, name)
        for (const name of names) yield* host.remove(name)
      })
    },
    {
      name: "says that a repository is not there",
      check: Effect.gen(function*() {
        const host = yield* RepositoryHost
        const name = Contract.unique("nowhere")
        assert.strictEqual(yield* reasonOf(host.change(name, { key: "1", add: [a], remove: [] })), "gone")
        assert.strictEqual(yield* reasonOf(host.publish(name)), "gone")
        assert.strictEqual(yield* reasonOf(host.contents(name)), "gone")
      })
    },
    {
      name: "adds and removes as one change, and says what it holds, sorted",
      check: Effect.gen(function*() {
        const { created, host, name } = yield* fresh
        const first = yield* host.change(name, { key: "1", add: [c, a, b], remove: [] })
        assert.isAbove(first.revision, created.revision)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b, c]))
        const second = yield* host.change(name, { key: "2", add: [d], remove: [contentId(a), contentId(c)] })
        assert.isAbove(second.revision, first.revision)
        assert.deepStrictEqual(yield* host.contents(name), sorted([b, d]))
      })
    },
    {
      name: "ignores what is to be removed and is not there",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a], remove: [contentId(b), "nothing-0:1-1.noarch"] })
        assert.deepStrictEqual(yield* host.contents(name), sorted([a]))
      })
    },
    {
      name: "holds a package once that is added twice",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a, a], remove: [] })
        yield* host.change(name, { key: "2", add: [a, b], remove: [] })
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b]))
      })
    },
    {
      name: "keeps a package that is removed and added in one change",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a], remove: [] })
        yield* host.change(name, { key: "2", add: [a], remove: [contentId(a)] })
        assert.deepStrictEqual(yield* host.contents(name), sorted([a]))
      })
    },
    {
      name: "does a change of one key once",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        const change = { key: "1", add: [a], remove: [] }
        const first = yield* host.change(name, change)
        assert.deepStrictEqual(yield* host.change(name, change), first)
        yield* host.change(name, { key: "2", add: [b], remove: [contentId(a)] })
        yield* host.change(name, change)
        assert.deepStrictEqual(yield* host.contents(name), sorted([b]))
      })
    },
    {
      name: "does a change of one key once when several ask at once",
      check: Effect.gen(function*() {
        const { created, host, name } = yield* fresh
        const change = { key: "1", add: [a, b], remove: [] }
        const answers = yield* Effect.forEach([1, 2, 3, 4], () => host.change(name, change), {
          concurrency: "unbounded"
        })
        for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
        assert.isAbove(answers[0]!.revision, created.revision)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b]))
      })
    },
    {
      name: "loses no change when several come at once",
      check: Effect.gen(function*() {
        const { created, host, name } = yield* fresh
        const changes = [a, b, c, d].map((content, index) => ({ key: `${index}`, add: [content], remove: [] }))
        const answers = yield* Effect.forEach(changes, (change) => host.change(name, change), {
          concurrency: "unbounded"
        })
        // A host may make one revision of several changes.
        for (const { revision } of answers) assert.isAbove(revision, created.revision)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b, c, d]))
      })
    },
    {
      name: "takes nothing of a change that it cannot take as a whole",
      unless: unreadable === undefined ? "no content is given that the host must refuse" : undefined,
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        const before = yield* host.change(name, { key: "1", add: [a], remove: [] })
        const refused = host.change(name, { key: "2", add: [b, unreadable!], remove: [contentId(a)] })
        assert.strictEqual(yield* reasonOf(refused), "rejected")
        assert.deepStrictEqual(yield* host.contents(name), sorted([a]))
        assert.deepStrictEqual(yield* host.ensure(name), before)
        yield* host.change(name, { key: "2", add: [b], remove: [] })
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b]))
      })
    },
    {
      name: "publishes what it holds, also nothing, and twice the same",
      check: Effect.gen(function*() {
        const { created, host, name } = yield* fresh
        const empty = yield* host.publish(name)
        assert.strictEqual(empty.revision, created.revision)
        yield* assertRead(empty, [])
        const { revision } = yield* host.change(name, { key: "1", add: [a, b], remove: [] })
        const published = yield* host.publish(name)
        assert.strictEqual(published.name, name)
        assert.strictEqual(published.revision, revision)
        assert.match(published.url, /\/$/)
        yield* assertRead(published, [a, b])
        assert.deepStrictEqual(yield* host.publish(name), published)
        yield* assertRead(published, [a, b])
      })
    },
    {
      name: "shows readers nothing of a change before it is published, and all of it afterwards",
      unless: read === undefined ? "the hook read is not given" : undefined,
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a], remove: [] })
        const first = yield* host.publish(name)
        yield* host.change(name, { key: "2", add: [b, c], remove: [contentId(a)] })
        yield* assertRead(first, [a])
        yield* assertRead(yield* host.publish(name), [b, c])
      })
    },
    {
      name: "holds and publishes the metadata of a module beside its packages",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a, modulemd], remove: [] })
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, modulemd]))
        yield* assertRead(yield* host.publish(name), [a, modulemd])
        yield* host.change(name, { key: "2", add: [], remove: [contentId(modulemd)] })
        yield* assertRead(yield* host.publish(name), [a])
      })
    },
    ...inventoryPromises([a, b, modulemd], modulemd),
    {
      name: "keeps repositories apart",
      check: Effect.gen(function*() {
        const one = yield* fresh
        const other = yield* fresh
        yield* one.host.change(one.name, { key: "1", add: [a], remove: [] })
        yield* other.host.change(other.name, { key: "1", add: [b], remove: [] })
        assert.deepStrictEqual(yield* one.host.contents(one.name), sorted([a]))
        assert.deepStrictEqual(yield* other.host.contents(other.name), sorted([b]))
      })
    },
    {
      name: "removes a repository, and once more, and begins anew afterwards",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.change(name, { key: "1", add: [a], remove: [] })
        yield* host.publish(name)
        yield* host.remove(name)
        yield* host.remove(name)
        assert.strictEqual(yield* reasonOf(host.contents(name)), "gone")
        yield* host.ensure(name)
        assert.deepStrictEqual(yield* host.contents(name), [])
        yield* host.change(name, { key: "1", add: [b], remove: [] })
        yield* assertRead(yield* host.publish(name), [b])
      })
    },
    {
      name: "leaves a repository alone whose neighbour of the same prefix is removed",
      check: Effect.gen(function*() {
        const { host, name } = yield* fresh
        yield* host.ensure(`${name}-2`)
        yield* host.change(`${name}-2`, { key: "1", add: [b], remove: [] })
        yield* host.remove(name)
        assert.deepStrictEqual(yield* host.contents(`${name}-2`), sorted([b]))
      })
    },
    ...stagingPromises({ fresh, packages: options.packages, modulemd, assertRead }).map((promise) => ({
      ...promise,
      unless: withoutStaging
    }))
  ])
}
