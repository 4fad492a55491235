/** Which subjects something new is known of: what results and waivers are about. */
import type * as ResultWire from "@orch/api/gating/ResultWire"
import type { SubjectType } from "@orch/core/gating/SubjectType"
import type { SubjectName } from "./statements/DecisionStatements.ts"

/** What wakes those who decide. */
export const topic = "gate-decisions"

/** All types that a result may be looked for by, of those that a server without descriptions knows too. */
const plainKeys: ReadonlyArray<readonly [key: string, type: string]> = [
  ["productmd.compose.id", "compose"],
  ["original_spec_nvr", "koji_build"]
]

const most = 20

/** Bytes of a type and an identifier together: an index of the database takes no longer ones, and no gate asks about them. */
const longest = 2000

/** The subjects that a result may be about: those whose queries would find it, and what it says itself. */
export const ofResult = (
  { data }: Pick<ResultWire.ResultPost, "data">,
  types: ReadonlyArray<SubjectType>
): ReadonlyArray<SubjectName> => {
  const found: Array<SubjectName> = []
  const add = (type: string, key: string) => {
    for (const identifier of data[key] ?? []) {
      if (Buffer.byteLength(type) + Buffer.byteLength(identifier) <= longest) found.push({ type, identifier })
    }
  }
  for (const type of types) {
    for (const { itemKey, keys } of type.resultQueries) {
      const fits = Object.entries(keys).every(([key, values]) =>
        values.split(",").some((value) => data[key]?.includes(value) === true)
      )
      if (itemKey !== undefined && fits) add(type.id, itemKey)
    }
    if (type.itemKey !== undefined) add(type.id, type.itemKey)
  }
  for (const [key, type] of plainKeys) add(type, key)
  for (const type of data["type"] ?? []) add(types.find(({ aliases }) => aliases.includes(type))?.id ?? type, "item")
  return [...new Map(found.map((one) => [JSON.stringify([one.type, one.identifier]), one])).values()].slice(0, most)
}
