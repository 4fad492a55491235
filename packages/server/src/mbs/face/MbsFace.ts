/**
 * The Module Build Service's face, `/module-build-service/1/` and `/2/`: existing clients find what they know.
 *
 * One wildcard route and a dispatcher, since every path exists in two versions and answers errors in its own form. Lists are
 * served with and without a slash at their end.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { CommandQueues } from "@orch/core/ports/CommandQueue"
import type { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type { Authentication } from "../../auth/Authentication.ts"
import type { AuthSettings } from "../../auth/AuthSettings.ts"
import type { Submission } from "../../modulebuilds/submission/Submission.ts"
import type { SubmissionSettings } from "../../modulebuilds/submission/SubmissionSettings.ts"
import type { ScmSettings } from "../../scm/ScmSettings.ts"
import type { MbsBuilds } from "../MbsBuilds.ts"
import type { MbsImport } from "../MbsImport.ts"
import type { MbsSettings } from "../MbsSettings.ts"
import * as MbsAnswer from "./MbsAnswer.ts"
import * as MbsCall from "./MbsCall.ts"
import * as MbsPermissions from "./MbsPermissions.ts"
import * as ModuleBuildRoutes from "./ModuleBuildRoutes.ts"
import * as OtherRoutes from "./OtherRoutes.ts"

type Services =
  | Authentication
  | AuthSettings
  | CommandQueues
  | MbsBuilds
  | MbsImport
  | MbsSettings
  | ModuleBuildEngine
  | ModuleBuilds
  | ScmSettings
  | Submission
  | SubmissionSettings

type Answer = Effect.Effect<HttpServerResponse, MbsError.MbsError | StoreUnavailable, Services>
type Methods = Readonly<Record<string, () => Answer>>

/** The methods a path offers; `undefined` where there is nothing. */
const route = (call: MbsCall.MbsCall): Methods | undefined => {
  const [area, item, part, name, action, ...rest] = call.segments
  if (rest.length > 0) return undefined
  const id = item === undefined ? undefined : MbsCall.id(item)
  switch ([area, item === undefined ? "" : "ID", part, name === undefined ? undefined : "NAME", action].join("/")) {
    case "module-builds////":
      return { GET: () => ModuleBuildRoutes.list(call), POST: () => ModuleBuildRoutes.submit(call) }
    case "module-builds/ID///":
      return { GET: () => ModuleBuildRoutes.show(call, id), PATCH: () => ModuleBuildRoutes.cancel(call, id) }
    case "module-builds/ID/messages//":
      return { GET: () => ModuleBuildRoutes.messages(call, id) }
    case "module-builds/ID/explain//":
      return { GET: () => ModuleBuildRoutes.explanation(call, id) }
    case "module-builds/ID/events//":
      return { GET: () => Effect.succeed(MbsAnswer.redirect(`/orch/v1/module-builds/${id ?? 0}/events`)) }
    case "module-builds/ID/components/NAME/retry":
      return { POST: () => ModuleBuildRoutes.retry(call, id, name!) }
    case "component-builds////":
      return { GET: () => OtherRoutes.listComponents(call) }
    case "component-builds/ID///":
      return { GET: () => OtherRoutes.showComponent(call, id) }
    case "component-builds/ID/messages//":
      return { GET: () => OtherRoutes.componentMessages(call, id) }
    case "final-modulemd/ID///":
      return { GET: () => OtherRoutes.finalModulemd(call, id) }
    case "import-module////":
      return { POST: () => OtherRoutes.importModule(call) }
    case "rebuild-strategies////":
      return { GET: () => OtherRoutes.strategies(call) }
    case "about////":
      return { GET: () => OtherRoutes.about(call) }
    case "monitor/ID///":
      return item === "metrics" ? { GET: () => Effect.succeed(MbsAnswer.redirect("/metrics")) } : undefined
    default:
      return undefined
  }
}

const answer = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const call = yield* MbsCall.parse(request)
  const methods = route(call)
  if (methods === undefined) return yield* MbsError.notFound(`There is nothing at ${new URL(call.url).pathname}`)
  if (call.method === "OPTIONS") return MbsAnswer.options(...Object.keys(methods))
  const method = call.method === "HEAD" ? "GET" : call.method
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (handler === undefined) return MbsAnswer.notAllowed(call, ...Object.keys(methods))
  // Who we are may be asked by everybody: clients learn from it how to log in.
  if (method === "GET" && call.segments[0] !== "about") yield* MbsPermissions.requireReader(call)
  return yield* handler()
})

const handle = (request: HttpServerRequest): Effect.Effect<HttpServerResponse, never, Services> =>
  answer(request).pipe(
    Effect.catchTag("MbsError", (error) => Effect.succeed(MbsAnswer.error(error))),
    Effect.catchTag("StoreUnavailable", (error) =>
      Effect.as(
        Effect.logWarning(`${error.operation}: ${error.message}`, error.cause),
        MbsAnswer.error(MbsError.unavailable("The database does not answer; try again in a moment"))
      ))
  )

export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Services> = HttpRouter.use((router) =>
  Effect.flatMap(
    Effect.context<Services>(),
    (context) =>
      router.add("*", "/module-build-service/*", (request) => Effect.provideContext(handle(request), context))
  )
)
