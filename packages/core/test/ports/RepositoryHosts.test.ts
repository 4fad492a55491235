/** Several hosts as one: the contract holds for it, and each repository is at one of them only. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Content, RepositoryHost } from "../../src/ports/RepositoryHost.ts"
import * as RepositoryHosts from "../../src/ports/RepositoryHosts.ts"
import * as MemoryRepositoryHost from "../../src/testing/MemoryRepositoryHost.ts"
import { repositoryHostContract } from "../../src/testing/RepositoryHostContract.ts"

const rpm = (name: string): Content => ({ _tag: "Package", nevra: `${name}-0:1-1.noarch`, location: name })

const memory = Effect.map(Layer.build(MemoryRepositoryHost.layer), (context) => ({
  host: Context.get(context, RepositoryHost),
  readers: Context.get(context, MemoryRepositoryHost.MemoryReaders)
}))

const combined = Layer.effectContext(Effect.gen(function*() {
  const [one, other] = [yield* memory, yield* memory]
  const host = RepositoryHosts.combine([
    { prefix: "", host: one.host },
    { prefix: "contract/", host: other.host }
  ])
  return Context.make(RepositoryHost, host).pipe(Context.add(MemoryRepositoryHost.MemoryReaders, other.readers))
}))

repositoryHostContract("RepositoryHosts.combine", {
  layer: combined,
  packages: [rpm("a"), rpm("b"), rpm("c"), rpm("d")],
  staging: true,
  read: ({ name }) => Effect.flatMap(MemoryRepositoryHost.MemoryReaders, ({ read }) => read(name))
})

describe("several repository hosts", () => {
  it.effect("have each repository at the one with the longest prefix, and at no other", () =>
    Effect.scoped(Effect.gen(function*() {
      const [one, other] = [yield* memory, yield* memory]
      const host = RepositoryHosts.combine([
        { prefix: "el9/", host: one.host },
        { prefix: "el9/modules/", host: other.host }
      ])
      yield* host.ensure("el9/BaseOS")
      yield* host.ensure("el9/modules/perl")
      assert.deepStrictEqual(yield* one.host.contents("el9/BaseOS"), [])
      assert.strictEqual((yield* Effect.flip(other.host.contents("el9/BaseOS"))).reason, "gone")
      assert.strictEqual((yield* Effect.flip(one.host.contents("el9/modules/perl"))).reason, "gone")
      assert.strictEqual((yield* Effect.flip(host.ensure("el8/BaseOS"))).reason, "rejected")
    })))

  it.effect("refuse to stage at one that cannot", () =>
    Effect.scoped(Effect.gen(function*() {
      const { host: { staging: _, ...plain } } = yield* memory
      const host = RepositoryHosts.combine([{ prefix: "", host: plain }])
      yield* host.ensure("a")
      assert.strictEqual((yield* Effect.flip(host.staging!.prepare("a"))).reason, "rejected")
    })))
})
