/**
 * One component of a module as tasks of the pool: its source package is made first, then the packages of each architecture from it.
 *
 * The first task that fails ends the component, since a module needs all of its architectures. What a package excludes by itself is left out.
 */
import * as Schema from "effect/Schema"
import { Artifact } from "../farm/Artifact.ts"

/** The pseudo-architecture of the task that makes the source package. */
export const source = "src"

/**
 * How one task ended. `log` is where its log can be read, where there is one; `installed` the SHA-256 sum of the list of what its buildroot
 * held, where the node brought one.
 */
export const TaskEnd = Schema.Union([
  Schema.TaggedStruct("Done", {
    artifacts: Schema.Array(Artifact),
    log: Schema.optionalKey(Schema.String),
    installed: Schema.optionalKey(Schema.String)
  }),
  Schema.TaggedStruct("Excluded", { log: Schema.optionalKey(Schema.String) }),
  Schema.TaggedStruct("Failed", { reason: Schema.String, log: Schema.optionalKey(Schema.String) })
])
/** Done, excluded on its architecture, or failed with a reason. */
export type TaskEnd = typeof TaskEnd.Type

/** How the component as a whole ended. */
export const Result = Schema.Struct({
  state: Schema.Literals(["closed", "failed", "canceled"]),
  /** `name-version-release` of the source package. */
  nvr: Schema.optionalKey(Schema.String),
  artifacts: Schema.Array(Artifact),
  reason: Schema.optionalKey(Schema.String),
  log: Schema.optionalKey(Schema.String)
})
/** A failed one has a reason, a closed one an NVR and artifacts. */
export interface Result extends Schema.Schema.Type<typeof Result> {}

/** A component: what it is built for, and the tasks that have ended. */
export interface PoolComponent {
  readonly arches: ReadonlyArray<string>
  /** By architecture, `src` among them. */
  readonly ended: Readonly<Record<string, TaskEnd>>
  readonly result: Result | undefined
}

/** What follows from the end of a task. */
export interface Step {
  readonly component: PoolComponent
  /** Architectures whose tasks may start now. */
  readonly offer: ReadonlyArray<string>
  /** Whether the tasks that have not ended are not wanted any more. */
  readonly withdraw: boolean
}

/** The component nobody has begun with. */
export const make = (arches: ReadonlyArray<string>): PoolComponent => ({ arches, ended: {}, result: undefined })

/**
 * Takes the end of one task. What ended before stays as it ended: a second report, a late one, or one for an architecture that nobody asked
 * for changes nothing.
 */
export const end = (component: PoolComponent, arch: string, how: TaskEnd): Step => {
  const { arches, ended, result } = component
  const isAsked = arch === source || (ended[source]?._tag === "Done" && arches.includes(arch))
  if (result !== undefined || Object.hasOwn(ended, arch) || !isAsked) return { component, offer: [], withdraw: false }
  const next = { ...component, ended: { ...ended, [arch]: how } }
  const over = (whole: Result): Step => ({ component: { ...next, result: whole }, offer: [], withdraw: true })
  const log = how.log === undefined ? {} : { log: how.log }
  if (how._tag === "Failed") return over({ state: "failed", artifacts: [], reason: how.reason, ...log })
  if (arch === source) {
    return how._tag === "Done"
      ? { component: next, offer: arches, withdraw: false }
      : over({ state: "failed", artifacts: [], reason: "no source package was made", ...log })
  }
  return arches.every((one) => Object.hasOwn(next.ended, one))
    ? over(whole(next.arches, next.ended))
    : { component: next, offer: [], withdraw: false }
}

/** Ends what has not ended. */
export const cancel = (component: PoolComponent): Step =>
  component.result === undefined
    ? {
      component: { ...component, result: { state: "canceled", artifacts: [], reason: "canceled" } },
      offer: [],
      withdraw: true
    }
    : { component, offer: [], withdraw: false }

/** All together: packages without architecture are those of the first architecture that made them. */
const whole = (arches: ReadonlyArray<string>, ended: PoolComponent["ended"]): Result => {
  const done = arches.flatMap((arch) => {
    const one = ended[arch]
    return one?._tag === "Done" ? [one] : []
  })
  if (done.length === 0) {
    return { state: "failed", artifacts: [], reason: `the package excludes itself from ${arches.join(", ")}` }
  }
  const made = ended[source]
  const sources = made?._tag === "Done" ? made.artifacts : []
  const found = new Map<string, Artifact>()
  for (const artifact of [...sources, ...done.flatMap(({ artifacts }) => artifacts)]) {
    if (!found.has(artifact.nevra)) found.set(artifact.nevra, artifact)
  }
  const log = done.find((one) => one.log !== undefined)?.log
  return {
    state: "closed",
    ...(sources[0] === undefined ? {} : { nvr: sources[0].nevra.replace(/-\d+:/, "-").replace(/\.src$/, "") }),
    artifacts: [...found.values()],
    ...(log === undefined ? {} : { log })
  }
}
