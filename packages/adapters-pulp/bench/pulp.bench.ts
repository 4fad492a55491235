/**
 * Packages into six repositories of a real Pulp with its default password hasher: requests and seconds, ours against the sequence of
 * calls that the build system's web server and its nodes make for the same (`WebServerCalls.ts`).
 *
 * The bound: at most a quarter of its requests and half its time. `-- 1000 40`: so many packages for us, and so many for the peer. Each of
 * its packages takes many seconds, so it publishes fewer, and what grows with packages is reckoned up to our number; what its six
 * repositories cost stays as it is, which is in its favour. Two equal numbers measure both whole.
 */
import type { Content } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import { connect, type Where } from "../test/Connections.ts"
import * as Rpms from "../test/Rpms.ts"
import * as WebServerCalls from "./WebServerCalls.ts"

type Measured = WebServerCalls.Measured

interface Started {
  readonly pulp: Where
  readonly stop: () => Promise<void>
}

const [count = 1000, peerCount = Math.min(count, 40)] = process.argv.slice(2).map(Number).filter((size) => size > 0)
const root = join(import.meta.dirname, "../../..")

const start = async (): Promise<Started> => {
  const { ORCH_TEST_PULP_URL: url, ORCH_TEST_DATABASE_URL: database = "postgres://postgres@127.0.0.1:5432/postgres" } =
    process.env
  if (url !== undefined) return { pulp: { url, username: "admin", password: "admin" }, stop: async () => {} }
  const module = await import(join(root, "tooling/setup/pulp.mjs")) as {
    readonly startPulp: (home: string, database: string) => Promise<Started>
  }
  return module.startPulp(process.env["ORCH_TEST_PULP_HOME"] ?? join(root, "node_modules/.cache/pulp"), database)
}

const run = Date.now().toString(36)

/** Each package into one of the six. */
const shares = (side: string, packages: ReadonlyArray<Content>) =>
  ["a", "b", "c", "d", "e", "f"].map((name, share, { length }) => ({
    name: `bench-${run}/${name}-${side}`,
    packages: packages.filter((_, index) => index % length === share)
  }))

/** Publishes them as a release does: all repositories take a step before any takes the next. */
const ours = (where: Where, packages: ReadonlyArray<Content>): Promise<Measured> =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(where)
    const host = PulpRepositoryHost.make(connection)
    const all = shares("ours", packages)
    const began = performance.now()
    const since = () => (performance.now() - began) / 1000
    const step = <A, B, E>(name: string, of: ReadonlyArray<A>, each: (one: A) => Effect.Effect<B, E>) =>
      Effect.forEach(of, each, { concurrency: "unbounded" }).pipe(
        Effect.tap(() =>
          Effect.sync(() => console.log(`  ${name}: ${connection.client.requests()} requests, ${since().toFixed(1)} s`))
        )
      )
    yield* step("repositories", all, ({ name }) => host.ensure(name))
    yield* step("changed", all, ({ name, packages: add }) => host.change(name, { key: "1", add, remove: [] }))
    const ready = yield* step("prepared", all, ({ name }) => host.staging!.prepare(name))
    yield* step("shown", ready, (one) => host.staging!.show(one))
    return { requests: connection.client.requests(), seconds: since() }
  })))

const line = (name: string, { requests, seconds }: Measured) =>
  console.log(
    `${name.padEnd(52)} ${String(Math.round(requests)).padStart(7)} requests ${seconds.toFixed(1).padStart(8)} s`
  )

const { pulp, stop } = await start()
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stop().then(() => process.exit(130)))
}
try {
  // Packages of their own for each side, since neither sends what is there.
  const build = (side: string, many: number) =>
    Rpms.build(Array.from({ length: many }, (_, index) => ({ name: `bench-${side}-${run}-${index}` })))
  const [mine, theirs] = [build("ours", count), build("peer", peerCount)]
  console.log(`${count} packages into 6 repositories, published`)
  const us = await ours(pulp, mine)
  line("ours", us)
  const { repositories, uploads } = await WebServerCalls.publish(pulp, shares("peer", theirs))
  line(`the calls of the web server: ${peerCount} packages`, uploads)
  line("the calls of the web server: the repositories", repositories)
  const factor = count / peerCount
  const them: Measured = {
    requests: repositories.requests + uploads.requests * factor,
    seconds: repositories.seconds + uploads.seconds * factor
  }
  line(`the calls of the web server${factor === 1 ? "" : `, reckoned for ${count}`}`, them)
  const [requests, time] = [us.requests / them.requests, us.seconds / them.seconds]
  console.log(`${requests.toFixed(3)} of its requests (bound 0.25), ${time.toFixed(3)} of its time (bound 0.5)`)
  // Six repositories cost what they cost: the bound is meant for many packages.
  if (count >= 250 && (requests > 0.25 || time > 0.5)) process.exitCode = 1
} finally {
  await stop()
}
