/** Domains, where a Pulp has them: each with content, repositories and users of its own. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PulpClient } from "./PulpClient.ts"

/** A domain as Pulp describes it; `storage_class` says where its files lie. */
export const Domain = Schema.Struct({ pulp_href: Schema.String, name: Schema.String, storage_class: Schema.String })
export type Domain = typeof Domain.Type

const path = "domains/"

const fields = Object.keys(Domain.fields).join(",")

/** The domain of that name, seen from the domain `default`; `undefined` where there is none. */
export const find = (client: PulpClient, name: string) =>
  Effect.map(client.list(Domain, path, { name, fields }), (found) => found[0])

/**
 * The domain of that name, made with its files below a folder of Pulp's server where it is not there. Whether domains are switched on, the status
 * says: Pulp makes one all the same, and nobody can reach it.
 */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, name: string, location: string) {
  const there = yield* find(client, name)
  if (there !== undefined) return there
  const json = {
    name,
    storage_class: "pulpcore.app.models.storage.FileSystem",
    storage_settings: { location }
  }
  return yield* client.send({ method: "POST", path, json }).pipe(
    Effect.flatMap(({ json }) => client.decode(Domain, `POST ${path}`, json)),
    Effect.catchIf(
      ({ reason }) => reason === "rejected" || reason === "unreachable",
      (error) =>
        Effect.flatMap(find(client, name), (found) => found === undefined ? Effect.fail(error) : Effect.succeed(found))
    )
  )
})
