/**
 * Looks at a gitea's projects from time to time, and keeps what it saw: every project, and of those that changed the branches and tags.
 *
 * A look that fails in the middle keeps what was known: projects are forgotten only by a look that saw them all.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import { Projects } from "./Projects.ts"
import { SourceSettings } from "./SourceSettings.ts"

const Repositories = Schema.Array(
  Schema.Struct({
    name: Schema.String,
    clone_url: Schema.String,
    updated_at: Schema.String,
    empty: Schema.optionalKey(Schema.Boolean)
  })
)
const Names = Schema.Array(Schema.Struct({ name: Schema.String }))

/** What a page of gitea has at most where its operator says nothing else. */
const perPage = 50
const mostPages = 2000
/** Projects whose branches are asked about at the same time. */
const concurrency = 4
const limits = { timeoutMillis: 30_000, maxBytes: 16 * 1024 * 1024 }

export const layer: Layer.Layer<never, never, Projects | SourceSettings> = Layer.effectDiscard(
  Effect.gen(function*() {
    const { forgeMinutes, forgeModules, forgePackages, forgeToken, forgeUrl } = yield* SourceSettings
    if (forgeUrl === undefined) return
    const projects = yield* Projects
    const root = `${forgeUrl.replace(/\/+$/, "")}/api/v1`
    const init = {
      method: "GET" as const,
      headers: {
        accept: "application/json",
        ...(forgeToken === undefined ? {} : { authorization: `token ${Redacted.value(forgeToken)}` })
      }
    }

    /** All pages of a list: until one has nothing, since gitea may give less than it is asked for. */
    const pages = Effect.fnUntraced(function*<A>(path: string, schema: Schema.Codec<ReadonlyArray<A>, unknown>) {
      const found: Array<A> = []
      for (let page = 1; page <= mostPages; page++) {
        const url = `${root}${path}?page=${page}&limit=${perPage}`
        const more = yield* JsonRequest.ask(url, schema, { ...limits, init })
        if (more.length === 0) return found
        found.push(...more)
      }
      return found
    })

    const look = Effect.fnUntraced(function*(organisation: string) {
      const at = yield* Clock.currentTimeMillis
      const before = yield* projects.known(organisation)
      const all = yield* pages(`/orgs/${encodeURIComponent(organisation)}/repos`, Repositories)
      const same = all.filter(({ name, updated_at }) => before.get(name) === updated_at)
      const changed = all.filter(({ name, updated_at }) => before.get(name) !== updated_at)
      yield* projects.seen(organisation, same.map(({ name }) => name), at)
      yield* Effect.forEach(
        changed,
        Effect.fnUntraced(function*({ clone_url, empty, name, updated_at }) {
          const path = `/repos/${encodeURIComponent(organisation)}/${encodeURIComponent(name)}`
          const namesOf = (kind: string) =>
            empty === true
              ? Effect.succeed([])
              : Effect.map(pages(`${path}/${kind}`, Names), (found) => found.map((one) => one.name))
          const branches = yield* namesOf("branches")
          const tags = yield* namesOf("tags")
          yield* projects.keep(organisation, { name, cloneUrl: clone_url, branches, tags, updatedAt: updated_at }, at)
        }),
        { concurrency, discard: true }
      )
      yield* projects.forgetOthers(organisation, at)
    })

    const lookAt = (organisation: string): Effect.Effect<void, StoreUnavailable> =>
      look(organisation).pipe(
        Effect.catchTag(
          "JsonRequestFailed",
          ({ message }) => Effect.logWarning(`The projects of ${organisation} could not be listed: ${message}`)
        )
      )

    yield* Upkeep.repeating(
      { failed: "The projects of the forge could not be kept", interval: forgeMinutes * 60_000 },
      Effect.forEach([forgePackages, forgeModules], lookAt, { discard: true })
    )
  })
)
