/** Sessions of browsers. */
import * as Layer from "effect/Layer"
import * as OidcLogin from "./OidcLogin.ts"
import { SessionSettings, type Values } from "./SessionSettings.ts"
import * as SessionStore from "./SessionStore.ts"

/** Everything, with its settings. */
export const layer = (settings: Values) =>
  Layer.merge(SessionStore.layer, OidcLogin.layer).pipe(Layer.provideMerge(Layer.succeed(SessionSettings, settings)))
