/** Private addresses that callers may make this server ask; none unless the installation says so. */
import * as Context from "effect/Context"
import * as AddressRules from "./AddressRules.ts"

/** What the setting says. */
export const OutgoingAllowed: Context.Reference<AddressRules.Allowed> = Context.Reference(
  "@orch/server/outgoing/OutgoingAllowed",
  { defaultValue: () => AddressRules.nothing }
)
