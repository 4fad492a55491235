/** Relationships are found by the names and releases of both ends and by their type, together and on every page. */
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statements from "../../src/pdc/statements/RelationshipStatements.ts"
import { databases } from "../support/Databases.ts"

const releases = ["el-1", "el-2", "el-3"]
const names = ["bash", "curl", "zlib", "perl"]
const types = ["bundles", "RPMRequires"]

const fill = Effect.gen(function*() {
  const ids: Array<number> = []
  for (const release of releases) {
    for (const name of names) ids.push((yield* Statements.insertComponent(release, name, null, true))!.id)
  }
  const many = ids.flatMap((source, s) =>
    ids.flatMap((target, t) =>
      types.flatMap((type, k) => (s * 5 + t * 3 + k) % 4 === 0 ? [{ type, source, target }] : [])
    )
  )
  yield* Statements.insertAll(many.slice(1))
  yield* Statements.insert(many[0]!.type, many[0]!.source, many[0]!.target)
  return ids
})

const whole = Effect.map(Statements.list({}, { limit: 1000, offset: 0 }), ({ items }) => items)

const fits = (wanted: ReadonlyArray<string> | undefined, value: string) =>
  wanted === undefined || wanted.includes(value)

/** Each filter is what the whole list has of it. */
const agree = Effect.gen(function*() {
  const all = yield* whole
  assert.isAbove(all.length, 50)
  let found = 0
  const some = [undefined, ["el-1"], ["el-2", "el-3"], ["nothing"], ["el\u00002"]]
  for (const from of some) {
    for (const to of some) {
      for (const type of [undefined, ["bundles"], ["nothing"]]) {
        for (const name of [undefined, ["bash", "perl"], ["nothing"]]) {
          const filter = {
            ...(from === undefined ? {} : { from_component_release: from }),
            ...(to === undefined ? {} : { to_component_release: to }),
            ...(type === undefined ? {} : { type }),
            ...(name === undefined ? {} : { from_component_name: name, to_component_name: name })
          }
          const ids = all.filter((one) =>
            fits(from, one.from.release) && fits(to, one.to.release) && fits(type, one.type) &&
            fits(name, one.from.name)
            && fits(name, one.to.name)
          ).map(({ id }) => id)
          const page = yield* Statements.list(filter, { limit: 7, offset: 7 })
          assert.strictEqual(page.total, ids.length, JSON.stringify(filter))
          assert.deepStrictEqual(page.items.map(({ id }) => id), ids.slice(7, 14), JSON.stringify(filter))
          found += ids.length
        }
      }
    }
  }
  assert.isAbove(found, 200)
})

describe.each(databases)("lists of relationships on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("have what fits all that is asked, also of relationships that were changed", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const ids = yield* fill
        yield* agree
        const [first, second] = yield* whole
        yield* Statements.update(first!.id, "RPMBuildRoot", ids[11]!, ids[0]!)
        yield* Statements.remove(second!.id)
        yield* Statements.removeComponent(ids[5]!)
        // What was found of few a moment ago is not kept.
        const [row] = yield* sql`SELECT source_release, target_release FROM pdc_relationship WHERE id = ${first!.id}`
        assert.deepStrictEqual(row, { source_release: "el-3", target_release: "el-1" })
        yield* agree
      }))
  })
})
