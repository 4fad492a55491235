/** The settings in force, as far as they may be shown. */
import type { ShownSetting } from "@orch/api/orch/AdministrationApi"
import * as Context from "effect/Context"

/** What the server was started with; none in a part of a server that has no settings of its own. */
export const ShownSettings: Context.Reference<ReadonlyArray<ShownSetting>> = Context.Reference(
  "@orch/server/administration/ShownSettings",
  { defaultValue: (): ReadonlyArray<ShownSetting> => [] }
)
