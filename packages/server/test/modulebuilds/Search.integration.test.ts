/** The search's statements from rows, on every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import * as SearchText from "@orch/core/filter/SearchText"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Search from "../../src/search/Search.ts"
import { databases } from "../support/Databases.ts"
import * as Statements from "../support/Statements.ts"
import * as BuildRows from "./BuildRows.ts"

for (const database of databases) {
  layer(Layer.provideMerge(Search.layer, database.layer), { timeout: "60 seconds", excludeTestServices: true })(
    `the search on ${database.name}`,
    (it) => {
      it.effect("finds things of each kind, what fits best first, in a constant number of statements", () =>
        Effect.gen(function*() {
          const { find } = yield* Search.Search
          const sql = yield* SqlClient.SqlClient
          yield* BuildRows.clear
          const one = yield* BuildRows.insert(
            {
              state: "ready",
              name: "perl",
              stream: "5.40",
              planned: ["perl-DBI"],
              scmurl: "https://git/perl?#aaaabbbb1234"
            },
            [["perl-DBI", "available", { commit: "ccccdddd9999" }]]
          )
          const two = yield* BuildRows.insert({
            state: "failed",
            name: "perl",
            stream: "5.38",
            owner: "bob",
            planned: ["perl-DBI"]
          }, [
            ["perl-DBI", "failed"]
          ])
          for (let n = 0; n < 7; n++) yield* BuildRows.insert({ state: "init", name: `perl-x${n}`, planned: [] })
          yield* sql`INSERT INTO builder_node (name) VALUES ('perl-node'), ('other')`
          const hits = (text: string) =>
            Effect.map(
              find(SearchText.parse(text)!),
              (all) => all.map(({ build, by, id, kind }) => `${kind} ${id} ${build ?? "-"} ${by}`)
            )
          assert.deepStrictEqual(yield* hits("perl"), [
            `module perl ${two} name`,
            `module perl-x0 ${two + 1} prefix`,
            `module perl-x1 ${two + 2} prefix`,
            `module perl-x2 ${two + 3} prefix`,
            `module perl-x3 ${two + 4} prefix`,
            `package perl-DBI ${two} prefix`,
            "node perl-node - prefix"
          ])
          assert.deepStrictEqual(yield* hits(`${one}`), [`build ${one} - id`])
          assert.deepStrictEqual(yield* hits("perl:5.40"), [`build ${one} - name`])
          assert.deepStrictEqual(yield* hits("aaaabbb"), [`build ${one} - commit`])
          assert.deepStrictEqual(yield* hits("ccccdddd"), [`build ${one} - commit`])
          assert.deepStrictEqual(yield* hits("perl-DBI"), [`package perl-DBI ${two} name`])
          assert.deepStrictEqual(yield* hits("bob"), ["owner bob - name"])
          assert.deepStrictEqual(yield* hits(`https://orch.example.org/builds/${two}`), [`build ${two} - id`])
          assert.deepStrictEqual(yield* hits("%"), [])
          assert.deepStrictEqual(yield* hits("'; DROP TABLE module_build"), [])
          const few = yield* Statements.counted(find(SearchText.parse("nothing")!))
          const many = yield* Statements.counted(find(SearchText.parse("p")!))
          assert.deepStrictEqual([few.statements, many.statements], [9, 9])
        }))
    }
  )
}
