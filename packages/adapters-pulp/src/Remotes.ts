/** Remotes, from which repositories are synced: other repositories, by address. Pulp never tells a remote's secrets. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import * as PulpTask from "./PulpTask.ts"
import type { FollowOptions, PulpTasks } from "./PulpTasks.ts"
import * as Repositories from "./Repositories.ts"

/** A remote as Pulp describes it, which is without its secrets. */
export const Remote = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  url: Schema.String,
  policy: Schema.String
})
export type Remote = typeof Remote.Type

/** How a remote is to be; what is left out stays as it is at a remote that is there. */
export interface Wanted {
  readonly name: string
  /** `http:`, `https:`, or `file:` below what Pulp's `ALLOWED_IMPORT_PATHS` names. */
  readonly url: string
  /** Whether files are fetched when synced, when first asked for, or never kept. */
  readonly policy: "immediate" | "on_demand" | "streamed"
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted<string> | undefined
  /** PEM texts. */
  readonly caCert?: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: Redacted.Redacted<string> | undefined
}

const path = "remotes/rpm/rpm/"

const fields = Object.keys(Remote.fields).join(",")

/** The remote of that name; `undefined` where there is none. */
export const find = (client: PulpClient, name: string) =>
  Effect.map(client.list(Remote, path, { name, fields }), (found) => found[0])

const bodyOf = ({ caCert, clientCert, clientKey, name, password, policy, url, username }: Wanted) => ({
  name,
  url,
  policy,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password: Redacted.value(password) }),
  ...(caCert === undefined ? {} : { ca_cert: caCert }),
  ...(clientCert === undefined ? {} : { client_cert: clientCert }),
  ...(clientKey === undefined ? {} : { client_key: Redacted.value(clientKey) })
})

/** Path of the remote as it is wanted: made, or changed where it is there. Secrets are sent each time, since they cannot be compared. */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, wanted: Wanted) {
  const json = bodyOf(wanted)
  const make = client.send({ method: "POST", path, json }).pipe(
    Effect.flatMap(({ json }) => client.decode(Remote, `POST ${path}`, json))
  )
  const there = yield* find(client, wanted.name)
  if (there === undefined) {
    return (yield* Effect.catchIf(
      make,
      ({ reason }) => reason === "rejected" || reason === "unreachable",
      (error) =>
        Effect.flatMap(
          find(client, wanted.name),
          (found) => found === undefined ? Effect.fail(error) : Effect.succeed(found)
        )
    )).pulp_href
  }
  const answer = yield* client.send({ method: "PATCH", path: there.pulp_href, json, repeatable: true })
  if (answer.status === 202) {
    const { task } = yield* client.decode(PulpTask.Dispatched, `PATCH ${there.pulp_href}`, answer.json)
    yield* tasks.follow(task)
  }
  return there.pulp_href
})

/** How a sync is done, and for how long it may run. */
export interface SyncOptions {
  /**
   * What becomes of content that the remote no longer has: it stays, or it goes; `mirror_complete` copies the metadata as they are
   * and takes no repository that publishes by itself.
   */
  readonly policy?: "additive" | "mirror_content_only" | "mirror_complete" | undefined
  readonly skipSources?: boolean | undefined
  /** Told of what is done while it is done. */
  readonly onProgress?: FollowOptions["onProgress"]
  /** Milliseconds it may run; the tasks' own limit unless told. */
  readonly runningMillis?: number | undefined
}

/** Number of the version after a sync; that of before where the remote had nothing new. Once for a correlation id. */
export const sync = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  repository: Repositories.Repository,
  remote: string,
  correlation: string,
  options: SyncOptions = {}
) {
  const { onProgress, policy = "additive", runningMillis, skipSources } = options
  const task = yield* PulpDispatch.perform(client, tasks, {
    correlation,
    path: `${repository.pulp_href}sync/`,
    json: { remote, sync_policy: policy, ...(skipSources === true ? { skip_types: ["srpm"] } : {}) },
    options: {
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(runningMillis === undefined ? {} : { runningMillis })
    }
  })
  return yield* Repositories.versionAfter(client, repository, task)
})
