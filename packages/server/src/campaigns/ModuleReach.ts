/**
 * Which modules a change reaches, from what is kept of ready modules beside their builds; it is brought up to date with every question, by what
 * became ready since.
 */
import type { Cause } from "@orch/core/campaign/CampaignPlan"
import type { BuiltModule } from "@orch/core/campaign/CampaignPlanning"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statements from "./statements/ReachStatements.ts"

/** Builds that are added in one transaction. */
const perStep = 500

/** Takes in what became ready. */
export const catchUp = Effect.gen(function*() {
  if (!(yield* Statements.isBehind)) return
  const sql = yield* SqlClient.SqlClient
  let added = perStep
  while (added === perStep) {
    added = yield* sql.withTransaction(Effect.gen(function*() {
      yield* Statements.lock
      const gone = yield* Statements.forget
      const fresh = yield* Statements.add(perStep)
      if (gone.length + fresh.length > 0) yield* Statements.renew([...gone, ...fresh])
      return fresh.length
    }))
  }
})

const numbers = (text: string | null): ReadonlyArray<number> => text === null ? [] : text.split(" ").map(Number)

/** Modules that may be reached by these changes, with all that says whether they are: a few more than are, never one less. */
export const candidates = Effect.fnUntraced(function*(causes: ReadonlyArray<Cause>) {
  yield* catchUp
  const subjects = [...new Set(causes.map(({ subject }) => subject))]
  const sources = Map.groupBy(yield* Statements.sources(subjects), ({ name }) => name)
  const seeds = [...new Set([...sources.keys(), ...yield* Statements.named(subjects)])]
  const rows = seeds.length === 0 ? [] : yield* Statements.reached(seeds)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return rows.map(({ builds, name, scmurl, seconds, uses }): BuiltModule => {
    const buildroot: Array<string> = []
    const named: Array<string> = []
    for (const id of numbers(uses)) {
      const used = names.get(Math.abs(id))
      // What was not reached is no reason to be rebuilt.
      if (used === undefined) continue
      buildroot.push(used)
      if (id > 0) named.push(used)
    }
    return {
      name,
      builds: [...numbers(builds)].sort((a, b) => a - b),
      scmurl,
      seconds,
      components: (sources.get(name) ?? []).map(({ component, ref, repository }) => ({
        name: component,
        repository,
        ...(ref === "" ? {} : { ref })
      })),
      buildroot,
      named
    }
  })
})
