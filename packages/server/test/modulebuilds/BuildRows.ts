/** Rows of module builds as the store writes them, for what reads them: made up, and many at once. */
import type * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import type { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** When all this is looked at. */
export const now = Date.UTC(2026, 10, 29)

/** Numbers below a bound, the same for the same seed. */
export const dice = (seed: number) => {
  let state = seed
  return (bound: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % bound
  }
}

interface Fields {
  readonly name?: string
  readonly stream?: string
  readonly context?: string
  readonly state: ModuleBuildState
  readonly reason?: string
  readonly owner?: string
  readonly scratch?: boolean
  readonly platform?: string
  readonly arches?: ReadonlyArray<string>
  readonly planned: ReadonlyArray<string>
  /** What is not usual about the plans of components. */
  readonly plans?: Readonly<Record<string, object>>
  readonly scmurl?: string
  readonly createdAt?: number
  readonly completedAt?: number
}

/** A component: its name, its state and what else is known of it. */
export type Component = readonly [name: string, state: ComponentState, data?: object]

export const clear = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => Effect.andThen(sql`DELETE FROM module_build`, sql`DELETE FROM command_queue`)
)

/** One build; its number. */
export const insert = Effect.fnUntraced(function*(fields: Fields, components: ReadonlyArray<Component> = []) {
  const sql = yield* SqlClient.SqlClient
  const { createdAt = now, name = "demo", scratch = false, state, stream = "1" } = fields
  const plan = {
    platform: fields.platform ?? "el9",
    arches: fields.arches ?? ["x86_64"],
    components: fields.planned.map((name) => ({
      name,
      batch: 1,
      afterBatch: 0,
      after: [],
      priority: 0,
      arches: ["x86_64"],
      ...fields.plans?.[name]
    }))
  }
  const [row] = yield* sql<{ id: bigint }>`
    INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress,
      created_at, modified_at, completed_at)
    VALUES (1, ${state}, ${fields.reason ?? "Some reason"}, ${name}, ${stream},
      (SELECT coalesce(max(id), 0) + 1 FROM module_build), ${fields.context ?? "c1"}, ${
    fields.owner ?? "ann"
  }, ${scratch},
      ${fields.scmurl ?? null}, ${
    JSON.stringify(plan)
  }::text::jsonb, '{}'::jsonb, to_timestamp(${createdAt}::float8 / 1000), now(),
      to_timestamp(${fields.completedAt ?? null}::float8 / 1000))
    RETURNING id`
  const id = Number(row!.id)
  for (const [component, state, data = {}] of components) {
    yield* sql`
      INSERT INTO component_build (module_build_id, name, state, attempt, data)
      VALUES (${id}, ${component}, ${state}, 1, ${
      JSON.stringify({ name: component, state, open: false, reason: "", attempt: 1, artifacts: [], ...data })
    }::text::jsonb)`
  }
  return id
})

/** A command of a build that has spent its retries. */
export const deadLetter = (build: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql`
      INSERT INTO command_queue (id, queue_name, element, state, last_failure, created_at, updated_at, visible_at)
      VALUES (${`letter-${build}`}, 'module-build', ${`{"id":"${build}.1.0","build":${build},"command":{}}`}, 'failed', 'broken',
        now(), now(), now())`)

/** Some made-up builds in place of all others, as the model sees them, oldest first. */
export const world = Effect.fnUntraced(function*(size: number) {
  const sql = yield* SqlClient.SqlClient
  yield* clear
  const roll = dice(size)
  const of = <A>(values: ReadonlyArray<A>): A => values[roll(values.length)]!
  const facts: Array<BuildFilter.Facts> = []
  for (let n = 0; n < size; n++) {
    const createdAt = now - roll(30 * 86_400) * 1000
    const completedAt = roll(3) === 0 ? undefined : createdAt + roll(5 * 3600) * 1000
    const packages = [0, 1, 2, 3, 4].slice(0, roll(6)).map((one) => `p-${one}`)
    const commits = packages.map(() => `${of(["aaaa", "bbbb"])}${of(["", "0001"])}ff`)
    const own = roll(3) === 0 ? undefined : `${of(["0001", "aaaa"])}77`
    const fields = {
      name: of(["perl", "perl-extra", "nodejs", "Perl\\"]),
      stream: of(["5.40", "5.38", "22"]),
      context: of(["c1", "c2"]),
      state: of(ModuleBuildState.literals),
      owner: of(["ann", "bob", "me"]),
      scratch: roll(4) === 0,
      platform: of(["el9", "el10"]),
      arches: of([["x86_64"], ["x86_64", "s390x"], []]),
      planned: packages,
      createdAt,
      ...(own === undefined ? {} : { scmurl: `https://git/x?#${own}` }),
      ...(completedAt === undefined ? {} : { completedAt })
    }
    const id = yield* insert(fields, packages.map((name, at) => [name, "available", { commit: commits[at] }]))
    const [row] = yield* sql<{ version: string }>`SELECT version::text AS version FROM module_build WHERE id = ${id}`
    const needsPerson = roll(5) === 0
    if (needsPerson) yield* deadLetter(id)
    facts.push({
      ...fields,
      id,
      version: BigInt(row!.version),
      packages,
      commits: [...commits, ...(own === undefined ? [] : [own])],
      completedAt,
      needsPerson
    })
  }
  return facts as ReadonlyArray<BuildFilter.Facts>
})

/** So many ready builds in place of all others. */
export const many = (size: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.andThen(
      clear,
      sql`
        INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, plan, progress,
          created_at, modified_at)
        SELECT 1, 'ready', '', 'many', '1', n, 'c', 'ann', false, '{"platform":"el9","arches":[],"components":[]}', '{}', now(), now()
        FROM generate_series(1, ${size}) AS n`
    ))
