/** Signing services by name. They are scripts on Pulp's side, and only `pulpcore-manager add-signing-service` makes one. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PulpClient } from "./PulpClient.ts"
import { PulpError } from "./PulpError.ts"

/** A signing service as Pulp describes it, with the fingerprint of the key it signs with. */
export const SigningService = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  pubkey_fingerprint: Schema.String
})
export type SigningService = typeof SigningService.Type

/** All services, of metadata and of packages. */
export const list = (client: PulpClient) =>
  client.list(SigningService, "signing-services/", { fields: Object.keys(SigningService.fields).join(",") })

/** Path of the service of that name; `refused` where there is none. */
export const find = Effect.fnUntraced(function*(client: PulpClient, name: string) {
  const found = (yield* list(client)).find((each) => each.name === name)
  if (found !== undefined) return found.pulp_href
  const message =
    `Pulp has no signing service ${name}; an administrator makes one with: pulpcore-manager add-signing-service`
  return yield* new PulpError({ reason: "refused", request: "GET signing-services/", message })
})
