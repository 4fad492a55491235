/** How systems are that the server depends on, as answers write it. */
import type { SystemCondition } from "@orch/api/orch/OperationsApi"
import type { Condition } from "@orch/core/ports/BuildSystem"
import { time } from "../http/Timestamp.ts"

/** One system. */
export const condition = ({ advice, available, remarks, system, waiting }: Condition): SystemCondition => ({
  system,
  available,
  away_since: waiting === undefined ? null : time(waiting.since),
  reason: waiting?.reason ?? null,
  advice: advice ?? null,
  remarks
})
