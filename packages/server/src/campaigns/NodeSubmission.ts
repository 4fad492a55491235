/** Submits modules for campaigns: each like anybody's, once for each attempt, however often the command for it runs. */
import type { Campaign, NodeBuild } from "@orch/core/campaign/Campaign"
import { downstream, type NodePlan } from "@orch/core/campaign/CampaignPlan"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { Submission } from "../modulebuilds/submission/Submission.ts"
import * as SubmissionRequest from "../modulebuilds/submission/SubmissionRequest.ts"
import * as Statements from "./statements/CampaignStatements.ts"

/** What a command needs does not answer; it is tried again. */
export class Away extends Data.TaggedError("Away")<{ readonly message: string }> {
  readonly isRetryable = true
}

/** The builds that there are now, or why there are none. */
export type Submitted =
  | { readonly _tag: "Begun"; readonly builds: ReadonlyArray<NodeBuild> }
  | { readonly _tag: "Refused"; readonly reason: string }

/** Below what people submit, so that nobody's own build waits behind a mass rebuild. */
const massUrgency = -20

type RebuildPart = NonNullable<ModulePlan["rebuild"]>

/** What is submitted in scratch. */
export interface Scratch {
  /** `name:stream`. */
  readonly node: string
  readonly scmurl: string
  readonly owner: string
  /** Milliseconds since the epoch; the same however often it is submitted. */
  readonly at: number
  readonly urgency: number
  /** Commits of components, by name. */
  readonly refs: Readonly<Record<string, string>>
  /** Ids of scratch builds that are built with, before all others. */
  readonly builtWith?: ReadonlyArray<number>
  readonly rebuild: RebuildPart
}

/** Shares of the farm are counted by campaign; of its nodes the one goes first that the longest chain waits for. */
export const partOf = ({ id, plan }: Campaign, node: string): RebuildPart => {
  const own = plan.nodes.find(({ name }) => name === node)?.seconds ?? 0
  return { of: `campaign/${id}`, behind: Math.max(0, (downstream(plan).get(node) ?? 0) - own) }
}

/** What submits. */
export const make = Effect.gen(function*() {
  const submission = yield* Submission
  const engine = yield* ModuleBuildEngine
  const builds = yield* ModuleBuilds
  const sql = yield* SqlClient.SqlClient

  const submit = Effect.fnUntraced(function*(
    request: SubmissionRequest.SubmissionRequest,
    urgency: number
  ): Effect.fn.Return<Submitted, Away | StoreUnavailable> {
    const submitted = yield* Effect.result(submission.submit(request))
    if (submitted._tag === "Failure") {
      const error = submitted.failure
      if (error._tag === "StoreUnavailable") return yield* error
      if (error.reason === "unreachable") return yield* new Away({ message: error.message })
      return { _tag: "Refused", reason: error.message }
    }
    const begun = yield* Effect.forEach(
      submitted.success,
      Effect.fnUntraced(function*({ id, isNew }): Effect.fn.Return<NodeBuild, StoreUnavailable> {
        // A build that has ended meanwhile needs no place.
        if (isNew) yield* Effect.ignore(engine.prioritize(id, urgency, request.owner))
        const now = yield* builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
        // Of revision 0, so that its news say something, whichever have been told already.
        return { id, revision: 0, state: now?.state.state ?? "init" }
      })
    )
    return { _tag: "Begun", builds: begun }
  })

  const sourceOf = (node: string, scmurl: string) => {
    const colon = node.indexOf(":")
    return { _tag: "Git" as const, scmurl, name: node.slice(0, colon), stream: node.slice(colon + 1) }
  }

  /** As a newer version of the module, from what it and its components are now. */
  const rebuild = (campaign: Campaign, node: string, scmurl: string, at: number | undefined) =>
    submit(
      SubmissionRequest.make({
        source: sourceOf(node, scmurl),
        owner: campaign.plan.by,
        rebuildStrategy: "content",
        // The same for each run of the command, so that the second finds what the first began.
        rebuildAt: at,
        rebuild: partOf(campaign, node)
      }),
      massUrgency
    )

  /** In scratch: nothing of it is published, and nobody else builds with it. */
  const scratch = Effect.fnUntraced(function*(
    { at, builtWith = [], node, owner, rebuild, refs, scmurl, urgency }: Scratch
  ) {
    const source = sourceOf(node, scmurl)
    // Every submission of a scratch build is a build of its own: what an earlier run of the command began is found by its time.
    const begun = yield* Statements.scratchBuilds({ ...source, owner, version: ModuleVersion.fromTimestamp(at / 1000) })
      .pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("NodeSubmission.scratch"))
    if (begun.length > 0) return { _tag: "Begun", builds: begun } satisfies Submitted
    return yield* submit(
      SubmissionRequest.make({ source, owner, scratch: true, rebuildAt: at, refOverrides: refs, builtWith, rebuild }),
      urgency
    )
  })

  /** Commits of the components that a build was made of, by name; none where there is no such build. */
  const commitsOf = Effect.fnUntraced(function*(id: number | undefined) {
    if (id === undefined) return {}
    const found = yield* builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
    return Object.fromEntries(
      [...found?.state.components ?? []].flatMap(([name, { commit }]) => commit === undefined ? [] : [[name, commit]])
    )
  })

  /**
   * As it would be if a pull request were merged: from what is proposed, else from what its last build was made of, with what the
   * campaign built before it.
   */
  const trial = Effect.fnUntraced(function*(campaign: Campaign, planned: NodePlan, scmurl: string, at: number) {
    const commits = yield* commitsOf(planned.previous[0])
    return yield* scratch({
      node: planned.name,
      scmurl,
      owner: campaign.plan.by,
      at,
      urgency: massUrgency,
      rebuild: partOf(campaign, planned.name),
      // Of a document that is proposed, other components may be named.
      refs: { ...(planned.changed && Object.keys(planned.refs ?? {}).length === 0 ? {} : commits), ...planned.refs },
      // What its buildroot held and the campaign has is all of what comes before it.
      builtWith: [...planned.after, ...planned.back ?? []].flatMap((name) => {
        const before = campaign.nodes.get(name)
        return before?.state === "done" ? before.builds.map(({ id }) => id) : []
      })
    })
  })

  return { rebuild, scratch, trial, commitsOf }
})
