/** Platforms and their variants. */
import * as Layer from "effect/Layer"
import * as Flavors from "./Flavors.ts"
import * as Platforms from "./Platforms.ts"

/** Everything. */
export const layer = Layer.merge(Platforms.layer, Flavors.layer)
