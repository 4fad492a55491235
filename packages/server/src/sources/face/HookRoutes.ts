/** Where forges tell of pushes: `/hooks/gitea`, `/hooks/github`, `/hooks/gitlab` and `/hooks/pagure`, signed with a shared secret. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { TrialCampaigns } from "../../campaigns/TrialCampaigns.ts"
import type { BranchHistory } from "../../history/BranchHistory.ts"
import * as PullRequestEvent from "../PullRequestEvent.ts"
import type { PushBuilds } from "../PushBuilds.ts"
import * as PushEvent from "../PushEvent.ts"
import * as PushIntake from "../PushIntake.ts"
import * as PushSignature from "../PushSignature.ts"
import { SourceSettings } from "../SourceSettings.ts"

type Services = BranchHistory | PushBuilds | SourceSettings | TrialCampaigns

const mostBytes = 8 * 1024 * 1024

const json = (value: unknown): HttpServerResponse.HttpServerResponse => HttpServerResponse.jsonUnsafe(value)

const isForge = (text: string | undefined): text is PushEvent.Forge => PushEvent.forges.some((forge) => forge === text)

/** The message: the body, or its field `payload` where a forge sends forms, as GitHub does unless it is told otherwise. */
const messageOf = (request: HttpServerRequest, body: Uint8Array): unknown => {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body)
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers["content-type"] ?? "")
  return JSON.parse(isForm ? new URLSearchParams(text).get("payload") ?? "" : text)
}

const receive = Effect.fnUntraced(function*(
  request: HttpServerRequest,
  forge: string | undefined
) {
  if (!isForge(forge)) {
    return yield* AlbsFailure.notFound(`Forges are ${PushEvent.forges.join(", ")}`)
  }
  const { pushSecret } = yield* SourceSettings
  if (pushSecret === undefined) return yield* AlbsFailure.forbidden("No forge is believed: ORCH_PUSH_SECRET is not set")
  const body = new Uint8Array(
    yield* request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(mostBytes)),
      Effect.mapError(() =>
        new AlbsFailure.AlbsFailure({ status: 413, detail: `The body must not be larger than ${mostBytes} bytes` })
      )
    )
  )
  if (!PushSignature.isValid(forge, Redacted.value(pushSecret), request.headers, body)) {
    return yield* AlbsFailure.forbidden("The message is not signed with the secret of this server")
  }
  const isProposal = PullRequestEvent.isPullRequest(forge, request.headers)
  if (!isProposal && PushEvent.isPush(forge, request.headers) === false) return json({ ignored: "not a push" })
  const given = yield* Effect.try({
    try: () => messageOf(request, body),
    catch: () => AlbsFailure.invalidAt(["body"], "JSON decode error", "json_invalid")
  })
  if (isProposal) {
    const proposed = PullRequestEvent.read(forge, given)
    return Result.isFailure(proposed)
      ? yield* AlbsFailure.badRequest(`This is no pull request of ${forge}: ${proposed.failure.message}`)
      : json(yield* (yield* TrialCampaigns).propose({ forge, ...proposed.success }))
  }
  const taken = yield* PushIntake.take(forge, given, PushEvent.delivery(request.headers))
  if (Result.isFailure(taken)) {
    return taken.failure.reason === "ignored"
      ? json({ ignored: taken.failure.message })
      : yield* AlbsFailure.badRequest(`This is no push of ${forge}: ${taken.failure.message}`)
  }
  return json({ builds: taken.success })
})

export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Services> = HttpRouter.use((router) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Services>()
    yield* router.add(
      "POST",
      "/hooks/:forge",
      (request) =>
        Effect.flatMap(HttpRouter.params, ({ forge }) =>
          receive(request, forge).pipe(
            Effect.catchTag("AlbsFailure", (failure) => Effect.succeed(AlbsCall.failed(failure))),
            Effect.catchTag("StoreUnavailable", () =>
              Effect.succeed(
                AlbsCall.failed(AlbsFailure.unavailable("The database does not answer; try again in a moment"))
              )),
            Effect.provideContext(context)
          ))
    )
  })
)
