/** Packages of earlier builds that stand for references of a module which are switched off, as the module's preview named them. */
import type { BuildTaskModuleRef } from "@orch/api/albs/BuildWire"
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as AlbsFailure from "../albs/AlbsFailure.ts"

/** Those of a module at this place of the request. Fails with every text that is no package. */
export const of = Effect.fnUntraced(function*({ refs }: BuildTaskModuleRef, task: number) {
  const found = refs.flatMap((ref, at) =>
    ref.enabled !== false
      ? []
      : (ref.added_artifacts ?? []).map((given, position) => ({
        loc: ["body", "tasks", task, "refs", at, "added_artifacts", position],
        read: typeof given === "string" ? Nevra.parse(given.replace(/\.rpm$/, "")) : undefined
      }))
  )
  const wrong = found.filter(({ read }) => read === undefined || Result.isFailure(read))
  if (wrong.length > 0) {
    return yield* AlbsFailure.invalid(
      wrong.slice(0, 100).map(({ loc }) => ({
        loc,
        msg: "A package is name-epoch:version-release.arch",
        type: "value_error"
      }))
    )
  }
  return found.flatMap(({ read }) => read !== undefined && Result.isSuccess(read) ? [Nevra.format(read.success)] : [])
})
