/** Teams of people, and the roles they have in them. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import { teamRoles } from "./Permission.ts"
import * as Statements from "./statements/TeamStatements.ts"

/** A role. */
export interface Role {
  readonly id: number
  readonly name: string
}

/** A team; people by number. */
export interface Team {
  readonly id: number
  readonly name: string
  readonly owner: number | undefined
  readonly members: ReadonlyArray<number>
  readonly roles: ReadonlyArray<Role>
  readonly products: ReadonlyArray<{ readonly id: number; readonly name: string; readonly title: string | null }>
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What is known of teams. */
export interface Interface {
  readonly page: (
    limit: number,
    offset: number
  ) => Store<{ readonly teams: ReadonlyArray<Team>; readonly total: number }>
  /** By number; those that are not known are missing. */
  readonly numbered: (ids: ReadonlyArray<number>) => Store<ReadonlyMap<number, Team>>
  readonly ofPerson: (person: number) => Store<ReadonlyArray<Team>>
  /** The number of the new team, whose owner manages and contributes to it; `undefined` when there is one of that name. */
  readonly create: (name: string, owner: number) => Store<number | undefined>
  /** New members contribute; more is given by roles. */
  readonly addMembers: (team: number, people: ReadonlyArray<number>) => Store<void>
  readonly removeMembers: (team: number, people: ReadonlyArray<number>) => Store<void>
  /** Whether there was one. */
  readonly remove: (team: number) => Store<boolean>
  readonly roles: Store<ReadonlyArray<Role>>
  readonly rolesOf: (person: number) => Store<ReadonlyArray<Role>>
  /** Those of the numbers that are no roles. */
  readonly unknownRoles: (ids: ReadonlyArray<number>) => Store<ReadonlyArray<number>>
  readonly addRoles: (person: number, ids: ReadonlyArray<number>) => Store<void>
  readonly removeRoles: (person: number, ids: ReadonlyArray<number>) => Store<void>
}

/** Teams. */
export class Teams extends Context.Service<Teams, Interface>()("@orch/server/people/Teams") {}

const toTeam = (row: Statements.TeamRow): Team => ({
  ...row,
  id: Number(row.id),
  owner: row.owner === null ? undefined : Number(row.owner)
})

const toRole = ({ id, name }: Statements.RoleRow): Role => ({ id: Number(id), name })

/** Makes a team inside of a transaction of somebody else's; see `Interface.create`. */
export const insert = Effect.fnUntraced(function*(name: string, owner: number) {
  const id = yield* Statements.insert(name, owner, teamRoles)
  if (id !== undefined) yield* Statements.addMembers(id, [owner], teamRoles)
  return id
})

/** Teams in the database. */
export const layer: Layer.Layer<Teams, never, SqlClient.SqlClient> = Layer.effect(
  Teams,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Teams.${operation}`))
    return Teams.of({
      page: (limit, offset) =>
        Effect.map(
          run("page", Effect.all([Statements.list(limit, offset, undefined), Statements.count()])),
          ([rows, total]) => ({ teams: rows.map(toTeam), total })
        ),
      numbered: (ids) =>
        ids.length === 0
          ? Effect.succeed(new Map())
          : Effect.map(
            run("numbered", Statements.list(ids.length, 0, ids)),
            (rows) => new Map(rows.map((row) => [Number(row.id), toTeam(row)]))
          ),
      ofPerson: (person) => Effect.map(run("ofPerson", Statements.ofPerson(person)), (rows) => rows.map(toTeam)),
      create: (name, owner) => run("create", sql.withTransaction(insert(name, owner))),
      addMembers: (team, people) => run("addMembers", Statements.addMembers(team, people, ["contributor"])),
      removeMembers: (team, people) => run("removeMembers", Statements.removeMembers(team, people)),
      remove: (team) => run("remove", Statements.remove(team)),
      roles: Effect.map(run("roles", Statements.roles()), (rows) => rows.map(toRole)),
      rolesOf: (person) => Effect.map(run("rolesOf", Statements.rolesOf(person)), (rows) => rows.map(toRole)),
      unknownRoles: (ids) =>
        Effect.map(run("unknownRoles", Statements.known(ids)), (known) => ids.filter((id) => !known.includes(id))),
      addRoles: (person, ids) => run("addRoles", Statements.addRoles(person, ids)),
      removeRoles: (person, ids) => run("removeRoles", Statements.removeRoles(person, ids))
    })
  })
)
