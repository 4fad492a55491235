/** What a Pulp must pass, the real one and the fake one alike: the contract of the port, and what Pulp's own traps are. */
import type { Content } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import * as PulpTransport from "../src/PulpTransport.ts"
import * as Repodata from "./Repodata.ts"
import * as Rpms from "./Rpms.ts"

export interface Where {
  readonly url: string
  readonly username: string
  readonly password: string
}

export const options = ({ password, url, username }: Where): PulpRepositoryHost.Options => ({
  url,
  credentials: { _tag: "Password", username, password: Redacted.make(password) }
})

/** Registers the suite; packages are built when it is called. */
export const run = (name: string, where: Where): void => {
  const [a, b, c, d] = Rpms.build(["a", "b", "c", "d"].map((name) => ({ name: `contract-${name}` })))
  const packages: readonly [Content, Content, Content, Content] = [a!, b!, c!, d!]
  repositoryHostContract(name, {
    layer: Layer.provide(PulpRepositoryHost.layer(options(where)), PulpTransport.layer()),
    packages,
    staging: true,
    unreadable: { ...a!, location: `${a!.location}.nowhere` },
    read: ({ url }) =>
      Effect.promise(async () => {
        const seen = await Repodata.read(url)
        return seen === undefined ? [] : [...seen.packages, ...seen.modules]
      })
  })
}
