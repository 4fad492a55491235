/** Whom the server may ask beyond the rules. */
import * as Setting from "../Setting.ts"
import * as AddressRules from "./AddressRules.ts"

export const settings = {
  outgoingAllow: Setting.read("ORCH_OUTGOING_ALLOW", AddressRules.parseAllowed, {
    about:
      "Private addresses that callers may make the server ask, for storage nodes that register themselves: ranges, "
      + "addresses and host names, separated by commas, such as 10.1.0.0/16,store.internal. Hosts that a setting names need no "
      + "leave; link-local and metadata addresses are never asked.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}
