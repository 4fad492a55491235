/** People, their teams, and how they want to be told. */
import * as Layer from "effect/Layer"
import * as NoticePreferences from "./NoticePreferences.ts"
import * as People from "./People.ts"
import * as Teams from "./Teams.ts"

/** Everything. */
export const layer = Layer.mergeAll(People.layer, Teams.layer, NoticePreferences.layer)
