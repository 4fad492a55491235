/** Products in operation: what they are, what is in them, and the keys that signers make for them. */
import * as Layer from "effect/Layer"
import * as GeneratedKeys from "./GeneratedKeys.ts"
import * as ProductBuilds from "./ProductBuilds.ts"
import * as Products from "./Products.ts"

/** Everything. */
export const layer = Layer.merge(ProductBuilds.layer.pipe(Layer.provideMerge(Products.layer)), GeneratedKeys.layer)
