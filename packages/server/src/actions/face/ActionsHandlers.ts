/** What whoever asks may do, why not, and what would follow: of module builds, package builds and releases. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { PossibleAction } from "@orch/api/orch/ActionsApi"
import type { RightName } from "@orch/api/Right"
import type { IllegalTransition } from "@orch/core/life/IllegalTransition"
import * as BuildActions from "@orch/core/modulebuild/BuildActions"
import * as BuildTask from "@orch/core/packagebuild/BuildTask"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import * as PackageBuildTransition from "@orch/core/packagebuild/PackageBuildTransition"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { Releases } from "@orch/core/ports/release/Releases"
import { type Release, repositoriesOf } from "@orch/core/release/Release"
import type { ReleaseEvent } from "@orch/core/release/ReleaseEvent"
import * as ReleaseTransition from "@orch/core/release/ReleaseTransition"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Result from "effect/Result"
import { Access } from "../../auth/Access.ts"
import { anonymous } from "../../auth/Caller.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as PathNumber from "../../http/PathNumber.ts"

const action = (fields: Pick<PossibleAction, "action"> & Partial<PossibleAction>): PossibleAction => ({
  part: null,
  allowed: true,
  why_not: null,
  forbidden: false,
  consequence: null,
  counts: {},
  ...fields
})

/** The same where the right is missing: that is said before anything of the state. */
const withoutRight = (one: PossibleAction, why: string): PossibleAction => ({
  ...one,
  allowed: false,
  forbidden: true,
  why_not: why
})

const refused = (why: string): Partial<PossibleAction> => ({ allowed: false, why_not: why })

type Decided = Result.Result<{ readonly changed: boolean }, IllegalTransition>

const ofDecision = (name: string, decided: Decided, consequence: string, counts: PossibleAction["counts"] = {}) =>
  Result.isFailure(decided)
    ? action({ action: name, ...refused(decided.failure.message) })
    : decided.success.changed
    ? action({ action: name, consequence, counts })
    : action({ action: name, ...refused("It would change nothing") })

const packageActions = (build: PackageBuild, by: string, at: number): ReadonlyArray<PossibleAction> => {
  const decide = (event: PackageBuildEvent) => PackageBuildTransition.decide(build, event)
  const tasks = [...build.tasks.values()]
  const open = tasks.filter((task) => !BuildTask.isEnded(task)).length
  const lost = tasks.filter(BuildTask.isLost).length
  const kept = tasks.filter(BuildTask.isPassed).length
  return [
    ofDecision(
      "cancel",
      decide({ _tag: "CancelRequested", at, by }),
      `${open} of ${tasks.length} tasks are ended; what is built stays.`,
      { ended: open, kept }
    ),
    ofDecision(
      "restart",
      decide({ _tag: "RestartRequested", at, by }),
      `${lost} tasks that did not succeed are tried once more; ${kept} are kept.`,
      { built: lost, kept }
    ),
    action({ action: "priority", consequence: "Tasks that wait go before or behind those of other builds." })
  ]
}

const releaseActions = (release: Release, by: string, at: number): ReadonlyArray<PossibleAction> => {
  const decide = (event: ReleaseEvent) => ReleaseTransition.decide(release, event)
  const repositories = repositoriesOf(release)
  const packages = repositories.reduce((sum, { additions }) => sum + additions.length, 0)
  const counts = {
    repositories: repositories.length,
    additions: packages,
    blocks: release.problems.filter(({ severity }) => severity === "blocks").length
  }
  return [
    ofDecision(
      "plan",
      decide({ _tag: "PlanRequested", at, by }),
      "The plan is made anew from what lies in the repositories now; what was edited stays."
    ),
    ofDecision(
      "commit",
      decide({ _tag: "CommitRequested", at, by }),
      `${packages} packages and modules go to ${repositories.length} repositories, which readers then see.`,
      counts
    ),
    ofDecision(
      "revert",
      decide({ _tag: "RevertRequested", at, by, why: "" }),
      `${repositories.length} repositories become what they were before.`,
      counts
    ),
    ofDecision(
      "remove",
      decide({ _tag: "RemoveRequested", at, by }),
      "The release is removed; repositories stay as they are."
    )
  ]
}

