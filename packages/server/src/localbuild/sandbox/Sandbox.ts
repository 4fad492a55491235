/**
 * A way to confine programs that works on this machine, found by `SandboxProbe`, and the commands that do it.
 *
 * This is all that the rest of the farm knows of sandboxes.
 */
import * as Schema from "effect/Schema"
import * as Bubblewrap from "./Bubblewrap.ts"
import type { Confinement, Pipeline } from "./Confinement.ts"
import * as Unshare from "./Unshare.ts"

export const Kind = Schema.Literals(["bubblewrap", "unshare", "none"])
export type Kind = typeof Kind.Type

export const Sandbox = Schema.Struct({
  kind: Kind,
  /** Whether the server is root, so that each build gets a user of this machine of its own. */
  privileged: Schema.Boolean,
  /** Whether a user namespace can be made by the program itself, after it has given up all rights. */
  nested: Schema.Boolean,
  /** Whether it can have a `/proc` of its own; in some containers it cannot, and has none. */
  proc: Schema.Boolean,
  /** Absolute paths of the programs it is made with, by name. */
  programs: Schema.Record(Schema.String, Schema.String)
})
export interface Sandbox extends Schema.Schema.Type<typeof Sandbox> {}

/** No sandbox: programs run as the server does. */
export const none: Sandbox = { kind: "none", privileged: false, nested: false, proc: true, programs: {} }

export const isConfined = ({ kind }: Sandbox): boolean => kind !== "none"

/**
 * What to start so that the pipelines run one after the other, confined, until one fails: each result is a pipeline of
 * its own, and the exit code of its last program is that of the first pipeline that failed. `environment` is all that the
 * programs have; what starts them must be given an environment of no meaning.
 */
export const wrap = (
  confinement: Confinement,
  pipelines: ReadonlyArray<Pipeline>,
  environment: Readonly<Record<string, string>>
): ReadonlyArray<Pipeline> => {
  switch (confinement.sandbox.kind) {
    case "bubblewrap":
      return Bubblewrap.wrap(confinement, pipelines, environment)
    case "unshare":
      return Unshare.wrap(confinement, pipelines, environment)
    case "none":
      return pipelines
  }
}
