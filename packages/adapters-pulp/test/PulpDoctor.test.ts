/** What the doctor finds, and what it says to do. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as PulpDoctor from "../src/PulpDoctor.ts"
import * as PulpTransport from "../src/PulpTransport.ts"
import * as FakePulp from "../src/testing/FakePulp.ts"

const examine = (options: PulpDoctor.Options) => Effect.provide(PulpDoctor.examine(options), PulpTransport.layer())

const withPulp = <A, E>(use: (pulp: FakePulp.FakePulp) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(
    Effect.acquireRelease(
      Effect.promise(() => FakePulp.start({ signingServices: ["release-key"] })),
      ({ close }) => Effect.promise(close)
    ),
    use
  ))

const at = ({ password, url, username }: FakePulp.FakePulp): PulpDoctor.Options => ({
  url,
  credentials: { _tag: "Password", username, password: Redacted.make(password) },
  patienceMillis: 100
})

const finding = ({ findings }: PulpDoctor.Report, check: PulpDoctor.Finding["check"]) =>
  findings.find((one) => one.check === check)

describe("the doctor", () => {
  it.live("finds nothing wrong with a Pulp that is well, and changes nothing there", () =>
    withPulp((pulp) =>
      Effect.gen(function*() {
        const report = yield* examine({ ...at(pulp), signingServices: ["release-key"] })
        assert.deepStrictEqual(report.findings.filter(({ state }) => state !== "ok"), [])
        assert.isTrue(report.healthy)
        assert.deepStrictEqual(pulp.seen.filter(({ method, path }) => method !== "GET" && path !== "login/"), [])
      })
    ))

  it.live("says that nobody answers", () =>
    Effect.gen(function*() {
      const credentials = { _tag: "Certificate" } as const
      const report = yield* examine({ url: "http://127.0.0.1:9", credentials, patienceMillis: 50 })
      assert.isFalse(report.healthy)
      assert.strictEqual(finding(report, "reachability")?.state, "failure")
      assert.include(finding(report, "reachability")?.advice, "port")
    }))

  it.live("tells a wrong password from a Pulp that is not there", () =>
    withPulp((pulp) =>
      Effect.gen(function*() {
        const report = yield* examine({ ...at({ ...pulp, password: "wrong" }) })
        assert.strictEqual(finding(report, "reachability")?.state, "ok")
        assert.strictEqual(finding(report, "login")?.state, "failure")
        assert.notInclude(JSON.stringify(report), "wrong")
        assert.isFalse(report.healthy)
      })
    ))

  it.live("warns of workers that are few and of tasks that lost theirs", () =>
    withPulp((pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const authorization = `Basic ${Buffer.from(`${pulp.username}:${pulp.password}`).toString("base64")}`
        const post = (path: string, body: unknown) =>
          Effect.promise(() =>
            fetch(`${pulp.url}/pulp/api/v3/${path}`, {
              method: "POST",
              headers: { authorization, "content-type": "application/json" },
              body: JSON.stringify(body)
            })
          )
        yield* post("tasks/purge/", {})
        yield* Effect.sleep("30 millis")
        pulp.killWorker()
        const report = yield* examine(at(pulp))
        assert.strictEqual(finding(report, "tasks")?.state, "warning")
        assert.isTrue(report.healthy)
        pulp.killWorker()
        pulp.cleanUpWorkers()
      })
    ))

  it.live("names a signing service that is not there, and a domain that nobody has", () =>
    withPulp((pulp) =>
      Effect.gen(function*() {
        const report = yield* examine({ ...at(pulp), signingServices: ["no-key"] })
        assert.include(finding(report, "signing")?.message, "no-key")
        assert.include(finding(report, "signing")?.advice, "add-signing-service")
        const elsewhere = yield* examine({ ...at(pulp), domain: "team" })
        assert.strictEqual(finding(elsewhere, "domain")?.state, "failure")
        assert.isFalse(elsewhere.healthy)
      })
    ))
})
