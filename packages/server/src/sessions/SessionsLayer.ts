/** Sessions of browsers. */
import * as Layer from "effect/Layer"
import * as OidcLogin from "./OidcLogin.ts"
import * as Sessions from "./Sessions.ts"
import { SessionSettings, type Values } from "./SessionSettings.ts"

/** Everything, with its settings. */
export const layer = (settings: Values) =>
  Layer.merge(Sessions.layer, OidcLogin.layer).pipe(Layer.provideMerge(Layer.succeed(SessionSettings, settings)))
