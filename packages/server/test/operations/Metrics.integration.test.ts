/** `/metrics` after builds: what docs/operating.md and the alert rules speak of is there, with values that fit, and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer } from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8")

/** Families of the table in docs/operating.md, with their kind; those that only some installations have say so. */
const documented = [...read("docs/operating.md").matchAll(/^\| `((?:orch|process)_\w+)` +\| (\w+) +\|.*\| (.*) \|$/gm)]
  .map(([, name, kind, says]) => ({ name: name!, kind: kind!, isOptional: says!.includes("where ") }))
const alerted = [
  ...read("deploy/alerts.yaml").matchAll(/\b((?:orch|process)_[a-z_]+?)(?:_bucket|_count|_sum)?(?=[{[ )])/g)
]
  .map(([, name]) => name!)

interface Family {
  readonly kind: string
  readonly series: ReadonlyMap<string, number>
}

/** Prometheus' text form, as far as it is needed here. */
const parse = (text: string): ReadonlyMap<string, Family> => {
  const families = new Map<string, { kind: string; series: Map<string, number> }>()
  let current: { kind: string; series: Map<string, number> } | undefined
  for (const line of text.split("\n")) {
    const [, name, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== undefined && kind !== undefined) families.set(name, current = { kind, series: new Map() })
    else if (line !== "" && !line.startsWith("#")) {
      const [, series, value] = /^([^ {]+(?:\{.*\})?) (\S+)$/.exec(line) ?? []
      assert.isDefined(series, line)
      current?.series.set(series!, Number(value))
    }
  }
  return families
}

const builds = 100

/** A listener that takes nothing, so that its announcements wait; answers its address. */
const deaf = Effect.acquireRelease(
  Effect.promise(async () => {
    const listener = createServer((_, response) => response.writeHead(503).end()).listen(0, "127.0.0.1")
    await new Promise((resolve) => listener.once("listening", resolve))
    return listener
  }),
  (listener) =>
    Effect.sync(() => {
      listener.closeAllConnections()
      listener.close()
    })
).pipe(Effect.map((listener) => `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`))

const start = Effect.flatMap(deaf, (url) =>
  TestServer.start({
    ORCH_ALLOW_YAML: "true",
    ORCH_RECONCILE_INTERVAL: "200",
    ORCH_LIMIT_TOTAL: "7",
    ORCH_DATABASE_CONNECTIONS: "6",
    ORCH_WEBHOOKS: JSON.stringify([{ id: "ci", url, secret: `whsec_${btoa("x".repeat(32))}` }])
  }, {
    farm: MemoryBuildSystem.layer({ capabilities: { platforms: ["el9"], arches: ["x86_64"] } }),
    host: MemoryRepositoryHost.layer
  }))

describe("metrics", () => {
  it("are read from the table, and the alert rules speak of no others", () => {
    assert.isAtLeast(documented.length, 20)
    assert.isAtLeast(alerted.length, 10)
    assert.deepStrictEqual(alerted.filter((name) => !documented.some((one) => one.name === name)), [])
  })

  it.live(
    "are all served after builds, each of its kind, documented, and with values that fit",
    () =>
      Effect.scoped(Effect.flatMap(start, ({ git, url }) =>
        Effect.promise(async () => {
          TestRepository.make(`${git}/rpms/one`).commit({ "one.spec": "Name: one\n" })
          const get = async (path: string) => (await fetch(`${url}${path}`)).text()
          const submit = (name: string) =>
            fetch(`${url}/orch/v1/module-builds/`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({
                yaml_modulemd: TestServer.modulemd({ one: [] }).replace("name: demo", `name: ${name}`)
              })
            }).then(({ status }) => status)
          const before = parse(await get("/metrics"))
          for (let n = 0; n < builds; n++) assert.strictEqual(await submit(`module-${n}`), 201)
          const counted = async () => {
            const { total } = JSON.parse(await get("/orch/v1/module-builds/?state=ready&limit=1")) as { total: number }
            return total
          }
          while (await counted() < builds) await new Promise((done) => setTimeout(done, 100))
          assert.match((await fetch(`${url}/no/such/path`)).headers.get("x-request-id") ?? "", /^[\w-]{36}$/)
          await get("/orch/v1/module-builds/1")
          await get("/orch/v1/module-builds/2")
          await get("/module-build-service/2/module-builds/1?verbose=true")
          await get("/builds")
          const after = parse(await get("/metrics"))

          const served = [...after.keys()]
          assert.deepStrictEqual(documented.filter(({ isOptional, name }) => !isOptional && !served.includes(name)), [])
          assert.deepStrictEqual(served.filter((name) => !documented.some((one) => one.name === name)), [])
          for (const { kind, name } of documented) {
            if (after.has(name)) assert.strictEqual(after.get(name)?.kind, kind, name)
          }
          for (const [name, { series }] of after) {
            for (const [one, value] of series) {
              assert.isTrue(Number.isFinite(value) && value >= 0, `${one} of ${name} is ${value}`)
            }
          }

          const value = (families: ReadonlyMap<string, Family>, series: string) =>
            families.get(series.replace(/\{.*/, "").replace(/_(?:count|sum|bucket)$/, ""))?.series.get(series)
          const is = (series: string) => value(after, series) ?? Number.NaN
          const grew = (series: string) => is(series) - (value(before, series) ?? 0)
          assert.strictEqual(is(`orch_module_builds{state="ready"}`), builds)
          assert.strictEqual(is(`orch_module_builds{state="failed"}`), 0)
          assert.strictEqual(is(`orch_component_builds{state="built"}`), builds)
          assert.strictEqual(grew(`orch_module_builds_ended_total{state="ready"}`), builds)
          assert.strictEqual(grew(`orch_module_builds_ended_total{state="failed"}`), 0)
          const times = (method: string, route: string, status: number) =>
            grew(`orch_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`)
          assert.strictEqual(times("POST", "/orch/v1/module-builds", 201), builds)
          assert.strictEqual(times("GET", "/orch/v1/module-builds/:id", 200), 2)
          assert.strictEqual(times("GET", "/module-build-service/2/module-builds/:id", 200), 1)
          assert.strictEqual(times("GET", "/builds", 200), 1)
          assert.strictEqual(times("GET", "/orch/v1/feed", 200), 1)
          assert.strictEqual(times("GET", "none", 404), 1)
          assert.strictEqual(is(`orch_slots_limit{scope="total"}`), 7)
          assert.strictEqual(is(`orch_slots_used{scope="total"}`), 0)
          assert.strictEqual(is(`orch_dead_letters`), 0)
          assert.strictEqual(is(`orch_database_connections{state="limit"}`), skippedServer === undefined ? 6 : 1)
          assert.isAbove(is(`orch_announcements_behind{listener="ci"}`), builds)
          assert.isAtLeast(
            [...after.get("orch_build_system_calls_total")!.series].filter(([name]) => name.includes(`outcome="ok"`))
              .reduce((sum, [, calls]) => sum + calls, 0),
            builds
          )
          assert.isAbove(is("process_cpu_seconds_total"), 0)
          assert.isAbove(is("process_resident_memory_bytes"), 50e6)
          assert.isBelow(Math.abs(is("process_start_time_seconds") - Date.now() / 1000), 3600)
          assert.isBelow(is("process_open_fds"), is("process_max_fds"))
        }))),
    120_000
  )
})
