/** Which build system packages are built on. */
import * as Schema from "effect/Schema"
import * as Setting from "../Setting.ts"

export const settings = {
  buildSystem: Setting.of("ORCH_BUILD_SYSTEM", Schema.Literals(["local", "koji"]), {
    about: "Where packages are built: on this machine, or on Koji hubs.",
    fallback: "local"
  })
}

export interface Values extends Setting.Values<typeof settings> {}
