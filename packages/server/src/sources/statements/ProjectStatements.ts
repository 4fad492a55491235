/** Projects of a forge, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A project as stored. */
export interface ProjectRow {
  readonly name: string
  readonly clone_url: string
  readonly tags: ReadonlyArray<string>
  readonly branches: ReadonlyArray<string>
}

/** All projects of an organisation, by name. */
export const list = Effect.fnUntraced(function*(organisation: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ProjectRow>`
    SELECT name, clone_url, tags, branches FROM forge_project WHERE organisation = ${organisation}
    ORDER BY name LIMIT 100000`
})

/** When projects were changed; null where the next look is to ask about them in any case. */
export const known = Effect.fnUntraced(function*(organisation: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly name: string; readonly updated_at: string | null }>`
    SELECT name, updated_at FROM forge_project WHERE organisation = ${organisation}`
})

/** Keeps a project. */
export const keep = Effect.fnUntraced(function*(
  organisation: string,
  project: {
    readonly name: string
    readonly cloneUrl: string
    readonly tags: ReadonlyArray<string>
    readonly branches: ReadonlyArray<string>
    readonly updatedAt: string
  },
  look: number
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO forge_project (organisation, name, clone_url, tags, branches, updated_at, seen)
    VALUES (${clean(organisation)}, ${clean(project.name)}, ${clean(project.cloneUrl)},
      ${json(project.tags)}::text::jsonb, ${json(project.branches)}::text::jsonb, ${clean(project.updatedAt)}, ${look})
    ON CONFLICT (organisation, name) DO UPDATE SET clone_url = excluded.clone_url, tags = excluded.tags,
      branches = excluded.branches, updated_at = excluded.updated_at, seen = excluded.seen`
})

/** Notes that projects are there as they were. */
export const seen = Effect.fnUntraced(function*(organisation: string, names: ReadonlyArray<string>, look: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE forge_project SET seen = ${look} WHERE organisation = ${organisation}
      AND name IN (SELECT jsonb_array_elements_text(${json(names)}::text::jsonb) COLLATE "C")`
})

/** Forgets projects that an earlier look saw last. */
export const forgetOthers = Effect.fnUntraced(function*(organisation: string, look: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM forge_project WHERE organisation = ${organisation} AND seen < ${look}`
})

/** The project at this address is to be asked about. */
export const stale = Effect.fnUntraced(function*(cloneUrl: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE forge_project SET updated_at = NULL WHERE clone_url = ${clean(cloneUrl)}`
})
