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

/** Where more are reached, reading all that are there is less work than finding out which. */
const few = 5000

const numbers = (text: string): ReadonlyArray<number> => text.split(" ").map(Number)

/** Calls `visit` for each number of a list such as `12 -4 7`, read digit by digit: half a million of them are one answer. */
const eachNumber = (text: string, visit: (number: number) => void): void => {
  for (let at = 0; at < text.length; at++) {
    const isNegative = text.charCodeAt(at) === 45
    if (isNegative) at++
    let value = 0
    for (; at < text.length && text.charCodeAt(at) !== 32; at++) value = value * 10 + text.charCodeAt(at) - 48
    visit(isNegative ? -value : value)
  }
}

/** Modules that may be reached by these changes, with all that says whether they are: more than are, never one less. */
export const candidates = Effect.fnUntraced(function*(causes: ReadonlyArray<Cause>) {
  yield* catchUp
  const subjects = [...new Set(causes.map(({ subject }) => subject))]
  const sources = Map.groupBy(yield* Statements.sources(subjects), ({ name }) => name)
  const seeds = [...new Set([...sources.keys(), ...yield* Statements.named(subjects)])]
  const reached = seeds.length === 0 ? [] : yield* Statements.reachedWithin(seeds, few + 1)
  const rows = reached.length === 0 ? [] : yield* Statements.streams(reached.length > few ? undefined : reached)
  const names: Array<string | undefined> = []
  for (const { id, name } of rows) names[id] = name
  return rows.map(({ builds, name, scmurl, seconds, uses }): BuiltModule => {
    const buildroot: Array<string> = []
    const named: Array<string> = []
    eachNumber(uses ?? "", (id) => {
      const used = names[Math.abs(id)]
      // What was not read is no reason to be rebuilt.
      if (used === undefined) return
      buildroot.push(used)
      if (id > 0) named.push(used)
    })
    return {
      name,
      builds: numbers(builds),
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
