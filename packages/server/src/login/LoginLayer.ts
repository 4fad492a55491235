/** Logging in. */
import * as Layer from "effect/Layer"
import * as GithubLogin from "./GithubLogin.ts"
import { LoginSettings, type Values } from "./LoginSettings.ts"
import * as PersonTokens from "./PersonTokens.ts"

/** Everything, with its settings. */
export const layer = (settings: Values) =>
  Layer.merge(GithubLogin.layer, PersonTokens.layer).pipe(Layer.provideMerge(Layer.succeed(LoginSettings, settings)))
