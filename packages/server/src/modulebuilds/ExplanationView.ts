/** Why a module build stands where it stands, as every face that explains shows it. */
import type { ModuleBuildExplanation } from "@orch/api/orch/ModuleBuildsApi"
import type { Explanation } from "@orch/core/modulebuild/Explanation"
import type { DeadLetter } from "@orch/core/ports/CommandQueue"

/** The explanation, with the commands that wait for a person because their retries are spent. */
export const explanation = (
  explained: Explanation,
  deadLetters: ReadonlyArray<DeadLetter>
): ModuleBuildExplanation => ({
  state: explained.state,
  reason: explained.reason,
  waits_for: [
    ...explained.waitsFor,
    ...deadLetters.map(({ command, id }) =>
      `Somebody has to release the command ${
        command ?? "that cannot be read"
      } (orch dead-letters release ${id}): its retries are spent.`
    )
  ],
  remarks: explained.remarks,
  components: explained.components.map(({ reuse, waitsFor, ...rest }) => ({
    ...rest,
    reuse: reuse ?? null,
    waits_for: waitsFor
  })),
  dead_letters: deadLetters.map(({ command, id, reason }) => ({ id, command: command ?? "unreadable", reason }))
})
