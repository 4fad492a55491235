/** Whose builds are: their owner's, and the team's whose product they are built for. */
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as Effect from "effect/Effect"
import type { AlbsCaller } from "../albs/AlbsCallers.ts"
import * as AlbsPermission from "../albs/AlbsPermission.ts"
import { People } from "../people/People.ts"
import { type Product, Products } from "./Products.ts"

/** The name of the person whose product it is; `undefined` where it is nobody's. */
export const ownerOf = Effect.fnUntraced(function*({ owner }: Product) {
  return owner === undefined ? undefined : (yield* (yield* People).numbered([owner])).get(owner)?.name
})

/** The number of the team that a build belongs to, if any. */
export const teamOf = Effect.fnUntraced(function*({ plan }: PackageBuild) {
  return plan.product === undefined ? undefined : (yield* (yield* Products).find({ id: plan.product }))?.team
})

/** Whether somebody may build for a product: one that is nobody's is for all who may build. */
export const mayBuildFor = Effect.fnUntraced(function*(by: AlbsCaller, product: Product) {
  if (product.owner === undefined) return true
  return AlbsPermission.may(by, "create_build", { owner: yield* ownerOf(product), team: product.team })
})