export const layer = HttpApiBuilder.group(
  OrchApi,
  "actions",
  Effect.fn(function*(handlers) {
    const access = yield* Access
    const modules = yield* ModuleBuilds
    const packages = yield* PackageBuilds
    const releases = yield* Releases

    const missing = (what: string, id: number) => () => Effect.fail(ErrorBody.notFound(`There is no ${what} ${id}`))

    // Where everybody may read, nobody was asked yet who they are.
    const may = Effect.gen(function*() {
      const caller = yield* CurrentCaller
      if (caller !== anonymous) return { name: caller.name, is: (right: RightName) => access.allows(caller, right) }
      const request = yield* HttpServerRequest.HttpServerRequest
      const known = yield* Effect.orElseSucceed(access.identify(request), () => undefined)
      return {
        name: known?.name ?? anonymous.name,
        is: (right: RightName) => known !== undefined && access.allows(known, right)
      }
    })

    /** Why somebody may not change what is another one's; `undefined` where they may. */
    const ofOthers = (
      { is, name }: { readonly name: string; readonly is: (right: RightName) => boolean },
      owner: string
    ): string | undefined => {
      if (is("administer")) return undefined
      if (!is("submit")) return "Only whoever may build can do that; sign in as somebody who may"
      return name === owner ? undefined : `It is ${owner}'s; only they and administrators may change it`
    }

    return handlers.handleAll({
      moduleBuild: Effect.fnUntraced(function*({ params }) {
        const id = yield* PathNumber.of("module build")(params.id)
        const { state: build } = yield* modules.get(id).pipe(
          Effect.catchTag("ProcessNotFound", missing("module build", id)),
          whenAway
        )
        const who = yield* may
        const why = ofOthers(who, build.plan.owner)
        const found = BuildActions.possible(build, who.name, yield* Clock.currentTimeMillis)
        return found.map(({ action: name, component, consequence, refusal }) => {
          const one = action({
            action: name === "prioritize" ? "priority" : name,
            part: component ?? null,
            consequence: consequence?.sentence ?? null,
            counts: consequence === undefined
              ? {}
              : { ended: consequence.ended, kept: consequence.kept, built: consequence.built },
            ...(refusal === undefined ? {} : refused(refusal))
          })
          return why === undefined ? one : withoutRight(one, why)
        })
      }),
      packageBuild: Effect.fnUntraced(function*({ params }) {
        const id = yield* PathNumber.of("package build")(params.id)
        const { state: build } = yield* packages.get(id).pipe(
          Effect.catchTag("ProcessNotFound", missing("package build", id)),
          whenAway
        )
        const who = yield* may
        const why = ofOthers(who, build.plan.owner)
        const found = packageActions(build, who.name, yield* Clock.currentTimeMillis)
        return found.map((one) => why === undefined ? one : withoutRight(one, why))
      }),
      release: Effect.fnUntraced(function*({ params }) {
        const id = yield* PathNumber.of("release")(params.id)
        const { state: release } = yield* releases.get(id).pipe(
          Effect.catchTag("ProcessNotFound", missing("release", id)),
          Effect.filterOrElse(({ state }) => state.state !== "removed", missing("release", id)),
          whenAway
        )
        const who = yield* may
        const isReleaser = who.is("release")
        const isOwn = isReleaser || (who.is("known") && release.plan.by === who.name)
        return releaseActions(release, who.name, yield* Clock.currentTimeMillis).map((one) => {
          if (one.action === "commit" || one.action === "revert") {
            return isReleaser ? one : withoutRight(one, "Only those who release may change production repositories")
          }
          return isOwn
            ? one
            : withoutRight(one, `It is ${release.plan.by}'s; only they and those who release may change it`)
        })
      })
    })
  })
)
