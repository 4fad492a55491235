/** PDC's records in operation: lists, and writes of one record or many, all in one transaction, with what they changed written down. */
import type { ResourceName } from "@orch/api/pdc/PdcRoutes"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { notFound, PdcRefused, type PdcResource, refuse, type Shown, type Written } from "./PdcResource.ts"
import * as PdcResources from "./PdcResources.ts"
import * as Modules from "./statements/ModuleStatements.ts"
import type { Page } from "./statements/PdcPage.ts"
import * as Statements from "./statements/RelationshipStatements.ts"

type Asked<A> = Effect.Effect<A, PdcRefused | StoreUnavailable>

/** Who writes, and what they say to it. */
export interface Author {
  readonly name: string
  readonly comment: string | null
}

export interface Interface {
  readonly filters: (resource: ResourceName) => ReadonlyArray<string>
  readonly list: (
    resource: ResourceName,
    filter: Modules.Filter,
    page: Page,
    ordering: string | undefined
  ) => Asked<{ readonly items: ReadonlyArray<Shown>; readonly total: number | undefined }>
  readonly find: (resource: ResourceName, id: string) => Asked<Shown>
  /** One record, or a list of them: all or none. */
  readonly create: (resource: ResourceName, body: unknown, author: Author) => Asked<Shown | ReadonlyArray<Shown>>
  readonly update: (resource: ResourceName, id: string, body: unknown, isWhole: boolean, author: Author) => Asked<Shown>
  /** By identity what is to be changed of each record. */
  readonly updateAll: (
    resource: ResourceName,
    body: unknown,
    isWhole: boolean,
    author: Author
  ) => Asked<Readonly<Record<string, Shown>>>
  readonly remove: (resource: ResourceName, id: string, author: Author) => Asked<void>
  /** A list of identities. */
  readonly removeAll: (resource: ResourceName, body: unknown, author: Author) => Asked<void>
  /** Makes the modules of own builds what the builds say. */
  readonly follow: Effect.Effect<number, StoreUnavailable>
}

/** The records. */
export class PdcRecords extends Context.Service<PdcRecords, Interface>()("@orch/server/pdc/PdcRecords") {}

/** Records that one request may write. */
const most = 10_000
/** Modules of own builds that one statement makes: what it reads of each is all of its packages. */
const perFollow = 500

const emptyPatch = refuse({ detail: "Partial update with no changes does not make much sense." })

const isEmpty = (body: unknown): boolean =>
  body === null || body === undefined || (typeof body === "object" && Object.keys(body).length === 0)

/** Says of a failure within many which of them it was. */
const within = (id: number | string, data: unknown) => ({ body, status }: PdcRefused): PdcRefused =>
  new PdcRefused({
    status,
    body: {
      ...(data === undefined ? {} : { invalid_data: data }),
      detail: "detail" in body ? body["detail"] : body,
      id_of_invalid_data: id
    }
  })

