/** Releases on the wire of AlmaLinux's build system. */
import * as Schema from "effect/Schema"
import { OwnerWire } from "./BuildWire.ts"

const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A release. `created_by` is for clients of old, `owner` for today's. */
export const ReleaseWire = Schema.Struct({
  id: Schema.Number,
  status: Schema.Number,
  build_ids: Schema.Array(Schema.Number),
  build_task_ids: Schema.Array(Schema.Number),
  plan: Schema.NullOr(Schema.Json),
  created_by: OwnerWire,
  owner: OwnerWire,
  created_at: Schema.NullOr(Schema.String)
}).annotate({ identifier: "AlbsRelease" })

/** A release that is to be planned. */
export const ReleaseCreate = Schema.Struct({
  builds: Schema.Array(Schema.Int),
  build_tasks: maybe(Schema.Array(Schema.Int)),
  platform_id: Schema.Int,
  reference_platform_id: maybe(Schema.Int),
  product_id: maybe(Schema.Int)
})

/** A change of a release that has not gone out. */
export const ReleaseUpdate = Schema.Struct({
  builds: maybe(Schema.Array(Schema.Int)),
  build_tasks: maybe(Schema.Array(Schema.Int)),
  plan: maybe(Schema.Json)
})
