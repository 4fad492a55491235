/** The promise about what a repository host tells of what it holds. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Content, contentId, RepositoryHost } from "../../ports/RepositoryHost.ts"
import { inventory } from "../../ports/RepositoryHosts.ts"
import * as Contract from "../Contract.ts"

/** For any host, also one that tells identities alone; `add` is content that it can take. */
export const inventoryPromise = (add: ReadonlyArray<Content>): Contract.Check<RepositoryHost> => ({
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
