/** What a Pulp must pass, the real one and the fake one alike: the contract of the port, and what Pulp's own traps are. */
import type { Content } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import * as PulpTransport from "../src/PulpTransport.ts"
import { settings, type Where } from "./Connections.ts"
import * as Repodata from "./Repodata.ts"
import * as ResourceSuite from "./ResourceSuite.ts"
import * as Rpms from "./Rpms.ts"
import * as TrapSuite from "./TrapSuite.ts"

/** What a short run leaves to the long one: each costs a real Pulp many tasks, and a task a process. */
const longPromises: ReadonlySet<string> = new Set([
  "ensures a repository once, however often and by however many it is asked",
  "keeps what a repository holds when it is ensured again",
  "takes every name that is one",
  "ignores what is to be removed and is not there",
  "holds a package once that is added twice",
  "keeps a package that is removed and added in one change",
  "does a change of one key once when several ask at once",
  "loses no change when several come at once",
  "publishes what it holds, also nothing, and twice the same",
  "keeps repositories apart",
  "keeps the documents of a module's other contexts, whichever change brings or takes one",
  "leaves a repository alone whose neighbour of the same prefix is removed",
  "hides a repository from readers, and keeps what it holds"
])

const longTraps: ReadonlySet<string> = new Set([
  "makes repositories that lose no package of a module to retention",
  "uses the unit of a document that is there already",
  "answers a change that changes nothing with the version there is",
  "says that a base path lies in another's",
  "labels what it uploads with the change's key, whatever is in that",
  "finds packages by their names in batches, within a repository and without"
])

const longResources: ReadonlySet<string> = new Set([
  "syncs a repository from another one, tells how far it is, and makes no version of nothing new",
  "says that a remote is not there to sync from",
  "copies content between repositories, once",
  "prunes old packages, and waits until that is done",
  "puts groups into a repository, in place of those that were there",
  "makes defaults and obsoletes of modules, and finds those that are there"
])

/** Why a test is left out of a short run; `undefined` where it is not. */
const reason = "ORCH_TEST_PULP=all runs it on a real Pulp"

export type Extent = "whole" | "short"

/** Registers what is Pulp's own: its ways, and what the adapter does beside the port. */
export const own = (name: string, where: Where, extent: Extent): void => {
  const unless = (test: string) =>
    extent === "short" && (longTraps.has(test) || longResources.has(test)) ? reason : undefined
  TrapSuite.register(`${name}, and Pulp's own ways`, where, unless)
  ResourceSuite.register(`${name}, beside the port`, where, unless)
}

/** Registers the contract of the port; packages are built when it is called. */
export const contract = (name: string, where: Where, extent: Extent): void => {
  const [a, b, c, d] = Rpms.build(["a", "b", "c", "d"].map((name) => ({ name: `contract-${name}` })))
  const packages: readonly [Content, Content, Content, Content] = [a!, b!, c!, d!]
  repositoryHostContract(name, {
    layer: Layer.provide(PulpRepositoryHost.layer(settings(where)), PulpTransport.layer()),
    packages,
    staging: true,
    skip: extent === "whole" ? [] : [...longPromises].map((test) => ({ test, reason })),
    unreadable: { ...a!, location: `${a!.location}.nowhere` },
    read: ({ url }) =>
      Effect.promise(async () => {
        const seen = await Repodata.read(url)
        return seen === undefined ? [] : [...seen.packages, ...seen.modules]
      })
  })
}
