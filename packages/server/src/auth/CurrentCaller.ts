/** Who asks for what is being handled; nobody in particular where nothing was asked of them. */
import * as Context from "effect/Context"
import { anonymous, type Caller } from "./Caller.ts"

export const CurrentCaller: Context.Reference<Caller> = Context.Reference("@orch/server/auth/CurrentCaller", {
  defaultValue: () => anonymous
})
