/** People and their teams. */
import * as Layer from "effect/Layer"
import * as People from "./People.ts"
import * as Teams from "./Teams.ts"

/** Everything. */
export const layer = Layer.merge(People.layer, Teams.layer)
