/** Builds what the rules say of a push: once for each rule and commit, however often the push is told of. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { AlbsFailure } from "../albs/AlbsFailure.ts"
import { asUnavailable } from "../database/PgError.ts"
import { BuildSubmission } from "../packagebuilds/BuildSubmission.ts"
import { People } from "../people/People.ts"
import { Projects } from "./Projects.ts"
import type { Push } from "./PushEvent.ts"
import * as PushRules from "./PushRules.ts"
import * as SourceFiles from "./SourceFiles.ts"
import { SourceSettings } from "./SourceSettings.ts"
import * as Statements from "./statements/PushStatements.ts"

/** What became of a push by one rule. */
export interface Outcome {
  readonly rule: string
  /** Number of the build; absent where it was refused. */
  readonly build?: number
  readonly problem?: string
}

/** What pushes do. */
export class PushBuilds extends Context.Service<PushBuilds, {
  /** One outcome for each rule that fits; builds belong to `by` where the rule names nobody. */
  readonly receive: (
    push: Push,
    by: string,
    topic?: PushRules.PushRule["topic"]
  ) => Effect.Effect<ReadonlyArray<Outcome>, StoreUnavailable>
}>()("@orch/server/sources/PushBuilds") {}

const said = ({ detail }: AlbsFailure): string =>
  typeof detail === "string" ? detail : detail.map(({ loc, msg }) => `${loc.slice(1).join(".")}: ${msg}`).join("; ")

export const layer: Layer.Layer<
  PushBuilds,
  SourceFiles.SourceFileUnusable,
  BuildSubmission | People | Projects | SourceSettings | SqlClient.SqlClient
> = Layer.effect(
  PushBuilds,
  Effect.gen(function*() {
    const rules = yield* SourceFiles.rules(yield* SourceSettings)
    const sql = yield* SqlClient.SqlClient
    const submission = yield* BuildSubmission
    const people = yield* People
    const projects = yield* Projects
    const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("PushBuilds.receive"))

    /** Key and build come into being together, or not at all. */
    const build = Effect.fnUntraced(function*(rule: PushRules.PushRule, push: Push, by: string) {
      const name = PushRules.nameOf(rules, rule)
      const key = `${push.cloneUrl}#${push.kind}/${push.name}@${push.commit}/${name}`
      const owner = rule.owner ?? by
      const { email } = yield* people.ensure(owner)
      const submit = Effect.gen(function*() {
        if (!(yield* Statements.claim(key))) return yield* Statements.find(key)
        const { id } = yield* submission.submit({
          platforms: rule.platforms.map(({ arches, name: platform }) => ({ name: platform, arch_list: arches })),
          tasks: [{
            url: push.cloneUrl,
            git_ref: push.name,
            ref_type: push.kind === "tag" ? "git_tag" : "git_branch",
            git_commit_hash: push.commit
          }],
          ...(rule.linked_builds === undefined ? {} : { linked_builds: rule.linked_builds }),
          ...(rule.product === undefined ? {} : { product_id: rule.product })
        }, { name: owner, email })
        yield* Statements.built(key, id)
        return id
      })
      return yield* run(sql.withTransaction(submit)).pipe(
        Effect.map((id): Outcome => ({ rule: name, ...(id === undefined ? {} : { build: id }) })),
        Effect.catchTag("AlbsFailure", (failure) => {
          const problem = said(failure)
          return Effect.as(
            Effect.logWarning(`A push to ${push.repository} builds nothing by rule ${name}: ${problem}`),
            { rule: name, problem }
          )
        })
      )
    })

    return PushBuilds.of({
      receive: Effect.fnUntraced(function*(push, by, topic) {
        yield* projects.stale(push.cloneUrl)
        return yield* Effect.forEach(
          rules.filter((rule) => PushRules.matches(rule, push, topic)),
          (rule) => build(rule, push, by)
        )
      })
    })
  })
)
