/**
 * Which modules a change reaches, from what is kept of ready modules beside their builds; it is brought up to date with every question, by what
 * became ready since.
 */
import { type BuiltModules, type Component, usesOf } from "@orch/core/campaign/BuiltModules"
import type { Cause } from "@orch/core/campaign/CampaignPlan"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
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

/** How many numbers there are in lists such as `12 -4 7;;3`, at most. */
const countOf = (text: string): number => {
  let count = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x20 || code === 0x3b) count++
  }
  return count
}

/** Calls `visit` for each number of such lists with the list's place, read digit by digit: half a million of them are one answer. */
const eachNumber = (text: string, visit: (list: number, number: number) => void): void => {
  let [list, value, sign, digits] = [0, 0, 1, 0]
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? 0x3b : text.charCodeAt(at)
    if (code >= 0x30 && code <= 0x39) {
      value = value * 10 + code - 0x30
      digits++
      continue
    }
    if (digits > 0) visit(list, sign * value)
    value = digits = 0
    sign = code === 0x2d ? -1 : 1
    if (code === 0x3b) list++
  }
}

/** Modules as they were read; what was not read is no reason to be rebuilt. */
const modulesOf = (
  rows: ReadonlyArray<Statements.StreamsRow>,
  components: BuiltModules["components"]
): BuiltModules => {
  const ids = rows.flatMap((row) => row.ids)
  const names = rows.flatMap((row) => row.names)
  const builds = rows.flatMap((row) => row.builds)
  const positions = new Int32Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1).fill(-1)
  for (const [position, id] of ids.entries()) positions[id] = position
  const most = rows.reduce((sum, { uses }) => sum + countOf(uses), 0)
  const [by, used, isNamed] = [new Uint32Array(most), new Uint32Array(most), new Uint8Array(most)]
  let [first, size] = [0, 0]
  for (const row of rows) {
    eachNumber(row.uses, (list, number) => {
      const position = positions[Math.abs(number)] ?? -1
      if (position === -1) return
      by[size] = first + list
      isNamed[size] = number > 0 ? 1 : 0
      used[size++] = position
    })
    first += row.ids.length
  }
  const byName = DependencyGraph.byName(names)
  return {
    names,
    byName,
    scmurls: rows.flatMap((row) => row.scmurls),
    seconds: rows.flatMap((row) => row.seconds),
    buildsOf: (position) => numbers(builds[position]!),
    components,
    uses: usesOf(byName, by.subarray(0, size), used.subarray(0, size), isNamed.subarray(0, size))
  }
}

const componentOf = ({ component, ref, repository }: Statements.SourceRow): Component => ({
  name: component,
  repository,
  ...(ref === "" ? {} : { ref })
})

/** Modules that may be reached by these changes, with all that says whether they are: more than are, never one less. */
export const candidates = Effect.fnUntraced(function*(causes: ReadonlyArray<Cause>) {
  yield* catchUp
  const subjects = [...new Set(causes.map(({ subject }) => subject))]
  const components = new Map<string, Array<Component>>()
  for (const row of yield* Statements.sources(subjects)) {
    const known = components.get(row.name)
    if (known === undefined) components.set(row.name, [componentOf(row)])
    else known.push(componentOf(row))
  }
  const seeds = [...new Set([...components.keys(), ...yield* Statements.named(subjects)])]
  const reached = seeds.length === 0 ? [] : yield* Statements.reachedWithin(seeds, few + 1)
  const rows = reached.length === 0 ? [] : yield* Statements.streams(reached.length > few ? undefined : reached)
  return modulesOf(rows, components)
})
