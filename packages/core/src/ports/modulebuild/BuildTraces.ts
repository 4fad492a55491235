/**
 * Earlier results by what they follow from: components that need not be built, because something was built from the same inputs, in whichever
 * version. Without an implementation nothing is found.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ModuleBuild } from "../../modulebuild/ModuleBuild.ts"
import type { Reused } from "../../modulebuild/ModulePlan.ts"
import type { StoreUnavailable } from "../StoreUnavailable.ts"

/** What is offered. */
export interface Interface {
  /** Results for those of these components, whose commits are given by name, that were built from the same inputs before. */
  readonly find: (
    build: ModuleBuild,
    commits: Readonly<Record<string, string>>,
    components: ReadonlyArray<string>
  ) => Effect.Effect<Readonly<Record<string, Reused>>, StoreUnavailable>
  /** Those of these tasks whose results are taken no more, from whichever build. */
  readonly revoked: (tasks: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>, StoreUnavailable>
}

/** The port. */
export const BuildTraces: Context.Reference<Interface> = Context.Reference("@orch/core/ports/modulebuild/BuildTraces", {
  defaultValue: (): Interface => ({
    find: () => Effect.succeed({}),
    revoked: () => Effect.succeed(new Set())
  })
})
