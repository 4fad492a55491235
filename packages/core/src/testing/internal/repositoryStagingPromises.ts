/** The promises of hosts that keep publications ready: a part of the repository host contract. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  type Content,
  contentId,
  type Interface,
  type Publication,
  type Repository,
  RepositoryHost,
  type RepositoryHostError
} from "../../ports/RepositoryHost.ts"
import type * as Contract from "../Contract.ts"

export interface Fixture<R> {
  /** A repository of its own that holds nothing yet. */
  readonly fresh: Effect.Effect<
    { readonly host: Interface; readonly name: string; readonly created: Repository },
    RepositoryHostError,
    RepositoryHost
  >
  readonly packages: readonly [Content, Content, Content, Content]
  readonly modulemd: Content
  readonly assertRead: (publication: Publication, contents: ReadonlyArray<Content>) => Effect.Effect<void, unknown, R>
}

export const stagingPromises = <R>(
  { assertRead, fresh, modulemd, packages: [a, b, c, d] }: Fixture<R>
): ReadonlyArray<Contract.Check<RepositoryHost | R>> => {
  const sorted = (contents: ReadonlyArray<Content>): ReadonlyArray<string> => contents.map(contentId).sort()

  const staged = Effect.gen(function*() {
    const { host, name } = yield* fresh
    const { staging } = host
    return staging === undefined
      ? yield* Effect.die("the host is said to offer staging and has none")
      : { host, name, staging }
  })

  return [
    {
      name: "keeps a publication ready, which readers see when it is shown",
      check: Effect.gen(function*() {
        const { host, name, staging } = yield* staged
        assert.isUndefined(yield* staging.shown(name))
        yield* host.change(name, { key: "1", add: [a], remove: [] })
        const first = yield* host.publish(name)
        const before = yield* staging.shown(name)
        assert.strictEqual(before?.revision, first.revision)
        const { revision } = yield* host.change(name, { key: "2", add: [b], remove: [contentId(a)] })
        const ready = yield* staging.prepare(name)
        assert.strictEqual(ready.revision, revision)
        assert.deepStrictEqual(yield* staging.prepare(name), ready)
        assert.deepStrictEqual(yield* staging.shown(name), before)
        yield* assertRead(first, [a])
        const publication = yield* staging.show(ready)
        assert.deepStrictEqual(yield* staging.show(ready), publication)
        assert.strictEqual(publication.revision, revision)
        yield* assertRead(publication, [b])
        assert.deepStrictEqual(yield* staging.shown(name), ready)
        yield* assertRead(yield* staging.show(before!), [a])
      })
    },
    {
      name: "hides a repository from readers, and keeps what it holds",
      check: Effect.gen(function*() {
        const { host, name, staging } = yield* staged
        yield* host.change(name, { key: "1", add: [a], remove: [] })
        const publication = yield* host.publish(name)
        yield* staging.hide(name)
        yield* staging.hide(name)
        assert.isUndefined(yield* staging.shown(name))
        yield* assertRead(publication, [])
        assert.deepStrictEqual(yield* host.contents(name), sorted([a]))
      })
    },
    {
      name: "restores what a repository held at an earlier revision, once for a key",
      check: Effect.gen(function*() {
        const { host, name, staging } = yield* staged
        const early = yield* host.change(name, { key: "1", add: [a, b], remove: [] })
        yield* host.change(name, { key: "2", add: [c, modulemd], remove: [contentId(a)] })
        const restored = yield* staging.restore(name, early.revision, "back")
        assert.isAbove(restored.revision, early.revision)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b]))
        yield* host.change(name, { key: "3", add: [d], remove: [] })
        assert.deepStrictEqual(yield* staging.restore(name, early.revision, "back"), restored)
        assert.deepStrictEqual(yield* host.contents(name), sorted([a, b, d]))
        const missing = staging.restore(name, restored.revision + 50, "nowhere")
        assert.strictEqual((yield* Effect.flip(missing)).reason, "gone")
      })
    }
  ]
}
