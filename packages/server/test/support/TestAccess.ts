/** Access as a face alone needs it in tests: everybody reads, and those whom `recorder` knows write records. */
import { Access } from "@orch/server/auth/Access"
import { Authentication } from "@orch/server/auth/Authentication"
import { AuthenticationFailed } from "@orch/server/auth/Caller"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const layer = (recorder: (authorization: string | undefined) => string | undefined): Layer.Layer<Access> =>
  Access.layer({
    openReads: true,
    allowedGroups: ["packager"],
    allowedUsers: [],
    adminGroups: [],
    importGroups: [],
    releaserGroups: [],
    recorder
  }).pipe(
    Layer.provide(Layer.succeed(Authentication, {
      method: "token",
      isOpen: false,
      identify: () => Effect.fail(new AuthenticationFailed({ reason: "unknown", message: "nobody is known here" }))
    }))
  )