/** In the database. */
export const layer: Layer.Layer<PdcRecords, never, SqlClient.SqlClient> = Layer.effect(
  PdcRecords,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>): Asked<A> =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`PdcRecords.${operation}`)) as Asked<A>
    const offered = <K extends "create" | "update" | "remove">(resource: ResourceName, operation: K) => {
      const found: PdcResource = PdcResources.all[resource]
      return found[operation] as NonNullable<PdcResource[K]> | undefined
    }

    /** All or nothing, and what was changed is written down with it. */
    const writing = <A, E>(
      operation: string,
      author: Author,
      work: Effect.Effect<
        { readonly answer: A; readonly changes: ReadonlyArray<Statements.RecordedChange> },
        E,
        SqlClient.SqlClient
      >
    ): Asked<A> =>
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        run(
          operation,
          sql.withTransaction(Effect.gen(function*() {
            const { answer, changes } = yield* work
            yield* Statements.changed(author.name, author.comment, at, changes)
            return answer
          }))
        ))

    const isList = (body: unknown): body is ReadonlyArray<unknown> => Array.isArray(body)

    return PdcRecords.of({
      filters: (resource) => PdcResources.all[resource].filters,
      list: (resource, filter, page, ordering) => run("list", PdcResources.all[resource].list(filter, page, ordering)),
      find: (resource, id) => {
        const { find } = PdcResources.all[resource] as PdcResource
        return find === undefined
          ? Effect.fail(notFound)
          : run(
            "find",
            Effect.flatMap(find(id), (found) => found === undefined ? Effect.fail(notFound) : Effect.succeed(found))
          )
      },
      create: Effect.fnUntraced(function*(resource, body, author) {
        const create = offered(resource, "create")
        if (create === undefined) return yield* notFound
        if (!isList(body)) {
          return yield* writing(
            "create",
            author,
            Effect.map(create(body), ({ change, shown }) => ({
              answer: shown as Shown | ReadonlyArray<Shown>,
              changes: [change]
            }))
          )
        }
        if (body.length > most) return yield* refuse({ detail: `At most ${most} records can be written at once.` })
        const oneByOne = Effect.forEach(
          body,
          (one, index) => Effect.catchTag(create(one), "PdcRefused", (error) => Effect.fail(within(index, one)(error)))
        )
        const { createAll } = PdcResources.all[resource] as PdcResource
        return yield* writing(
          "create",
          author,
          Effect.map(
            createAll === undefined || body.length === 0
              ? oneByOne
              : Effect.flatMap(createAll(body), (all) => all === undefined ? oneByOne : Effect.succeed(all)),
            (all: ReadonlyArray<Written>) => ({
              answer: all.map(({ shown }) => shown) as Shown | ReadonlyArray<Shown>,
              changes: all.map(({ change }) => change)
            })
          )
        )
      }),
      update: Effect.fnUntraced(function*(resource, id, body, isWhole, author) {
        const update = offered(resource, "update")
        if (update === undefined) return yield* notFound
        if (!isWhole && isEmpty(body)) return yield* emptyPatch
        return yield* writing(
          "update",
          author,
          Effect.map(update(id, body, isWhole), ({ change, shown }) => ({
            answer: shown,
            changes: [change]
          }))
        )
      }),
      updateAll: Effect.fnUntraced(function*(resource, body, isWhole, author) {
        const update = offered(resource, "update")
        if (update === undefined) return yield* notFound
        if (!isWhole && isEmpty(body)) return yield* emptyPatch
        if (typeof body !== "object" || body === null || isList(body)) {
          return yield* refuse({ detail: "Bulk update needs a mapping." })
        }
        const entries = Object.entries(body)
        if (entries.length > most) return yield* refuse({ detail: `At most ${most} records can be written at once.` })
        return yield* writing(
          "update",
          author,
          Effect.map(
            Effect.forEach(entries, ([id, one]) =>
              Effect.map(
                Effect.catchTag(update(id, one, isWhole), "PdcRefused", (error) => Effect.fail(within(id, one)(error))),
                (written) => [id, written] as const
              )),
            (all) => ({
              answer: Object.fromEntries(all.map(([id, { shown }]) => [id, shown])),
              changes: all.map(([, { change }]) => change)
            })
          )
        )
      }),
      remove: Effect.fnUntraced(function*(resource, id, author) {
        const remove = offered(resource, "remove")
        if (remove === undefined) return yield* notFound
        return yield* writing(
          "remove",
          author,
          Effect.map(remove(id), (change) => ({
            answer: undefined,
            changes: [change]
          }))
        )
      }),
      removeAll: Effect.fnUntraced(function*(resource, body, author) {
        const remove = offered(resource, "remove")
        if (remove === undefined) return yield* notFound
        if (!isList(body)) return yield* refuse({ detail: "Bulk delete needs a list of identifiers." })
        const wrong = body.find((one) => typeof one !== "string" && !Number.isSafeInteger(one))
        if (wrong !== undefined) {
          return yield* refuse({ detail: `"${JSON.stringify(wrong)}" is not a valid identifier.` })
        }
        const ids = [...new Set(body.map(String))]
        if (ids.length > most) return yield* refuse({ detail: `At most ${most} records can be removed at once.` })
        return yield* writing(
          "remove",
          author,
          Effect.map(
            Effect.forEach(
              ids,
              (id) =>
                Effect.catchTag(
                  remove(id),
                  "PdcRefused",
                  (error) => Effect.fail(within(/^\d+$/.test(id) ? Number(id) : id, undefined)(error))
                )
            ),
            (changes) => ({ answer: undefined, changes })
          )
        )
      }),
      follow: Effect.gen(function*() {
        let changed = 0
        for (;;) {
          const written = yield* run("follow", Modules.follow(perFollow))
          changed += written
          if (written < perFollow) return changed + (yield* run("leave", Modules.leave()))
        }
      }) as Effect.Effect<number, StoreUnavailable>
    })
  })
)
