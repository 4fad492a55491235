/** What pages of one installation have in common: who looks, what stands around a page, and how it is sent. */
import * as Assets from "@orch/web/Assets"
import * as Frame from "@orch/web/Frame"
import * as Viewer from "@orch/web/Viewer"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import packageJson from "../../package.json" with { type: "json" }
import { Access } from "../auth/Access.ts"
import type { Caller } from "../auth/Caller.ts"
import { Sessions } from "../auth/Sessions.ts"
import * as PublicAddress from "../http/PublicAddress.ts"
import * as PageAnswer from "./PageAnswer.ts"
import * as PageList from "./PageList.ts"

type Request = HttpServerRequest.HttpServerRequest

/** Everything that pages need of the installation. */
export interface PageFrame {
  readonly site: Frame.Site
  readonly viewerOf: (request: Request) => Effect.Effect<Viewer.Viewer>
  /** A page as it is sent to whoever looks. */
  readonly send: (
    request: Request,
    viewer: Viewer.Viewer,
    page: Frame.Page,
    status: number
  ) => HttpServerResponse.HttpServerResponse
  /** The same with a new cookie, where it is time for one. */
  readonly renewed: (
    request: Request,
    response: HttpServerResponse.HttpServerResponse
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse>
}

/** From the settings and who is known. */
export const make = (settings: PageList.Settings): Effect.Effect<PageFrame, never, Access | Sessions> =>
  Effect.gen(function*() {
    const access = yield* Access
    const sessions = yield* Sessions
    const prefix = PublicAddress.prefix(settings.publicUrl)
    const site: Frame.Site = {
      prefix,
      version: packageJson.version,
      assets: Assets.hash,
      features: PageList.features(settings)
    }
    const known = (caller: Caller, proof: string | undefined): Viewer.Viewer => ({
      name: caller.name,
      isAdministrator: access.allows(caller, "administer"),
      // Which of it, the answers to `…/actions` say; releasers and administrators need not submit builds.
      mayAct: (["submit", "release", "administer"] as const).some((right) => access.allows(caller, right)),
      proof,
      canSignIn: sessions.isOffered
    })
    const stranger: Viewer.Viewer = { ...Viewer.stranger, canSignIn: sessions.isOffered }

    const viewerOf = (request: Request): Effect.Effect<Viewer.Viewer> =>
      Effect.flatMap(
        Effect.orDie(sessions.of(request)),
        (session) =>
          session !== undefined && request.headers["authorization"] === undefined
            ? Effect.succeed(known(session.caller, session.proof))
            // By Kerberos or a proxy, or nobody where that is asked for only to change something.
            : access.identify(request).pipe(
              Effect.map((caller) => known(caller, undefined)),
              Effect.orElseSucceed(() => stranger)
            )
      )

    return {
      site,
      viewerOf,
      send: (request, viewer, page, status) => PageAnswer.page(request, Frame.html(page, site, viewer), status),
      renewed: (request, response) =>
        Effect.gen(function*() {
          const session = yield* sessions.of(request)
          if (session?.isDue !== true) return response
          const cookie = yield* sessions.renew(request)
          return cookie === undefined ? response : HttpServerResponse.setHeader(response, "set-cookie", cookie)
        }).pipe(Effect.orElseSucceed(() => response))
    }
  })
