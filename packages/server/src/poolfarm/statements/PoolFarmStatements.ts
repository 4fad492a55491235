/** Buildroots of the pool and their components, one statement each. */
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import { BuildrootPlan } from "@orch/core/farm/Buildroot"
import { ComponentRequest } from "@orch/core/farm/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { json } from "../../database/StorableText.ts"

const Repository = Schema.Struct({ arch: Schema.String, name: Schema.String, url: Schema.String })
const planCodec = Schema.toCodecJson(BuildrootPlan)
const Ended = Schema.Record(Schema.String, PoolComponent.TaskEnd)

const encodePlan = Schema.encodeSync(planCodec)
const decodePlan = Schema.decodeUnknownSync(planCodec)
const decodeRepositories = Schema.decodeUnknownSync(Schema.Array(Repository))
const decodeRequest = Schema.decodeUnknownSync(ComponentRequest)
const decodeArches = Schema.decodeUnknownSync(Schema.Array(Schema.String))
const decodeEnded = Schema.decodeUnknownSync(Ended)
const decodeResult = Schema.decodeUnknownSync(PoolComponent.Result)

/** The repository of one architecture of a buildroot. `url` as `SelfUrl` stores addresses. */
export interface BuildrootRepository extends Schema.Schema.Type<typeof Repository> {}

/** A buildroot as it is kept. */
export interface StoredBuildroot {
  readonly id: string
  readonly plan: BuildrootPlan
  readonly repositories: ReadonlyArray<BuildrootRepository>
  /** How often packages were admitted. */
  readonly revision: number
}

/** A component as it is kept. */
export interface StoredComponent {
  readonly id: number
  readonly buildroot: string
  readonly key: string
  readonly request: ComponentRequest
  /** Number of its first task toward nodes, that of the source package; the architectures follow in order. */
  readonly firstTask: number
  readonly component: PoolComponent.PoolComponent
}

interface BuildrootRow {
  readonly id: string
  readonly plan: unknown
  readonly repositories: unknown
  readonly revision: bigint
}

interface ComponentRow {
  readonly id: bigint
  readonly buildroot: string
  readonly key: string
  readonly request: unknown
  readonly first_task: bigint
  readonly arches: unknown
  readonly ended: unknown
  readonly result: unknown
}

const toBuildroot = (row: BuildrootRow): StoredBuildroot => ({
  id: row.id,
  plan: decodePlan(row.plan),
  repositories: decodeRepositories(row.repositories),
  revision: Number(row.revision)
})

const toComponent = (row: ComponentRow): StoredComponent => ({
  id: Number(row.id),
  buildroot: row.buildroot,
  key: row.key,
  request: decodeRequest(row.request),
  firstTask: Number(row.first_task),
  component: {
    arches: decodeArches(row.arches),
    ended: decodeEnded(row.ended),
    result: row.result === null ? undefined : decodeResult(row.result)
  }
})

/** Keeps a buildroot; one of that name gets the plan as it is now. */
export const keepBuildroot = Effect.fnUntraced(function*(
  id: string,
  plan: BuildrootPlan,
  repositories: ReadonlyArray<BuildrootRepository>
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    INSERT INTO pool_buildroot (id, plan, repositories)
    VALUES (${id}, ${json(encodePlan(plan))}::text::jsonb, ${json(repositories)}::text::jsonb)
    ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, repositories = excluded.repositories`
})

/** Buildroots by id. */
export const buildroots = Effect.fnUntraced(function*(ids: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<BuildrootRow>`
    SELECT id, plan, repositories, revision FROM pool_buildroot
    WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb))`
  return new Map(rows.map((row) => [row.id, toBuildroot(row)]))
})

/** Counts one more admission; its number. */
export const nextRevision = Effect.fnUntraced(function*(id: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly revision: bigint }>`
    UPDATE pool_buildroot SET revision = revision + 1 WHERE id = ${id} RETURNING revision`
  return Number(rows[0]?.revision ?? 0)
})

const columns = "id, buildroot, key, request, first_task, arches, ended, result"

/** Keeps a component nobody has asked for under this key; nothing when it is known. */
export const insertComponent = Effect.fnUntraced(function*(
  buildroot: string,
  request: ComponentRequest,
  firstTask: number,
  arches: ReadonlyArray<string>
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<ComponentRow>`
    INSERT INTO pool_component (buildroot, key, request, first_task, arches)
    VALUES (${buildroot}, ${request.key}, ${json(request)}::text::jsonb, ${firstTask}, ${json(arches)}::text::jsonb)
    ON CONFLICT DO NOTHING RETURNING ${sql.literal(columns)}`
  return rows[0] === undefined ? undefined : toComponent(rows[0])
})

/** Components of a buildroot by their keys. */
export const componentsOfKeys = Effect.fnUntraced(function*(buildroot: string, keys: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<ComponentRow>`
    SELECT ${sql.literal(columns)} FROM pool_component
    WHERE buildroot = ${buildroot} AND key IN (SELECT jsonb_array_elements_text(${json(keys)}::text::jsonb))`
  return new Map(rows.map((row) => [row.key, toComponent(row)]))
})

/** Components by their numbers. */
export const components = Effect.fnUntraced(function*(ids: ReadonlyArray<number>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<ComponentRow>`
    SELECT ${sql.literal(columns)} FROM pool_component
    WHERE id IN (SELECT jsonb_array_elements_text(${json(ids)}::text::jsonb)::bigint)`
  return new Map(rows.map((row) => [Number(row.id), toComponent(row)]))
})

/** Components of a buildroot that have not ended. */
export const openComponents = Effect.fnUntraced(function*(buildroot: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<ComponentRow>`
    SELECT ${sql.literal(columns)} FROM pool_component WHERE buildroot = ${buildroot} AND result IS NULL`
  return rows.map(toComponent)
})

/** The component of this number, which nobody else changes until the transaction ends; nothing when there is none. */
export const lockComponent = Effect.fnUntraced(function*(id: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<ComponentRow>`
    SELECT ${sql.literal(columns)} FROM pool_component WHERE id = ${id} FOR UPDATE`
  return rows[0] === undefined ? undefined : toComponent(rows[0])
})

/** Writes how far a component is. */
export const saveComponent = Effect.fnUntraced(function*(id: number, { ended, result }: PoolComponent.PoolComponent) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    UPDATE pool_component SET ended = ${json(ended)}::text::jsonb,
      result = ${result === undefined ? null : json(result)}::text::jsonb
    WHERE id = ${id}`
})
