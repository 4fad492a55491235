/** The tables of signings. */
import type { Signing, SigningPlan } from "@orch/core/signing/Signing"
import { type SigningLife, signingLife } from "@orch/core/signing/SigningLife"
import * as Schema from "effect/Schema"
import type { Column, ProcessTable } from "../database/ProcessTable.ts"
import type { EventSource } from "../database/PruningStatements.ts"
import { json } from "../database/StorableText.ts"

const columns: ReadonlyArray<Column<Signing>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  {
    name: "started_at",
    type: "timestamptz",
    of: ({ startedAt }) => startedAt === undefined ? null : new Date(startedAt).toISOString()
  }
]

const encodePlan = Schema.encodeSync(signingLife.codecs.plan)

/** What the store of signings writes. */
export const signingTable: ProcessTable<SigningLife> = {
  life: signingLife,
  process: "signing",
  part: "signing_package",
  event: "signing_event",
  reference: "signing_id",
  columns,
  derivedColumns: [],
  partColumns: [],
  derivedPartColumns: [],
  placeIndex: "signing_place",
  insert: (sql, plan: SigningPlan) =>
    sql<{ id: bigint }>`
      INSERT INTO signing (revision, plan, progress, state, build, key)
      VALUES (0, ${
      json(encodePlan(plan))
    }::text::jsonb, '{}'::jsonb, 'idle', ${plan.build}, ${plan.key.id}) RETURNING id`,
  holder: (sql, plan: SigningPlan) =>
    sql<{ id: bigint; state: string }>`
      SELECT id, state FROM signing WHERE build = ${plan.build} AND key = ${plan.key.id} AND state <> 'failed'`
}

/** Which events need not be kept for ever. */
export const signingEvents: EventSource = {
  event: "signing_event",
  process: "signing",
  reference: "signing_id",
  ended: "p.state IN ('completed', 'failed')"
}
