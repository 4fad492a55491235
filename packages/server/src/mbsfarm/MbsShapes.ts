/** What is read of a Module Build Service's answers. What is not named here is passed over. */
import type { FarmModulePart, FarmModuleState } from "@orch/core/ports/ModuleFarm"
import * as Schema from "effect/Schema"

const Task = Schema.Struct({
  task_id: Schema.NullOr(Schema.Number),
  /** Koji's numbers of builds; null of one that has not begun. */
  state: Schema.NullOr(Schema.Number),
  state_reason: Schema.optionalKey(Schema.NullOr(Schema.String)),
  nvr: Schema.optionalKey(Schema.NullOr(Schema.String))
})
type Task = typeof Task.Type

const Identity = {
  id: Schema.Number,
  name: Schema.String,
  stream: Schema.String,
  version: Schema.String,
  context: Schema.String,
  state_name: Schema.Literals(["init", "wait", "build", "done", "failed", "ready", "garbage"]),
  scratch: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
}

/** A module build as it is shown alone. */
export const Shown = Schema.Struct({
  ...Identity,
  state_reason: Schema.NullOr(Schema.String),
  tasks: Schema.optionalKey(
    Schema.Struct({ rpms: Schema.optionalKey(Schema.Record(Schema.String, Task)) })
  )
})
export interface Shown extends Schema.Schema.Type<typeof Shown> {}

/** A module build with everything in it. */
export const Verbose = Schema.Struct({
  ...Identity,
  time_modified: Schema.NullOr(Schema.String),
  state_trace: Schema.Array(Schema.Unknown),
  scmurl: Schema.NullOr(Schema.String),
  buildrequires: Schema.Record(Schema.String, Schema.Struct({ stream: Schema.String })),
  modulemd: Schema.NullOr(Schema.String),
  koji_tag: Schema.optionalKey(Schema.NullOr(Schema.String))
})
export interface Verbose extends Schema.Schema.Type<typeof Verbose> {}

/** A page of a list. */
export const Page = Schema.Struct({ items: Schema.Array(Verbose) })

/** What a submission comes to: all builds that it was expanded to. */
export const Submitted = Schema.Array(Schema.Struct({
  ...Identity,
  buildrequires: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ stream: Schema.String })))
}))

/** How it refuses. */
export const Refusal = Schema.Struct({ message: Schema.String })

/** Which state of a farm's module build a state of its is. Scratch builds end when they are built. */
export const stateOf = (build: Pick<Shown, "scratch" | "state_name">): FarmModuleState => {
  switch (build.state_name) {
    case "init":
    case "wait":
      return "waiting"
    case "build":
      return "building"
    case "done":
      return build.scratch === true ? "ready" : "checking"
    case "ready":
      return "ready"
    case "failed":
    case "garbage":
      return "failed"
  }
}

const koji: Readonly<Record<number, FarmModulePart["state"]>> = {
  0: "building",
  1: "built",
  3: "failed",
  4: "canceled"
}

/** The packages that have begun. */
export const partsOf = ({ tasks }: Shown): ReadonlyArray<FarmModulePart> =>
  Object.entries(tasks?.rpms ?? {}).flatMap(([component, task]: readonly [string, Task]) => {
    const state = task.state === null ? undefined : koji[task.state]
    const { nvr, state_reason: reason, task_id: id } = task
    return state === undefined ? [] : [{
      component,
      state,
      ...(id === null ? {} : { task: String(id) }),
      ...(typeof nvr === "string" && nvr !== "" ? { nvr } : {}),
      ...(typeof reason === "string" && reason !== "" ? { reason } : {})
    }]
  })

/** Why it is in its state. */
export const reasonOf = ({ state_name, state_reason }: Shown): string =>
  state_reason ?? (state_name === "garbage" ? "it was retired" : "")
