/** What statements read: the statements of a request as they were made, and the scans of their plans with the rows they went over. */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"

interface Made {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** Notes the statements of whatever runs with it. */
export interface Recorder {
  readonly layer: typeof Statement.CurrentTransformer.Service
  /** Forgets what was noted. */
  readonly begin: () => void
  readonly made: () => ReadonlyArray<Made>
}

export const recorder = (): Recorder => {
  let made: Array<Made> = []
  return {
    layer: (statement) => {
      const [text, parameters] = (statement as Statement.Statement<unknown>).compile()
      if (/^\s*(?:SELECT|WITH)/i.test(text)) made.push({ text, parameters })
      return Effect.succeed(statement)
    },
    begin: () => {
      made = []
    },
    made: () => made
  }
}

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly "Rows Removed by Index Recheck"?: number
  readonly Plans?: ReadonlyArray<Node>
}

const scansOf = (node: Node): ReadonlyArray<readonly [string, number]> => {
  const below = (node.Plans ?? []).flatMap(scansOf)
  const of = node["Index Name"] ?? node["Relation Name"]
  if (of === undefined) return below
  const rows =
    (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0))
    * node["Actual Loops"]
  return [[node["Node Type"] === "Seq Scan" ? `all of ${of}` : of, rows], ...below]
}

/** The three scans of most rows, such as `mbs_component_shown 20`; of statements that read only. */
export const scans = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, made: ReadonlyArray<Made>) {
  const found = new Map<string, number>()
  for (const { parameters, text } of made) {
    if (/\b(?:INSERT|UPDATE|DELETE|pg_notify)\b/.test(text)) continue
    const [row] = yield* sql.unsafe<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Node }> }>(
      `EXPLAIN (ANALYZE, TIMING off, FORMAT json) ${text}`,
      parameters
    )
    for (const [scan, rows] of scansOf(row!["QUERY PLAN"][0]!.Plan)) found.set(scan, (found.get(scan) ?? 0) + rows)
  }
  return [...found].toSorted(([, one], [, two]) => two - one).slice(0, 3).map(([scan, rows]) =>
    `${scan} ${Math.round(rows)}`
  )
    .join(", ")
})
