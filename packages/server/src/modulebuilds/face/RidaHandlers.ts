/** The first orchestrator API: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import { taskState } from "@orch/core/modulebuild/ComponentBuild"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { Submission } from "../submission/Submission.ts"
import * as SubmissionRequest from "../submission/SubmissionRequest.ts"
import * as Failures from "./ModuleBuildFailures.ts"

export const layer = HttpApiBuilder.group(
  OrchApi,
  "rida",
  Effect.fn(function*(handlers) {
    const store = yield* ModuleBuilds
    const index = yield* ModuleBuildIndex
    const submission = yield* Submission
    return handlers.handleAll({
      submit: ({ payload }) =>
        CurrentCaller.pipe(
          Effect.flatMap(({ name }) =>
            submission.submit(
              SubmissionRequest.make({ source: { _tag: "Git", scmurl: payload.scmurl }, owner: name })
            )
          ),
          Effect.catchTag("SubmissionRefused", (refused) => Effect.fail(Failures.ofSubmission(refused))),
          whenAway,
          Effect.map((builds) => ({ id: builds[0]!.id }))
        ),
      get: Effect.fnUntraced(function*({ params }) {
        const id = yield* Failures.moduleBuildId(params.id)
        const { state: build } = yield* store.get(id).pipe(Failures.whenMissing, whenAway)
        return { id, state: build.state, tasks: tasks(build) }
      }),
      list: Effect.fnUntraced(function*({ query }) {
        const paging = yield* Paging.parse(query, Paging.maxLimit)
        const states = yield* Paging.states(query.state)
        const { items, total } = yield* index.list({
          ...paging,
          order: "oldest",
          ...(states === undefined ? {} : { states })
        }).pipe(whenAway)
        const links = Paging.link(
          "/rida/module-builds/",
          paging,
          total,
          (states ?? []).map((state) => ["state", state])
        )
        yield* HttpEffect.appendPreResponseHandler((_request, response) =>
          Effect.succeed(HttpServerResponse.setHeader(response, "link", links))
        )
        return items.map(({ id, state }) => ({ id, state }))
      })
    })
  })
)

/** `rpms/NVR`, or the component's name until the NVR is known, to `TASKID/state`; a component without a task has number 0. */
const tasks = (build: ModuleBuild): Record<string, string> =>
  Object.fromEntries(
    [...build.components.values()].map((component) => [
      `rpms/${component.nvr ?? component.name}`,
      `${component.task ?? 0}/${taskState(component)}`
    ])
  )
