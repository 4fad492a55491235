/** What a Pulp is and can, as its status and its own description of the API say. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PulpClient } from "./PulpClient.ts"

const Online = Schema.Array(Schema.Struct({ name: Schema.String }))

const Status = Schema.Struct({
  versions: Schema.Array(Schema.Struct({ component: Schema.String, version: Schema.String })),
  online_workers: Online,
  online_api_apps: Online,
  online_content_apps: Online,
  database_connection: Schema.Struct({ connected: Schema.Boolean }),
  storage: Schema.NullOr(Schema.Struct({ total: Schema.Number, free: Schema.Number })),
  content_settings: Schema.Struct({
    content_origin: Schema.NullOr(Schema.String),
    content_path_prefix: Schema.String
  }),
  domain_enabled: Schema.Boolean
})

/** What a Pulp says of itself: what is installed, which of its parts are online, and how much room it has. */
export interface PulpStatus {
  /** By component: `core`, `rpm`. */
  readonly versions: ReadonlyMap<string, string>
  readonly workers: number
  readonly contentApps: number
  readonly databaseConnected: boolean
  /** In bytes; `undefined` where Pulp does not tell. */
  readonly storage: { readonly total: number; readonly free: number } | undefined
  /** Where readers find content, ending in a slash; `undefined` where Pulp does not know its own address. */
  readonly contentUrl: string | undefined
  readonly domainEnabled: boolean
}

/** What a Pulp says of itself; for this nobody has to log in. */
export const status = (client: PulpClient, apiRoot = "/pulp/") =>
  client.send({ method: "GET", path: `${apiRoot}api/v3/status/`, anonymous: true }).pipe(
    Effect.flatMap(({ json }) => client.decode(Status, "GET status/", json)),
    Effect.map((told): PulpStatus => ({
      versions: new Map(told.versions.map(({ component, version }) => [component, version])),
      workers: told.online_workers.length,
      contentApps: told.online_content_apps.length,
      databaseConnected: told.database_connection.connected,
      storage: told.storage ?? undefined,
      contentUrl: told.content_settings.content_origin === null
        ? undefined
        : told.content_settings.content_origin + told.content_settings.content_path_prefix,
      domainEnabled: told.domain_enabled
    }))
  )

/** What the adapter asks a Pulp for, and the paths that stand for it. */
const needed: ReadonlyMap<string, RegExp> = new Map([
  ["sessions", /\/login\/$/],
  ["synchronous uploads of packages", /\/content\/rpm\/packages\/upload\/$/],
  ["chunked uploads", /\/uploads\/$/],
  ["modules", /\/content\/rpm\/modulemds\/$/],
  ["copies", /\/rpm\/copy\/$/],
  ["pruning", /\/rpm\/prune\/$/],
  ["comps", /\/rpm\/comps\/$/]
])

/** Names of what this Pulp lacks, by its own description of its API (a megabyte). */
export const missing = (client: PulpClient) =>
  Effect.map(
    client.get(Schema.Struct({ paths: Schema.Record(Schema.String, Schema.Unknown) }), "docs/api.json"),
    ({ paths }) => {
      const all = Object.keys(paths)
      return [...needed].flatMap(([name, form]) => all.some((path) => form.test(path)) ? [] : [name])
    }
  )
