/** The repository host contract on the host in memory. */
import * as Effect from "effect/Effect"
import type { Content } from "../../src/ports/RepositoryHost.ts"
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
