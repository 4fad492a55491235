/** Publications: the metadata of one version, made ready for readers, who see it when a distribution names it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import * as CorrelationId from "./CorrelationId.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/** A publication as Pulp describes it: of which version it is, and when it was made (ISO 8601). */
export const Publication = Schema.Struct({
  pulp_href: Schema.String,
  repository_version: Schema.String,
  pulp_created: Schema.String,
  checkpoint: Schema.optional(Schema.Boolean)
})
export type Publication = typeof Publication.Type

const path = "publications/rpm/rpm/"

const fields = Object.keys(Publication.fields).join(",")

/** The oldest publication of a version; `undefined` where there is none. */
export const find = (client: PulpClient, version: string) =>
  Effect.map(
    client.list(Publication, path, { repository_version: version, ordering: "pulp_created", fields }),
    (found) => found[0]
  )

/** What is published under this path. */
export const get = (client: PulpClient, publication: string) => client.get(Publication, publication, { fields })

const made = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, json: Readonly<Record<string, string | boolean>>) {
    const task = yield* PulpDispatch.perform(client, tasks, {
      // Made anew where one was deleted, so an earlier task is no answer.
      correlation: CorrelationId.make("publish", randomUUID()),
      isNew: true,
      path,
      json
    })
    const [publication] = PulpTask.created(task, "publication")
    if (publication !== undefined) return publication
    const message = `Pulp made no publication of ${JSON.stringify(json)}`
    return yield* new PulpError({ reason: "rejected", request: `POST ${path}`, message })
  }
)

/** Path of a publication of the version, made where there is none. */
export const ensure = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, version: string) {
  const there = yield* find(client, version)
  return there?.pulp_href ?? (yield* made(client, tasks, { repository_version: version }))
})

/**
 * Path of a new checkpoint of the repository's newest version: a publication that readers of a checkpoint distribution find by
 * its time. Pulp makes none of a version that is named.
 */
export const checkpoint = (client: PulpClient, tasks: PulpTasks, repository: string) =>
  made(client, tasks, { repository, checkpoint: true })
