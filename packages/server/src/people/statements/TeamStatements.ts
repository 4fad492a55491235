/** Teams, their members and roles, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A role as stored. */
export interface RoleRow {
  readonly id: bigint
  readonly name: string
}

/** A team as stored, with the numbers of its members. */
export interface TeamRow {
  readonly id: bigint
  readonly name: string
  readonly owner: bigint | null
  readonly members: ReadonlyArray<number>
  readonly roles: ReadonlyArray<{ readonly id: number; readonly name: string }>
  readonly products: ReadonlyArray<{ readonly id: number; readonly name: string; readonly title: string | null }>
}

const columns = `id, name, owner,
  (SELECT coalesce(jsonb_agg(person ORDER BY person), '[]') FROM team_member WHERE team_member.team = team.id) AS members,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', role.id, 'name', role.name) ORDER BY role.id), '[]')
    FROM role WHERE role.team = team.id) AS roles,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', product.id, 'name', product.name, 'title', product.title)
    ORDER BY product.id), '[]') FROM product WHERE product.team = team.id AND NOT product.removing) AS products`

/** Teams by number, at most `limit`; those of these numbers where any are given. */
export const list = Effect.fnUntraced(
  function*(limit: number, offset: number, ids: ReadonlyArray<number> | undefined) {
    const sql = yield* SqlClient.SqlClient
    return yield* sql<TeamRow>`
      SELECT ${sql.literal(columns)} FROM team WHERE id = ANY(ARRAY(
        SELECT id FROM team
        WHERE ${ids === undefined}::boolean
          OR id IN (SELECT jsonb_array_elements_text(${json(ids ?? [])}::text::jsonb)::bigint)
        ORDER BY id LIMIT ${limit} OFFSET ${offset}
      )) ORDER BY id`
  }
)

/** Teams that a person is in. */
export const ofPerson = Effect.fnUntraced(function*(person: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<TeamRow>`
    SELECT ${sql.literal(columns)} FROM team
    WHERE id IN (SELECT team FROM team_member WHERE person = ${person}) ORDER BY id LIMIT 1000`
})

/** How many teams there are. */
export const count = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly total: bigint }>`SELECT count(*) AS total FROM team`
  return Number(rows[0]!.total)
})

/** Makes a team with a role of each kind; nothing when there is one of that name. Roles of the same name are never shared. */
export const insert = Effect.fnUntraced(function*(name: string, owner: number, kinds: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    INSERT INTO team (name, owner) VALUES (${clean(name)}, ${owner}) ON CONFLICT (name) DO NOTHING RETURNING id`
  const id = rows[0]?.id
  if (id === undefined) return undefined
  yield* sql`
    INSERT INTO role (name, kind, team)
    SELECT ${clean(name)}::text || '_' || kind, kind, ${id}
    FROM jsonb_array_elements_text(${json(kinds)}::text::jsonb) AS kind`
  return Number(id)
})

/** Makes people members, with these kinds of roles of the team; numbers that are nobody's are passed over. */
export const addMembers = Effect.fnUntraced(
  function*(team: number, people: ReadonlyArray<number>, kinds: ReadonlyArray<string>) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      WITH wanted AS (
        SELECT id FROM person WHERE id IN (SELECT jsonb_array_elements_text(${json(people)}::text::jsonb)::bigint)
      ), roles AS (
        INSERT INTO person_role (person, role) SELECT wanted.id, role.id FROM wanted, role
        WHERE role.team = ${team} AND role.kind IN (SELECT jsonb_array_elements_text(${
      json(kinds)
    }::text::jsonb) COLLATE "C")
        ON CONFLICT DO NOTHING
      )
      INSERT INTO team_member (team, person) SELECT ${team}, id FROM wanted ON CONFLICT DO NOTHING`
  }
)

/** Takes people out of a team, with all roles that they had of it. */
export const removeMembers = Effect.fnUntraced(function*(team: number, people: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    WITH roles AS (
      DELETE FROM person_role USING role WHERE role.id = person_role.role AND role.team = ${team}
        AND person IN (SELECT jsonb_array_elements_text(${json(people)}::text::jsonb)::bigint)
    )
    DELETE FROM team_member WHERE team = ${team}
      AND person IN (SELECT jsonb_array_elements_text(${json(people)}::text::jsonb)::bigint)`
})

/** Removes a team; whether there was one. */
export const remove = Effect.fnUntraced(function*(team: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`DELETE FROM team WHERE id = ${team} RETURNING id`
  return rows.length > 0
})

/** All roles, by number. */
export const roles = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RoleRow>`SELECT id, name FROM role ORDER BY id LIMIT 10000`
})

/** Roles that a person has. */
export const rolesOf = Effect.fnUntraced(function*(person: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<RoleRow>`
    SELECT role.id, role.name FROM person_role JOIN role ON role.id = person_role.role
    WHERE person_role.person = ${person} ORDER BY role.id LIMIT 10000`
})

/** Which of these numbers are roles. */
export const known = Effect.fnUntraced(function*(ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: bigint }>`
    SELECT id FROM role WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`
  return rows.map(({ id }) => Number(id))
})

/** Gives a person roles; who gets a role of a team is a member of it. */
export const addRoles = Effect.fnUntraced(function*(person: number, ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    WITH wanted AS (
      SELECT id, team FROM role WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)
    ), members AS (
      INSERT INTO team_member (team, person) SELECT DISTINCT team, ${person}::bigint FROM wanted WHERE team IS NOT NULL
      ON CONFLICT DO NOTHING
    )
    INSERT INTO person_role (person, role) SELECT ${person}, id FROM wanted ON CONFLICT DO NOTHING`
})

/** Takes roles from a person. */
export const removeRoles = Effect.fnUntraced(function*(person: number, ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM person_role WHERE person = ${person}
      AND role IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`
})
