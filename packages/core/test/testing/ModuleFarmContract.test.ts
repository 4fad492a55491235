import * as Effect from "effect/Effect"
import * as MemoryModuleFarm from "../../src/testing/MemoryModuleFarm.ts"
import { moduleFarmContract } from "../../src/testing/ModuleFarmContract.ts"

const { MemoryModuleFarm: Farm } = MemoryModuleFarm

moduleFarmContract("MemoryModuleFarm", {
  layer: MemoryModuleFarm.layer({ refuses: "refused" }),
  request: ({ name, outcome }) => ({
    name: outcome === "refused" ? `refused-${name}` : name,
    stream: "1",
    version: 1n,
    context: "c0ffee42",
    document: `name: ${name}`,
    streams: { platform: "el9" },
    requires: { platform: ["el9"] },
    scratch: false,
    owner: "alice"
  }),
  settle: (id, state, reason) => Effect.flatMap(Farm, ({ tell }) => tell(id, { state, reason })),
  begun: (name) => Effect.map(Farm, ({ begun }) => begun.filter((nsvc) => nsvc.startsWith(`${name}:`)).length),
  loseAnswer: Effect.flatMap(Farm, ({ fail }) => fail("forgotten")),
  forget: (id) => Effect.flatMap(Farm, ({ forget }) => forget(id))
})
