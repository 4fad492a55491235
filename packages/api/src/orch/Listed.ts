/** A page of a list that says how long the whole is. */
import * as Schema from "effect/Schema"

/** Some of the things, and how many there are of those that were asked for. */
export const listed = <Item extends Schema.Top>(item: Item) =>
  Schema.Struct({ items: Schema.Array(item), total: Schema.Number })
