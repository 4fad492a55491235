/** How the build system contract drives the farm in memory. */
import * as Effect from "effect/Effect"
import type { Options } from "../../src/testing/BuildSystemContract.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"

export const options: MemoryBuildSystem.Options = {
  pace: "manual",
  repositories: "manual",
  rejecting: ({ component }) => component === "refused"
}
export const memory = MemoryBuildSystem.layer(options)

export const farm = <A>(use: (farm: MemoryBuildSystem.Control) => Effect.Effect<A>) =>
  Effect.flatMap(MemoryBuildSystem.MemoryFarm, use)

export const hooks: Omit<Options<MemoryBuildSystem.MemoryFarm, never>, "layer"> = {
  request: ({ component, key }) => ({
    key,
    component,
    source: { _tag: "Git", repository: `memory:${component}`, commit: "a".repeat(40) },
    arches: ["x86_64"],
    priority: 1,
    buildOnly: false
  }),
  settle: (task, outcome) => farm(({ settle }) => settle(task, outcome)),
  begun: (key) => farm(({ log }) => Effect.sync(() => log.started.filter((one) => one.key === key).length)),
  loseAnswer: (operation) => farm(({ interfere }) => interfere(operation, "forgotten")),
  generate: (request) => farm(({ generate }) => generate(request)),
  available: (buildroot) => farm(({ available }) => available(buildroot))
}
