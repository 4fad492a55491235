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

/**
 * Path of a publication of the version, made where there is none. A checkpoint is one that readers of a checkpoint distribution
 * find by its time; it is made anew where only others are there.
 */
export const ensure = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, version: string, options: { readonly checkpoint?: boolean } = {}) {
    const there = yield* find(client, version)
    if (there !== undefined && (options.checkpoint !== true || there.checkpoint === true)) return there.pulp_href
    const task = yield* PulpDispatch.perform(client, tasks, {
      // Made anew where one was deleted, so an earlier task is no answer.
      correlation: CorrelationId.make("publish", version, randomUUID()),
      path,
      json: { repository_version: version, ...(options.checkpoint === true ? { checkpoint: true } : {}) }
    })
    const [made] = PulpTask.created(task, "publication")
    if (made !== undefined) return made
    const message = `Pulp made no publication of ${version}`
    return yield* new PulpError({ reason: "rejected", request: `POST ${path}`, message })
  }
)
