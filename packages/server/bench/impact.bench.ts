/**
 * What a change of the most depended-on module reaches, of 100,000 nodes and about 600,000 edges (other numbers as arguments): in memory, by core's
 * graph alone, and from PostgreSQL, from the question to the plan, which keeps nothing from one question to the next. Medians of five; the bounds are
 * 250 ms and 2 s.
 *
 *   pnpm bench impact -- 10000 60000
 */
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import * as Impact from "@orch/core/rebuild/Impact"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { CampaignOrders, layer as ordersLayer } from "../src/campaigns/CampaignOrders.ts"
import { CampaignRulesInForce } from "../src/campaigns/CampaignRulesInForce.ts"
import { CampaignSettings } from "../src/campaigns/CampaignSettings.ts"
import * as Statements from "../src/campaigns/statements/ReachStatements.ts"
import * as Database from "../src/database/Database.ts"
import * as Migrations from "../src/Migrations.ts"
import * as ServerConfig from "../src/ServerConfig.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"

const nodes = Number(process.argv[2] ?? 100_000)
const edges = Number(process.argv[3] ?? 600_000)
const rounds = 5
const bounds = { memory: 250, database: 2000 }

/** Node 1 is in everybody's buildroot; the other edges lead to lower numbers, more often to low ones. */
const made = function*(): Generator<readonly [from: number, to: number]> {
  let state = 42
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  for (let node = 2; node <= nodes; node++) {
    yield [node, 1]
    const more = Math.round((edges - nodes) / nodes)
    const seen = new Set([1])
    for (let count = 0; count < more; count++) {
      const to = 1 + Math.floor(random() ** 3 * (node - 1))
      if (seen.has(to)) continue
      seen.add(to)
      yield [node, to]
    }
  }
}
const list = [...made()]
const name = (node: number): string => `m${node}:1`

const median = (times: ReadonlyArray<number>): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!

const inMemory = (): number => {
  const graph = DependencyGraph.make(
    Array.from({ length: nodes }, (_, index) => name(index + 1)),
    list.map(([from, to]) => ({ from: name(from), to: name(to), kind: "buildroot" as const }))
  )
  const times = Array.from({ length: rounds }, () => {
    const before = performance.now()
    const { affected } = Impact.of(graph, [name(1)], { kinds: ["buildroot"] })
    if (affected.length !== nodes) throw new Error(`${affected.length} are affected`)
    return performance.now() - before
  })
  return median(times)
}

const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`
      INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan,
        progress, created_at, modified_at)
      SELECT 1, 'ready', '', 'm' || n, '1', 1, 'c', 'bob', false, 'https://git.example.org/modules/m' || n || '?#0123',
        '{}'::jsonb, '{}'::jsonb, now(), now()
      FROM generate_series(1, ${nodes}::int) AS n`
    // What plans read of builds is there already, as it is where they became ready one after the other.
    yield* sql`
      INSERT INTO campaign_module (build, name, version, scmurl, seconds, newest)
      SELECT id, name || ':1', version, scmurl, 60, true FROM module_build`
    yield* sql`
      INSERT INTO campaign_source (name, component, repository, ref)
      SELECT 'm' || n || ':1', 'p' || n, 'https://git.example.org/rpms/p' || n, 'main'
      FROM generate_series(1, ${nodes}::int) AS n`
    yield* sql`INSERT INTO campaign_name (name) SELECT 'm' || n || ':1' FROM generate_series(1, ${nodes}::int) AS n`
    for (let from = 0; from < list.length; from += 100_000) {
      const text = JSON.stringify(list.slice(from, from + 100_000))
      yield* sql`
        INSERT INTO campaign_use (by, used, named)
        SELECT own.id, other.id, true FROM jsonb_array_elements(${text}::text::jsonb) AS one
        JOIN campaign_name AS own ON own.name = 'm' || (one ->> 0) || ':1'
        JOIN campaign_name AS other ON other.name = 'm' || (one ->> 1) || ':1'`
    }
    yield* Statements.pack(Array.from({ length: nodes }, (_, index) => name(index + 1)))
  }))
  yield* sql`VACUUM ANALYZE`
})

const fromDatabase = Effect.gen(function*() {
  yield* fill
  const orders = yield* CampaignOrders
  const times: Array<number> = []
  const own: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    const cpu = process.cpuUsage()
    const before = performance.now()
    const found = yield* orders.impact({ subject: "rpms/p1", ref: "main" })
    times.push(performance.now() - before)
    const { system, user } = process.cpuUsage(cpu)
    own.push((system + user) / 1000)
    if (found.length !== nodes) throw new Error(`${found.length} are reached`)
  }
  return { time: median(times), first: times[0]!, own: median(own) }
})

const memory = inMemory()
console.log(`${nodes} nodes, ${list.length} edges`)
console.log(`in memory: ${memory.toFixed(0)} ms (bound ${bounds.memory} ms)`)
if (memory > bounds.memory) process.exitCode = 1
if (skippedServer !== undefined) console.log(`from PostgreSQL: skipped: ${skippedServer}`)
else {
  const { first, own, time } = await Effect.runPromise(
    Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) =>
      Effect.provide(
        fromDatabase,
        ordersLayer.pipe(
          Layer.provide(CampaignRulesInForce.layer),
          Layer.provide(
            Layer.succeed(CampaignSettings, Result.getOrThrow(ServerConfig.fromEnvironment({})))
          ),
          Layer.provide(Layer.succeed(Campaigns, {} as never)),
          Layer.provideMerge(
            Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 2 }, Migrations.layer)
          )
        )
      )))
  )
  console.log(
    `from PostgreSQL: ${time.toFixed(0)} ms, the first time ${first.toFixed(0)} ms (bound ${bounds.database} ms); `
      + `of this ${own.toFixed(0)} ms in this process`
  )
  if (time > bounds.database) process.exitCode = 1
}
