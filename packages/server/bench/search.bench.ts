/**
 * How fast searches are on PostgreSQL, at 10,000 and 1,000,000 repositories (other sizes as arguments: `pnpm bench search -- 50000`).
 *
 * Ten repositories a commit, one commit in twenty on `main`, the rest on two thousand branches; centos/7 and /8 in the older half,
 * /9 and /10 in the newer, so that no commit has both. Each question is asked in turn through the service (p50, p99) and by eight
 * clients over HTTP (requests a second). The floors are what shaman itself did at 10,001 repositories on a machine of this size;
 * they were measured elsewhere and are quoted, not run.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"
import { Agent, createServer, get } from "node:http"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import * as Database from "../src/database/Database.ts"
import * as PgOutbox from "../src/database/PgOutbox.ts"
import * as Migrations from "../src/Migrations.ts"
import * as SearchRoutes from "../src/repositories/face/SearchRoutes.ts"
import * as ShamanFace from "../src/repositories/face/ShamanFace.ts"
import * as Repositories from "../src/repositories/Repositories.ts"
import * as RepositoriesConfig from "../src/repositories/RepositoriesConfig.ts"
import * as StorageNodes from "../src/repositories/StorageNodes.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as TestAccess from "../test/support/TestAccess.ts"
import * as FillRepositories from "./lists/FillRepositories.ts"

interface Question {
  readonly name: string
  readonly query: string
  /** What shaman did at 10,001 repositories: milliseconds alone, requests a second under load. */
  readonly floor: readonly [string, number | undefined]
  readonly times: number
}

const questions = (sha1: string): ReadonlyArray<Question> => [
  {
    name: "by commit, 1 row (teuthology)",
    query: `status=ready&project=ceph&flavor=default&distros=centos%2F9%2Fx86_64&sha1=${sha1}`,
    floor: ["8 ms", 102],
    times: 400
  },
  {
    name: "by branch, 100 rows (teuthology)",
    query: "status=ready&project=ceph&flavor=default&distros=centos%2F9%2Fx86_64&ref=hundred",
    floor: ["235 ms", 4],
    times: 200
  },
  {
    name: "common commit, 2 distros on main, hit",
    query: "status=ready&project=ceph&ref=main&sha1=latest&distros=centos/9/x86_64,ubuntu/22.04/x86_64",
    floor: ["11 ms (1 distro)", 83],
    times: 400
  },
  {
    name: "common commit, 2 distros, whole project, hit",
    query: "project=ceph&sha1=latest&distros=centos/9,ubuntu/22.04",
    floor: ["64 ms", 8.6],
    times: 400
  },
  {
    name: "common commit, 2 distros, whole project, miss",
    query: "project=ceph&sha1=latest&distros=centos/8,centos/9",
    floor: ["1,300 to 4,300 ms", 0.4],
    times: 400
  },
  {
    name: "common commit, 2 distros on main, miss",
    query: "project=ceph&ref=main&sha1=latest&distros=centos/8,centos/9",
    floor: ["-", undefined],
    times: 400
  },
  {
    name: "worst case: covered, but by no commit of that status",
    query: "project=ceph&status=failed&sha1=latest&distros=centos/9,debian/12",
    floor: ["-", undefined],
    times: 100
  }
]

const percentile = (sorted: ReadonlyArray<number>, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN

/** Asks from a thread of its own, so that the server's event loop serves and nothing else. */
const throughput = (url: string, seconds: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { url, seconds } })
    worker.once("message", resolve).once("error", reject)
  })

const fetchOnce = (agent: Agent, url: string) =>
  new Promise<void>((resolve, reject) => {
    get(url, { agent }, (response) =>
      response.resume().on("end", () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)))).on(
        "error",
        reject
      )
  })

const ask = async ({ seconds, url }: { readonly url: string; readonly seconds: number }): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const end = performance.now() + seconds * 1000
  let done = 0
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (performance.now() < end) {
      await fetchOnce(agent, url)
      done++
    }
  }))
  agent.destroy()
  return done / seconds
}

const measure = Effect.fnUntraced(function*(question: Question, base: string) {
  const repositories = yield* Repositories.Repositories
  const query = SearchRoutes.parseQuery([...new URLSearchParams(question.query)])
  if (query._tag === "Failure") return yield* Effect.die(new Error(query.failure))
  const times: Array<number> = []
  let rows = 0
  for (let n = -5; n < question.times; n++) {
    const begun = performance.now()
    rows = (yield* repositories.search(query.success)).length
    if (n >= 0) times.push(performance.now() - begun)
  }
  let statements = 0
  yield* repositories.search(query.success).pipe(
    Effect.provideService(Statement.CurrentTransformer, (statement) => {
      statements++
      return Effect.succeed(statement)
    })
  )
  const perSecond = yield* Effect.promise(() =>
    throughput(`${base}/api/search/?${question.query}`, question.times < 50 ? 2 : 3)
  )
  const sorted = times.toSorted((a, b) => a - b)
  const [alone, floor] = question.floor
  console.log(
    [
      question.name.padEnd(54),
      `${rows} rows`.padStart(9),
      `${statements} statement`,
      `p50 ${percentile(sorted, 0.5).toFixed(2)} ms`.padStart(14),
      `p99 ${percentile(sorted, 0.99).toFixed(2)} ms`.padStart(15),
      `${perSecond.toFixed(0)} req/s`.padStart(11),
      floor === undefined ? "" : `  shaman: ${alone}, ${floor} req/s, ratio ${(perSecond / floor).toFixed(0)}x`
    ].join("  ")
  )
})

const bench = (repositories: number) =>
  Effect.gen(function*() {
    const { url } = yield* temporaryDatabase
    const database = Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 8 }, Migrations.layer)
    const services = Layer.mergeAll(Repositories.layer, StorageNodes.layer).pipe(
      Layer.provideMerge(PgOutbox.layer),
      Layer.provideMerge(Layer.succeed(RepositoriesConfig.RepositoriesConfig, RepositoriesConfig.defaults)),
      Layer.provideMerge(database)
    )
    const app = HttpRouter.serve(ShamanFace.layer, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provide(TestAccess.layer(() => "bench")),
      Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
      Layer.provideMerge(services)
    )
    yield* Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const begun = performance.now()
      yield* FillRepositories.fill(repositories)
      console.log(
        `\n${repositories.toLocaleString("en")} repositories (filled in ${
          ((performance.now() - begun) / 1000).toFixed(0)
        } s)`
      )
      const [newest] = yield* sql<{ sha1: string }>`SELECT sha1 FROM repository ORDER BY revision DESC LIMIT 1`
      const { address } = yield* HttpServer.HttpServer
      const base = `http://127.0.0.1:${(address as { readonly port: number }).port}`
      for (const question of questions(newest!.sha1)) yield* measure(question, base)
    }).pipe(Effect.provide(app))
  }).pipe(Effect.scoped)

if (!isMainThread) parentPort?.postMessage(await ask(workerData as { readonly url: string; readonly seconds: number }))
else if (skippedServer !== undefined) console.log(`not run: ${skippedServer}`)
else {
  const sizes = process.argv.slice(2).map(Number).filter((size) => size >= 1_000)
  for (const size of sizes.length > 0 ? sizes : [10_000, 1_000_000]) await Effect.runPromise(bench(size))
}
