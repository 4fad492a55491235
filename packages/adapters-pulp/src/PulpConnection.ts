/** A Pulp as the parts of the adapter need it: requests, tasks, and what files are fetched with. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as PulpClient from "./PulpClient.ts"
import * as PulpTasks from "./PulpTasks.ts"
import * as Turns from "./Turns.ts"

/** Where a Pulp is, and how patiently its tasks are followed. */
export interface Settings extends PulpClient.Settings {
  readonly tasks?: PulpTasks.Settings | undefined
}

/** The parts that share one session and one limit of requests. */
export interface PulpConnection {
  readonly client: PulpClient.PulpClient
  readonly tasks: PulpTasks.PulpTasks
  /** For packages that lie elsewhere. */
  readonly http: HttpClient.HttpClient
  /** Files on the way to Pulp, by checksum: changes of several repositories that want the same one send it once. */
  readonly sending: Turns.Turns
}

/** Asks nothing yet. Following tasks ends with the scope. */
export const make = Effect.fnUntraced(function*(settings: Settings) {
  const http = yield* HttpClient.HttpClient
  const client = yield* PulpClient.make(settings)
  const tasks = yield* PulpTasks.make(client, settings.tasks)
  const connection: PulpConnection = { client, tasks, http, sending: Turns.make() }
  return connection
})
