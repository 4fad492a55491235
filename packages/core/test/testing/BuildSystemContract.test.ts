/** The build system contract on the farm in memory, and on the same farm behind plain async functions. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BuildSystem, type Interface } from "../../src/ports/BuildSystem.ts"
import * as BuildSystems from "../../src/ports/BuildSystems.ts"
import { buildSystemContract } from "../../src/testing/BuildSystemContract.ts"
import * as MemoryBuildSystem from "../../src/testing/MemoryBuildSystem.ts"
import { farm, hooks, memory, options } from "./memoryFarm.ts"

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

/** The hooks of one of two farms that stand behind one build system, whose ids are marked with its name there. */
const behind = (name: string): typeof hooks => {
  const own = <A extends string>(id: A): A => id.replace(`${name}/`, "") as A
  return {
    ...hooks,
    settle: (task, outcome) => farm(({ settle }) => settle(own(task), outcome)),
    generate: (request) => farm(({ generate }) => generate({ ...request, buildroot: own(request.buildroot) })),
    available: (buildroot) => farm(({ available }) => available({ ...buildroot, id: own(buildroot.id) }))
  }
}

const twoFarms = (platforms: { readonly first: ReadonlyArray<string>; readonly second: ReadonlyArray<string> }) =>
  Effect.gen(function*() {
    const make = (offered: ReadonlyArray<string>) =>
      Layer.build(Layer.fresh(MemoryBuildSystem.layer({ ...options, capabilities: { platforms: offered } })))
    const first = yield* make(platforms.first)
    const second = yield* make(platforms.second)
    const { system } = BuildSystems.combine([
      { name: "first", system: Context.get(first, BuildSystem) },
      { name: "second", system: Context.get(second, BuildSystem) }
    ])
    return { first, second, system }
  })

for (const which of ["first", "second"] as const) {
  buildSystemContract(`BuildSystems.combine with the builds on the ${which}`, {
    layer: Layer.effectContext(Effect.gen(function*() {
      const platforms = which === "first" ? { first: ["el9"], second: ["f41"] } : { first: ["f41"], second: ["el9"] }
      const { system, ...farms } = yield* twoFarms(platforms)
      return Context.make(BuildSystem, system).pipe(
        Context.add(MemoryBuildSystem.MemoryFarm, Context.get(farms[which], MemoryBuildSystem.MemoryFarm))
      )
    })),
    ...behind(which),
    plan: { platform: "el9" }
  })
}
