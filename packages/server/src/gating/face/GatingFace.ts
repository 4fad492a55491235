/**
 * The gates' three established interfaces on one server. Each route stands at the path its clients know and below the name of its
 * service; what no route answers is told in their words.
 */
import { type GatingRouteName, placesOf, routes } from "@orch/api/gating/GatingRoutes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import { GateDecisions } from "../GateDecisions.ts"
import { TestResults } from "../TestResults.ts"
import { Waivers } from "../Waivers.ts"
import * as DecisionRoutes from "./DecisionRoutes.ts"
import * as Answer from "./GatingAnswer.ts"
import * as ResultRoutes from "./ResultRoutes.ts"
import * as WaiverRoutes from "./WaiverRoutes.ts"

type Services = GateDecisions | TestResults | Waivers
type Handler = (
  call: Answer.Call,
  parameters: Readonly<Record<string, string | undefined>>
) => Effect.Effect<HttpServerResponse.HttpServerResponse, Answer.Refused, Services>

/** The versions of the services whose behaviour is followed. */
const versions = { waiverdb: "1.4.0", greenwave: "2.3.0" }

const about = Effect.succeed(Answer.json({ version: versions.greenwave }))

const handlers: Readonly<Record<GatingRouteName, Handler>> = {
  resultsLanding: (call) => Effect.succeed(ResultRoutes.landing(call)),
  resultsHealth: () => Effect.succeed(Answer.json({ message: "Health check OK" })),
  results: ResultRoutes.list,
  latestResults: ResultRoutes.latest,
  result: (call, { id = "" }) => ResultRoutes.one(call, id),
  postResult: ResultRoutes.post,
  testcases: (call, { "*": name = "" }) =>
    name === "" ? ResultRoutes.testcases(call) : ResultRoutes.testcase(call, name),
  postTestcase: ResultRoutes.postTestcase,
  groups: ResultRoutes.groups,
  group: (call, { uuid = "" }) => ResultRoutes.group(call, uuid),
  groupResults: (call, { uuid = "" }) => ResultRoutes.groupResults(call, uuid),
  postGroup: ResultRoutes.postGroup,
  waivers: WaiverRoutes.list,
  waiver: (call, { id = "" }) => WaiverRoutes.one(call, id),
  postWaiver: WaiverRoutes.post,
  filteredWaivers: WaiverRoutes.filtered,
  waiversBySubjects: WaiverRoutes.bySubjects,
  waiverPermissions: WaiverRoutes.permissions,
  waiverConfig: () => WaiverRoutes.config,
  waiverAbout: () => Effect.succeed(Answer.json({ version: versions.waiverdb, auth_method: "orch" })),
  decision: DecisionRoutes.decide,
  policies: () => DecisionRoutes.policies,
  subjectTypes: () => DecisionRoutes.subjectTypes,
  validateGatingYaml: DecisionRoutes.validate,
  gateAbout: () => about,
  // The older name of the same, from which clients are sent on.
  gateVersion: ({ root }) => Effect.succeed(HttpServerResponse.redirect(`${root}/about`, { status: 302 }))
}

/** Answers that pages elsewhere may load as scripts, as Greenwave lets them. */
const scripts: ReadonlyArray<GatingRouteName> = [
  "gateAbout",
  "policies",
  "subjectTypes",
  "decision",
  "validateGatingYaml"
]

const handle = (context: Context.Context<Services>, name: GatingRouteName) => {
  const version = routes[name].service === "resultsdb" ? "/v2.0" : "/v1.0"
  return Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const parameters = yield* HttpRouter.params
    const call = yield* Answer.parse(request, version)
    const answer = yield* handlers[name](call, parameters)
    return scripts.includes(name) ? yield* Answer.asScript(call, answer) : answer
  }).pipe(
    Effect.catchTag("Refused", ({ response }) => Effect.succeed(response)),
    Effect.provideContext(context)
  )
}

/** Adds the routes to the router. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Services> = HttpRouter.use((router) =>
  Effect.flatMap(Effect.context<Services>(), (all) => {
    const context = Context.pick(GateDecisions, TestResults, Waivers)(all)
    const added = (Object.keys(routes) as ReadonlyArray<GatingRouteName>).flatMap((name) =>
      placesOf(name).map((path) => router.add(routes[name].method, path as HttpRouter.PathInput, handle(context, name)))
    )
    return Effect.all(added, { discard: true })
  })
)
