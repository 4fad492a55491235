/**
 * Looks from time to time at what refs point to: what no forge told of is found in the end.
 *
 * Every ref that was ever told of is looked at, and those that the settings name. A repository that does not answer says nothing about its refs;
 * one that answers without the ref says that it was deleted. Whether a move took commits away is asked of git where no forge said.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BranchHistory } from "./BranchHistory.ts"
import * as RefName from "./RefName.ts"

/** How often to look, and at what besides the refs that are known. */
export interface Options {
  /** Minutes between two looks at one ref; 0 for never. */
  readonly minutes: number
  /** `ADDRESS#REF` each. */
  readonly watched: ReadonlyArray<string>
}

/** Refs that are looked at in one round, some seconds. */
const perRound = 200

/** One round; how many refs moved. */
export const round = (options: Options) =>
  Effect.gen(function*() {
    const branches = yield* BranchHistory
    const sources = yield* SourceControl
    const known = yield* branches.takeForLook(options.minutes * 60, perRound)
    const named = known.length > 0 ? [] : options.watched.map((one) => {
      const hash = one.lastIndexOf("#")
      return { repository: RefName.repository(one.slice(0, hash)), ref: RefName.ref(one.slice(hash + 1)) }
    })
    const refs = [...known, ...named]
    const found = yield* sources.resolve(
      refs.map(({ ref, repository }) => ({ repository, ref: ref.replace(/^refs\/(?:heads|tags)\//, "") }))
    )
    const moved = yield* Effect.forEach(refs, ({ ref, repository }, index) =>
      Effect.gen(function*() {
        const seen = found[index]!
        if (seen._tag === "Unresolved" && (seen.error.reason !== "missing" || seen.error.what !== "reference")) return 0
        const after = seen._tag === "Resolved" ? seen.commit : null
        const now = (yield* branches.at(repository, ref))[0]
        if (now?.commit === after || now === undefined && after === null) return 0
        const forced = typeof now?.commit === "string" && after !== null && ref.startsWith("refs/heads/")
          ? yield* sources.onBranch(repository, now.commit, ref.slice("refs/heads/".length)).pipe(
            Effect.map((kept) => !kept),
            Effect.catch(() => Effect.undefined)
          )
          : undefined
        return yield* branches.observe("poll", [{
          repository,
          ref,
          after,
          ...(forced === undefined ? {} : { forced })
        }])
      }), { concurrency: 4 })
    return moved.reduce((sum, one) => sum + one, 0)
  })

/** Looks for as long as the server lives. */
export const layer = (options: Options): Layer.Layer<never, never, BranchHistory | SourceControl> =>
  options.minutes === 0 ? Layer.empty : Layer.effectDiscard(
    Upkeep.repeating({ failed: "Branches could not be looked at", interval: 30_000 }, round(options))
  )
