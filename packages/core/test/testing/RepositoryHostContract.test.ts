/** The repository host contract on the host in memory, and on the same behind plain async functions. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Content, type Promises, RepositoryHost } from "../../src/ports/RepositoryHost.ts"
import * as MemoryRepositoryHost from "../../src/testing/MemoryRepositoryHost.ts"
import { repositoryHostContract } from "../../src/testing/RepositoryHostContract.ts"

const rpm = (name: string, location = `memory:${name}.rpm`): Content => ({
  _tag: "Package",
  nevra: `${name}-0:1-1.noarch`,
  location
})

repositoryHostContract("MemoryRepositoryHost", {
  layer: MemoryRepositoryHost.layer,
  packages: [rpm("a"), rpm("b"), rpm("c"), rpm("d")],
  staging: true,
  unreadable: rpm("e", `${MemoryRepositoryHost.unreadable}e.rpm`),
  read: ({ name }) => Effect.flatMap(MemoryRepositoryHost.MemoryReaders, ({ read }) => read(name))
})

const plain = Layer.effectContext(Effect.gen(function*() {
  const memory = yield* Layer.build(MemoryRepositoryHost.layer)
  const host = Context.get(memory, RepositoryHost)
  const promises: Promises = {
    ensure: (name) => Effect.runPromise(host.ensure(name)),
    change: (name, change) => Effect.runPromise(host.change(name, change)),
    publish: (name) => Effect.runPromise(host.publish(name)),
    contents: (name) => Effect.runPromise(host.contents(name)),
    remove: (name) => Effect.runPromise(host.remove(name))
  }
  const made = yield* Layer.build(RepositoryHost.fromPromises(promises))
  return Context.merge(made, Context.pick(MemoryRepositoryHost.MemoryReaders)(memory))
}))

repositoryHostContract("a host of plain functions", {
  layer: plain,
  packages: [rpm("a"), rpm("b"), rpm("c"), rpm("d")],
  unreadable: rpm("e", `${MemoryRepositoryHost.unreadable}e.rpm`),
  read: ({ name }) => Effect.flatMap(MemoryRepositoryHost.MemoryReaders, ({ read }) => read(name))
})
