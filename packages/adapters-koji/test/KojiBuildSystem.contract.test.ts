/** The build system contract on fake hubs of every generation of sessions and repositories. */
import { buildSystemContract } from "@orch/core/testing/BuildSystemContract"
import * as Effect from "effect/Effect"
import * as farm from "./farm.ts"

for (const version of ["1.30.1", "1.34.0", "1.35.3", "1.36.0"]) {
  buildSystemContract(`KojiBuildSystem on a hub of ${version}`, {
    layer: farm.layer({ version }),
    request: farm.request,
    begun: (key) => Effect.map(farm.FakeHub, (hub) => farm.begun(hub, key)),
    loseAnswer: (operation) =>
      Effect.map(farm.FakeHub, (hub) => {
        hub.inject(({ methods }) => {
          if (!methods.includes(farm.writeOf[operation])) return undefined
          hub.inject(undefined)
          return { kind: "reset-applied" }
        })
      }),
    available: ({ id }) =>
      Effect.map(farm.FakeHub, (hub) => hub.tagged(`${id.split(" ")[0]}-build`).map((nvr) => nvr.split("-")[0] ?? "")),
    patience: 10_000
  })
}
