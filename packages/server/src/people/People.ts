/** The people that builds belong to: known by the name they are identified by, with a number of their own. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import type { HeldRole } from "./Permission.ts"
import * as Statements from "./statements/PersonStatements.ts"

/** A person. */
export interface Person {
  readonly id: number
  readonly name: string
  readonly email: string | null
  readonly isActive: boolean
  readonly isVerified: boolean
  readonly isSuperuser: boolean
  readonly roles: ReadonlyArray<HeldRole>
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is known of people. */
export interface Interface {
  /** The person of this name, who is made known if need be. */
  readonly ensure: (name: string, email?: string) => Store<Person>
  /**
   * The person that a forge knows by this number, under the name that they have there now; made known if need be. `undefined` when the
   * name is somebody else's here.
   */
  readonly ofForge: (forgeId: string, name: string, email: string | undefined) => Store<Person | undefined>
  readonly find: (
    by: { readonly id?: number; readonly name?: string; readonly email?: string }
  ) => Store<Person | undefined>
  readonly list: (limit: number) => Store<ReadonlyArray<Person>>
  /** By name; those that are not known are missing. */
  readonly named: (names: ReadonlyArray<string>) => Store<ReadonlyMap<string, Person>>
  /** By number; those that are not known are missing. */
  readonly numbered: (ids: ReadonlyArray<number>) => Store<ReadonlyMap<number, Person>>
  /** The person as they are then; `undefined` when there is none of that number. */
  readonly modify: (id: number, change: Statements.PersonChange) => Store<Person | undefined>
}

/** People. */
export class People extends Context.Service<People, Interface>()("@orch/server/people/People") {}

const toPerson = (row: Statements.PersonRow): Person => ({
  id: Number(row.id),
  name: row.name,
  email: row.email,
  isActive: row.is_active,
  isVerified: row.is_verified,
  isSuperuser: row.is_superuser,
  roles: row.roles.map(({ kind, team }) => ({ kind: kind as HeldRole["kind"], team: team ?? undefined }))
})

/** People in the database. */
export const layer: Layer.Layer<People, never, SqlClient.SqlClient> = Layer.effect(
  People,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`People.${operation}`))
    const one = (row: Statements.PersonRow | undefined) => row === undefined ? undefined : toPerson(row)
    return People.of({
      // Nothing is kept in memory: who was locked out by another server of the same database is locked out here, too.
      ensure: Effect.fnUntraced(function*(name, email) {
        const known = one(yield* run("ensure", Statements.find({ name })))
        if (known !== undefined && (email === undefined || known.email !== null)) return known
        return toPerson(yield* run("ensure", Statements.ensure(name, email)))
      }),
      ofForge: (forgeId, name, email) => Effect.map(run("ofForge", Statements.ofForge(forgeId, name, email)), one),
      find: (by) => Effect.map(run("find", Statements.find(by)), one),
      list: (limit) => Effect.map(run("list", Statements.list(limit)), (rows) => rows.map(toPerson)),
      named: (names) =>
        names.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("named", Statements.byNames(names)),
            (rows) => new Map(rows.map((row) => [row.name, toPerson(row)]))
          ),
      numbered: (ids) =>
        ids.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("numbered", Statements.byIds(ids)),
            (rows) => new Map(rows.map((row) => [Number(row.id), toPerson(row)]))
          ),
      modify: (id, change) => Effect.map(run("modify", Statements.modify(id, change)), one)
    })
  })
)
