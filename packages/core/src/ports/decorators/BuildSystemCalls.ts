/** Puts something around every operation of a build system: what a decorator of `BuildSystem` is made of. */
import type * as Effect from "effect/Effect"
import type { BuildSystemError, Interface } from "../BuildSystem.ts"

/** The operations that ask the farm something. */
export type Operation =
  | "prepare"
  | "submit"
  | "observe"
  | "cancel"
  | "admit"
  | "observeRepositories"
  | "results"
  | "inputs"
  | "finish"
  | "findModule"
  | "handOver"
  | "observeModules"
  | "cancelModule"
  | "moduleResult"

/** What is put around one call; the answer and the failure stay what they are. */
export type Around = <A>(
  operation: Operation,
  call: Effect.Effect<A, BuildSystemError>
) => Effect.Effect<A, BuildSystemError>

/** The build system with `around` at each call. What is no call (capabilities, hints, conditions) is passed on as it is, live. */
export const around = (system: Interface, around: Around): Interface => ({
  ...system,
  // Capabilities may be learned later, so they are read where they are asked for.
  get capabilities() {
    return system.capabilities
  },
  prepare: (plan) => around("prepare", system.prepare(plan)),
  submit: (buildroot, requests, options) => around("submit", system.submit(buildroot, requests, options)),
  observe: (tasks, options) => around("observe", system.observe(tasks, options)),
  cancel: (tasks) => around("cancel", system.cancel(tasks)),
  admit: (buildroot, builds) => around("admit", system.admit(buildroot, builds)),
  observeRepositories: (requests) => around("observeRepositories", system.observeRepositories(requests)),
  ...resultsAround(system, around),
  ...inputsAround(system, around),
  finish: (plan, outcome) => around("finish", system.finish(plan, outcome)),
  ...modulesAround(system, around)
})

const modulesAround = ({ modules }: Interface, around: Around): Pick<Interface, "modules"> =>
  modules === undefined ? {} : {
    modules: {
      ...modules,
      find: (request) => around("findModule", modules.find(request)),
      handOver: (request, before) => around("handOver", modules.handOver(request, before)),
      observe: (ids) => around("observeModules", modules.observe(ids)),
      cancel: (id) => around("cancelModule", modules.cancel(id)),
      result: (id) => around("moduleResult", modules.result(id))
    }
  }

const resultsAround = ({ results }: Interface, around: Around): Pick<Interface, "results"> =>
  results === undefined ? {} : { results: (builds) => around("results", results(builds)) }

const inputsAround = ({ inputs }: Interface, around: Around): Pick<Interface, "inputs"> =>
  inputs === undefined ? {} : { inputs: (builds) => around("inputs", inputs(builds)) }
