/** Promises about what a repository host tells of what it holds, and about documents of one module. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Content, contentId, RepositoryHost } from "../../ports/RepositoryHost.ts"
import { inventory } from "../../ports/RepositoryHosts.ts"
import * as Contract from "../Contract.ts"

const inventoryPromise = (add: ReadonlyArray<Content>): Contract.Check<RepositoryHost> => ({
  name: "tells what it holds: every identity, and of files the checksum that they have",
  check: Effect.gen(function*() {
    const host = yield* RepositoryHost
    const name = Contract.unique("inventory")
    yield* host.ensure(name)
    assert.deepStrictEqual(yield* inventory(host, name), [])
    yield* host.change(name, { key: "1", add, remove: [] })
    const held = yield* inventory(host, name)
    assert.deepStrictEqual(held.map(({ id }) => id), yield* host.contents(name))
    for (const content of add) {
      const { sha256 } = held.find(({ id }) => id === contentId(content))!
      const said = content._tag === "Package" ? content.sha256 : undefined
      if (sha256 !== undefined && said !== undefined) assert.strictEqual(sha256, said)
    }
    const missing = yield* Effect.flip(inventory(host, `${name}-missing`))
    assert.strictEqual(missing.reason, "gone")
  })
})

/** The document of the same module and version for another context. */
const withContext = (document: Content & { readonly _tag: "Modulemd" }, context: string): Content => {
  const own = document.id.split(":")[3]!
  return { ...document, id: document.id.replace(own, context), text: document.text.replaceAll(own, context) }
}

const contextPromise = (document: Content): Contract.Check<RepositoryHost> => ({
  name: "keeps the documents of a module's other contexts, whichever change brings or takes one",
  check: Effect.gen(function*() {
    if (document._tag !== "Modulemd") return
    const host = yield* RepositoryHost
    const name = Contract.unique("contexts")
    yield* host.ensure(name)
    const other = withContext(document, "0123abcd")
    yield* host.change(name, { key: "1", add: [document], remove: [] })
    yield* host.change(name, { key: "2", add: [other], remove: [] })
    assert.deepStrictEqual(yield* host.contents(name), [document.id, contentId(other)].sort())
    yield* host.change(name, { key: "3", add: [], remove: [document.id] })
    assert.deepStrictEqual(yield* host.contents(name), [contentId(other)])
  })
})

/** For any host, also one that tells identities alone; `add` is content that it can take, `document` a module's with a context in it. */
export const inventoryPromises = (
  add: ReadonlyArray<Content>,
  document: Content
): ReadonlyArray<Contract.Check<RepositoryHost>> => [inventoryPromise(add), contextPromise(document)]
