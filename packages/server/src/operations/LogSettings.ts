/** How the server writes its log. */
import * as Schema from "effect/Schema"
import * as Setting from "../Setting.ts"

export const settings = {
  logFormat: Setting.of("ORCH_LOG_FORMAT", Schema.Literals(["json", "pretty"]), {
    about: "How log lines are written: json for machines, pretty for people.",
    fallback: "json"
  })
}

export interface Values extends Setting.Values<typeof settings> {}
