/** A way to confine programs that works on this machine, found by `SandboxProbe` and used by `ConfinedCommand`. */
import * as Schema from "effect/Schema"

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
