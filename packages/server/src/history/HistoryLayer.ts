/** The history of branches, and the looks that keep it right. */
import * as Layer from "effect/Layer"
import * as BranchHistory from "./BranchHistory.ts"
import * as BranchLooks from "./BranchLooks.ts"
import type { Values } from "./HistorySettings.ts"

export const layer = (settings: Values) =>
  BranchLooks.layer({
    minutes: settings.historyMinutes,
    watched: (settings.historyWatch ?? "").split(",").map((one) => one.trim()).filter((one) => /.#./.test(one))
  }).pipe(Layer.provideMerge(BranchHistory.layer))
