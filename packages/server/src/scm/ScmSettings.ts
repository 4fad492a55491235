/** Where sources may come from. */
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  scmAllow: Setting.read("ORCH_SCM_ALLOW", ScmAllowList.parse, {
    about: "URL prefixes, separated by commas, that modules and components may be fetched from. Empty: nothing.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class ScmSettings extends Context.Service<ScmSettings, Values>()("@orch/server/scm/ScmSettings") {}
