/** The build system contract on the farm in memory, and on the same farm behind plain async functions. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BuildSystem, type Interface } from "../../src/ports/BuildSystem.ts"
import { buildSystemContract, type Options } from "../../src/testing/BuildSystemContract.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"

const options: MemoryBuildSystem.Options = {
  pace: "manual",
  repositories: "manual",
  rejecting: ({ component }) => component === "refused"
}
const memory = MemoryBuildSystem.layer(options)

const farm = <A>(use: (farm: MemoryBuildSystem.Control) => Effect.Effect<A>) =>
  Effect.flatMap(MemoryBuildSystem.MemoryFarm, use)

const hooks: Omit<Options<MemoryBuildSystem.MemoryFarm, never>, "layer"> = {
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

buildSystemContract("MemoryBuildSystem", { layer: memory, ...hooks })

buildSystemContract("MemoryBuildSystem that prepares step by step", {
  layer: MemoryBuildSystem.layer({ ...options, preparation: 2 }),
  ...hooks
})

const asPromises = (self: Interface) =>
  BuildSystem.fromPromises({
    capabilities: self.capabilities,
    prepare: (plan) => Effect.runPromise(self.prepare(plan)),
    submit: async (buildroot, request) => (await Effect.runPromise(self.submit(buildroot, [request])))[0]!,
    observe: (tasks) => Effect.runPromise(self.observe(tasks)),
    cancel: (tasks) => Effect.runPromise(self.cancel(tasks)),
    admit: (buildroot, builds) => Effect.runPromise(self.admit(buildroot, builds)),
    observeRepository: (request) =>
      Effect.runPromise(Effect.map(self.observeRepositories([request]), ([state]) => state!)),
    finish: (plan, outcome) => Effect.runPromise(self.finish(plan, outcome))
  })

buildSystemContract("BuildSystem.fromPromises", {
  layer: Layer.unwrap(
    Effect.map(Effect.context<BuildSystem | MemoryBuildSystem.MemoryFarm>(), (context) =>
      Layer.merge(
        asPromises(Context.get(context, BuildSystem)),
        Layer.succeed(MemoryBuildSystem.MemoryFarm, Context.get(context, MemoryBuildSystem.MemoryFarm))
      ))
  ).pipe(Layer.provide(memory)),
  ...hooks
})
