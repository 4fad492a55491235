/** The people that builds belong to: known by the name they are identified by, with a number of their own. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/PersonStatements.ts"

/** A person. */
export interface Person {
  readonly id: number
  readonly name: string
  readonly email: string | null
  readonly isActive: boolean
  readonly isVerified: boolean
  readonly isSuperuser: boolean
}

/** What is known of people. */
export interface Interface {
  /** The person of this name, who is made known if need be. */
  readonly ensure: (name: string, email?: string) => Effect.Effect<Person, StoreUnavailable>
  readonly find: (
    by: { readonly id?: number; readonly name?: string; readonly email?: string }
  ) => Effect.Effect<Person | undefined, StoreUnavailable>
  readonly list: (limit: number) => Effect.Effect<ReadonlyArray<Person>, StoreUnavailable>
  /** By name; those that are not known are missing. */
  readonly named: (names: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, Person>, StoreUnavailable>
}

/** People. */
export class People extends Context.Service<People, Interface>()("@orch/server/people/People") {}

const toPerson = (row: Statements.PersonRow): Person => ({
  id: Number(row.id),
  name: row.name,
  email: row.email,
  isActive: row.is_active,
  isVerified: row.is_verified,
  isSuperuser: row.is_superuser
})

/** People kept in memory, since every request is made by one. */
const kept = 10_000

/** People in the database. */
export const layer: Layer.Layer<People, never, SqlClient.SqlClient> = Layer.effect(
  People,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`People.${operation}`))
    const known = new Map<string, Person>()
    return People.of({
      ensure: Effect.fnUntraced(function*(name, email) {
        const before = known.get(name)
        if (before !== undefined && (email === undefined || before.email !== null)) return before
        const person = toPerson(yield* run("ensure", Statements.ensure(name, email)))
        if (known.size >= kept) known.clear()
        known.set(name, person)
        return person
      }),
      find: (by) =>
        Effect.map(run("find", Statements.find(by)), (row) => row === undefined ? undefined : toPerson(row)),
      list: (limit) => Effect.map(run("list", Statements.list(limit)), (rows) => rows.map(toPerson)),
      named: (names) =>
        names.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("named", Statements.byNames(names)),
            (rows) => new Map(rows.map((row) => [row.name, toPerson(row)]))
          )
    })
  })
)
