/**
 * The Module Build Service's face, `/module-build-service/1/` and `/2/`: existing clients find what they know.
 *
 * One wildcard route and a dispatcher, since every path exists in two versions and answers errors in its own form. Lists are
 * served with and without a slash at their end.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { RightName } from "@orch/api/Right"
import type { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { BuildSystem } from "@orch/core/ports/BuildSystem"
import type { CommandQueues } from "@orch/core/ports/CommandQueue"
import type { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type { Access } from "../../auth/Access.ts"
import type { Authentication } from "../../auth/Authentication.ts"
import type { AuthSettings } from "../../auth/AuthSettings.ts"
import * as MatchedRoute from "../../http/MatchedRoute.ts"
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
  | Access
  | Authentication
  | AuthSettings
  | BuildSystem
  | CommandQueues
  | MbsBuilds
  | MbsImport
  | MbsSettings
  | ModuleBuildEngine
  | ModuleBuilds
  | ScmSettings
  | Submission
  | SubmissionSettings

/** What a method of a path needs, and what it answers. */
interface Offered {
  readonly right: RightName
  readonly answer: () => Answer
}

type Answer = Effect.Effect<HttpServerResponse, MbsError.MbsError | StoreUnavailable, Services>
type Methods = Readonly<Record<string, Offered>>

const offer = (right: RightName) => (answer: () => Answer): Offered => ({ right, answer })
const [open, read, submits, owns, imports] = [
  offer("public"),
  offer("read"),
  offer("submit"),
  offer("own"),
  offer("import")
]

/** The methods a path offers; `undefined` where there is nothing. */
const route = (call: MbsCall.MbsCall): Methods | undefined => {
  const [area, item, part, name, action, ...rest] = call.segments
  if (rest.length > 0) return undefined
  const id = item === undefined ? undefined : MbsCall.id(item)
  switch ([area, item === undefined ? "" : "ID", part, name === undefined ? undefined : "NAME", action].join("/")) {
    case "module-builds////":
      return { GET: read(() => ModuleBuildRoutes.list(call)), POST: submits(() => ModuleBuildRoutes.submit(call)) }
    case "module-builds/ID///":
      return {
        GET: read(() => ModuleBuildRoutes.show(call, id)),
        PATCH: owns(() => ModuleBuildRoutes.cancel(call, id))
      }
    case "module-builds/ID/messages//":
      return { GET: read(() => ModuleBuildRoutes.messages(call, id)) }
    case "module-builds/ID/explain//":
      return { GET: read(() => ModuleBuildRoutes.explanation(call, id)) }
    case "module-builds/ID/events//":
      return { GET: read(() => Effect.succeed(MbsAnswer.redirect(`/orch/v1/module-builds/${id ?? 0}/events`))) }
    case "module-builds/ID/components/NAME/retry":
      return { POST: owns(() => ModuleBuildRoutes.retry(call, id, name!)) }
    case "component-builds////":
      return { GET: read(() => OtherRoutes.listComponents(call)) }
    case "component-builds/ID///":
      return { GET: read(() => OtherRoutes.showComponent(call, id)) }
    case "component-builds/ID/messages//":
      return { GET: read(() => OtherRoutes.componentMessages(call, id)) }
    case "final-modulemd/ID///":
      return { GET: read(() => OtherRoutes.finalModulemd(call, id)) }
    case "import-module////":
      return { POST: imports(() => OtherRoutes.importModule(call)) }
    case "rebuild-strategies////":
      return { GET: read(() => OtherRoutes.strategies(call)) }
    case "about////":
      // Who we are may be asked by everybody: clients learn from it how to log in.
      return { GET: open(() => OtherRoutes.about(call)) }
    case "monitor/ID///":
      return item === "metrics" ? { GET: read(() => Effect.succeed(MbsAnswer.redirect("/metrics"))) } : undefined
    default:
      return undefined
  }
}

/** What a known path is called in measurements: ids and names are left out. */
const patternOf = ({ apiVersion, segments: [area, item, part, name, action] }: MbsCall.MbsCall): string =>
  [
    `/module-build-service/${apiVersion}`,
    area,
    ...(item === undefined ? [] : [":id"]),
    ...(part === undefined ? [] : [part]),
    ...(name === undefined ? [] : [":name"]),
    ...(action === undefined ? [] : [action])
  ].join("/")

const answer = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const call = yield* MbsCall.parse(request)
  const methods = route(call)
  if (methods === undefined) return yield* MbsError.notFound(`There is nothing at ${new URL(call.url).pathname}`)
  MatchedRoute.note(request, patternOf(call))
  if (call.method === "OPTIONS") return MbsAnswer.options(...Object.keys(methods))
  const method = call.method === "HEAD" ? "GET" : call.method
  const offered = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (offered === undefined) return MbsAnswer.notAllowed(call, ...Object.keys(methods))
  yield* MbsPermissions.require(call, offered.right)
  return yield* offered.answer()
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
