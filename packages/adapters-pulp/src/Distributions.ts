/**
 * Distributions: where readers find a publication. Each names its publication, not its repository, so that what readers see
 * changes when we say so and not when a publication is made.
 *
 * A base path may neither lie in another's nor contain it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import * as CorrelationId from "./CorrelationId.ts"
import type { Answer, PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/**
 * A distribution as Pulp describes it. `publication` is what readers see; `null` where they see nothing, or the newest
 * of `repository`.
 */
export const Distribution = Schema.Struct({
  pulp_href: Schema.String,
  name: Schema.String,
  base_path: Schema.String,
  base_url: Schema.String,
  publication: Schema.NullOr(Schema.String),
  repository: Schema.NullOr(Schema.String)
})
export type Distribution = typeof Distribution.Type

const path = "distributions/rpm/rpm/"

const fields = Object.keys(Distribution.fields).join(",")

/** The distribution of that name; `undefined` where there is none. */
export const find = (client: PulpClient, name: string) =>
  Effect.map(client.list(Distribution, path, { name, fields }), (found) => found[0])

/** A change that changes nothing is answered at once, any other is a task. */
const settled = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, request: string, answer: Answer) {
  if (answer.status !== 202) return
  const { task } = yield* client.decode(PulpTask.Dispatched, request, answer.json)
  yield* tasks.follow(task)
})

/** What a distribution is called, and its path below the content root. */
export interface Site {
  readonly name: string
  readonly basePath: string
}

/** The distribution of that name, whoever makes it; `conflict` where the path lies in another distribution's or contains one. */
const create = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, { basePath, name }: Site, publication?: string) {
    const made = yield* Effect.result(PulpDispatch.perform(client, tasks, {
      correlation: CorrelationId.make("distribute", name, randomUUID()),
      isNew: true,
      path,
      json: {
        name,
        base_path: basePath,
        generate_repo_config: true,
        ...(publication === undefined ? {} : { publication })
      }
    }))
    const there = yield* find(client, name)
    if (there !== undefined) return there
    if (made._tag === "Success") {
      const message = `Pulp made no distribution ${name}`
      return yield* new PulpError({ reason: "gone", request: `POST ${path}`, message })
    }
    const { message, reason, request } = made.failure
    return yield* reason === "rejected" ? new PulpError({ reason: "conflict", request, message }) : made.failure
  }
)

/**
 * A distribution that shows nothing yet, where there is none. Pulp makes one as a task of a worker and changes one at once, so readers
 * are shown several publications sooner after one another, whatever becomes of workers.
 */
export const reserve = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, site: Site) {
  if ((yield* find(client, site.name)) === undefined) yield* create(client, tasks, site)
})

/**
 * Lets readers find the publication at the base path: the distribution as it is then. `conflict` where the path lies in another
 * distribution's or contains one.
 */
export const show = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  wanted: Site & { readonly publication: string }
) {
  const known = (yield* find(client, wanted.name)) ?? (yield* create(client, tasks, wanted, wanted.publication))
  if (known.publication === wanted.publication) return known
  const json = { publication: wanted.publication, ...(known.repository === null ? {} : { repository: null }) }
  const answer = yield* client.send({ method: "PATCH", path: known.pulp_href, json, repeatable: true })
  yield* settled(client, tasks, `PATCH ${known.pulp_href}`, answer)
  return { ...known, publication: wanted.publication, repository: null }
})

/** Readers find nothing any more; a distribution that is not there is fine. */
export const remove = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, name: string) {
  const there = yield* find(client, name)
  if (there !== undefined) yield* PulpDispatch.end(client, tasks, there.pulp_href)
})

/** Where readers find it: an absolute URL, that of the API's server where Pulp knows no other. */
export const urlOf = (client: PulpClient, { base_url }: Distribution): string =>
  base_url.startsWith("/") ? client.origin + base_url : base_url
