/** What is particular to the Module Build Service's face; names and defaults follow its configuration. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  defaultRef: Setting.text("ORCH_DEFAULT_REF", {
    about:
      "The branch, tag or commit from which components are taken whose modulemd names none, where it is submitted to the "
      + "Module Build Service's face. Empty: the branch their module is submitted from, and for one submitted as text the "
      + "default branch of each repository.",
    fallback: "master"
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class MbsSettings extends Context.Service<MbsSettings, Values>()("@orch/server/mbs/MbsSettings") {}
