/**
 * A commit over six repositories of a real Pulp: a worker of it is killed with its task, a change fails in it, and it is away for a
 * minute. Only in the long run, and only at a Pulp that is ours to hurt.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as realPulp from "../../../adapters-pulp/test/realPulp.ts"
import * as Repodata from "../../../adapters-pulp/test/Repodata.ts"
import * as CuttableWay from "../support/CuttableWay.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const found = realPulp.extent === "whole"
  ? await realPulp.find()
  : { missing: "ORCH_TEST_PULP=all runs it" }
const skipped = "missing" in found
  ? found.missing
  : found.pulp.database === undefined
  ? "this Pulp is not ours"
  : skippedServer ?? (ReleaseServer.packages === undefined ? "no rpmbuild" : undefined)

const run = Date.now().toString(36)
const names = ["BaseOS", "AppStream", "Extras", "Devel", "Tools", "Plus"].map((name) => `${name}${run}`)
const hostName = (name: string) => `production/${name}/x86_64/os`
const nevra = (name: string) => `${name}-0:1.0-1.noarch`

interface Release {
  readonly state: string
  readonly state_reason: string
}

interface Task {
  readonly pulp_href: string
  readonly reserved_resources_record: ReadonlyArray<string>
}

/** What Pulp itself says, as its administrator sees it. */
const asking = ({ password, url, username }: realPulp.RealPulp) => (path: string) =>
  Effect.promise(async () => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    const response = await fetch(`${url}/pulp/api/v3/${path}`, { headers: { authorization } })
    return (await response.json() as { readonly results: ReadonlyArray<unknown> }).results
  })

describe("a commit over six repositories of a real Pulp", () => {
  const title = "is finished or taken back whole, whatever goes wrong in it"
  if (skipped !== undefined || !("pulp" in found)) return it.skip(`${title} [skipped: ${skipped}]`, () => {})
  const { pulp } = found

  it.live(title, () =>
    Effect.scoped(Effect.gen(function*() {
      const way = yield* CuttableWay.make(new URL(pulp.url))
      const { url: database } = yield* temporaryDatabase
      const server = yield* ReleaseServer.start({
        DATABASE_URL: database,
        ORCH_PULP_URL: `http://127.0.0.1:${way.port}`,
        ORCH_PULP_USER: pulp.username,
        ORCH_PULP_PASSWORD: pulp.password
      })
      const repos = names.map((name) => ReleaseServer.repository(name, "x86_64"))
      assert.strictEqual((yield* server.ask("PUT", "/platforms/", "root", { name: "el8", repos })).status, 200)
      const [chan, tea] = [yield* server.built("chan"), yield* server.built("tea")]
      const pulpDatabase = PgClient.layer({ url: Redacted.make(pulp.database!), maxConnections: 2 })
      const ofPulp = asking(pulp)

      const ask = (method: string, path: string, body?: unknown) =>
        server.send(method, `/orch/v1/releases${path}`, "root", body === undefined ? undefined : JSON.stringify(body))
      const sums = (...packages: ReadonlyArray<string>) =>
        packages.flatMap((name) => [nevra(name), ReleaseServer.sha256(`${name}-1.0-1.noarch.rpm`)]).sort().join(" ")
      /** What readers of each of the six see. */
      const seen = Effect.promise(() =>
        Promise.all(names.map(async (name) => {
          const shown = await Repodata.read(`${pulp.content}orch/${hostName(name).replaceAll("/", "~")}/`)
          return shown === undefined ? "nothing" : [...shown.packages, ...shown.checksums].sort().join(" ")
        }))
      )
      const ended = Effect.fnUntraced(function*(id: number, allowed: ReadonlyArray<string>) {
        const reasons = new Set<string>()
        for (;;) {
          const release = (yield* ask("GET", `/${id}`)).body as Release
          reasons.add(release.state_reason)
          for (const one of yield* seen) assert.include([...allowed], one)
          if (!["planning", "waiting", "committing", "reverting"].includes(release.state)) {
            return { ...release, reasons: [...reasons].join("\n") }
          }
          yield* Effect.sleep("500 millis")
        }
      })
      const planned = Effect.fnUntraced(function*(build: number, name: string, now: ReadonlyArray<string>) {
        const made = yield* ask("POST", "", { platform: "el8", builds: [build] })
        assert.strictEqual(made.status, 201, JSON.stringify(made.body))
        const { id } = made.body as { readonly id: number }
        yield* ended(id, now)
        const edits = [
          { place: nevra(name), repositories: names.map(hostName) },
          { exclude: `${name}-0:1.0-1.src` },
          { force: nevra(name) }
        ]
        assert.strictEqual((yield* ask("POST", `/${id}/edits`, { edits })).status, 200)
        assert.strictEqual((yield* ended(id, now)).state, "planned")
        return id
      })
      const commit = (id: number) =>
        Effect.map(ask("POST", `/${id}/commit`), ({ status }) => assert.strictEqual(status, 200))

      // A worker dies while it changes one of the six. Nothing gets past the lock, so that there is a task to be caught.
      const first = yield* planned(chan, "chan", ["nothing"])
      const caught = yield* Deferred.make<void>()
      const barrier = yield* Effect.forkChild(
        Effect.flatMap(PgClient.PgClient, (sql) =>
          sql.withTransaction(
            Effect.andThen(sql`LOCK TABLE core_repositorycontent IN EXCLUSIVE MODE`, Deferred.await(caught))
          )).pipe(Effect.provide(pulpDatabase))
      )
      yield* commit(first)
      let victim: { readonly name: string; readonly current_task: string } | undefined
      for (let waited = 0; victim === undefined && waited < 600; waited++) {
        yield* Effect.sleep("200 millis")
        const changes = (yield* ofPulp("tasks/?name__contains=add_and_remove&state=running")) as ReadonlyArray<Task>
        const workers = (yield* ofPulp("workers/")) as ReadonlyArray<{
          readonly name: string
          readonly current_task: string | null
        }>
        victim = workers.flatMap(({ current_task, name }) =>
          changes.some(({ pulp_href }) => pulp_href === current_task)
            ? [{ name, current_task: current_task! }]
            : []
        )[0]
      }
      assert.isDefined(victim)
      realPulp.killWorker(pulp, victim!.name)
      yield* Deferred.succeed(caught, undefined)
      yield* Fiber.join(barrier)
      const done = yield* ended(first, ["nothing", sums("chan")])
      assert.deepStrictEqual([done.state, done.state_reason], ["released", "Readers see all of it"])
      assert.deepStrictEqual(
        yield* seen,
        names.map(() => sums("chan"))
      )

      // A change fails in Pulp, at one of the six.
      const second = yield* planned(tea, "tea", [sums("chan")])
      const fault = Effect.flatMap(PgClient.PgClient, (sql) =>
        Effect.andThen(
          sql.unsafe(`
            CREATE FUNCTION orch_fault() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF (SELECT name FROM core_repository WHERE pulp_id = NEW.repository_id) LIKE '%${names[3]}%' THEN
                RAISE EXCEPTION 'there is no room left';
              END IF;
              RETURN NEW;
            END $$`),
          sql.unsafe(
            "CREATE TRIGGER orch_fault BEFORE INSERT ON core_repositorycontent FOR EACH ROW EXECUTE FUNCTION orch_fault()"
          )
        )).pipe(Effect.provide(pulpDatabase))
      const mend = Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe("DROP FUNCTION IF EXISTS orch_fault CASCADE"))
        .pipe(Effect.provide(pulpDatabase), Effect.orDie)
      yield* Effect.acquireUseRelease(
        fault,
        () =>
          Effect.gen(function*() {
            yield* commit(second)
            const failed = yield* ended(second, [sums("chan")])
            assert.strictEqual(failed.state, "failed", failed.state_reason)
            assert.match(failed.state_reason, new RegExp(`${hostName(names[3]!)}: change failed: .*is failed`))
          }),
        () => mend
      )
      assert.deepStrictEqual(yield* seen, names.map(() => sums("chan")))

      // It is away for a minute, in the middle.
      const both = sums("chan", "tea")
      assert.strictEqual((yield* ask("POST", `/${second}/plan`)).status, 200)
      yield* ended(second, [sums("chan")])
      yield* commit(second)
      for (let changed = 0; changed < 2;) {
        yield* Effect.sleep("100 millis")
        const { repositories } = (yield* ask("GET", `/${second}`)).body as {
          readonly repositories: ReadonlyArray<{ readonly done: string | null }>
        }
        changed = repositories.filter(({ done }) => done === "change").length
      }
      const absence = yield* Effect.forkChild(
        Effect.sync(way.close).pipe(Effect.andThen(Effect.sleep("60 seconds")), Effect.andThen(Effect.sync(way.mend)))
      )
      const last = yield* ended(second, [sums("chan"), both])
      yield* Fiber.join(absence)
      assert.deepStrictEqual([last.state, last.state_reason], ["released", "Readers see all of it"])
      assert.match(last.reasons, /^waiting for Pulp at /m)
      assert.deepStrictEqual(yield* seen, names.map(() => both))

      // And all of it goes back to what was before.
      assert.strictEqual((yield* ask("POST", `/${second}/revert`, { why: "a test" })).status, 200)
      assert.strictEqual((yield* ended(second, [sums("chan"), both])).state, "reverted")
      assert.deepStrictEqual(yield* seen, names.map(() => sums("chan")))
    })), 1_200_000)
})
