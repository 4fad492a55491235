/** A server on a Koji hub that is away when it starts and later, and a module that builds a package twice, end to end. */
import { assert, describe, it } from "@effect/vitest"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as GitServer from "../scm/GitServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

const world = (components: Readonly<Record<string, ReadonlyArray<string>>>, options: FakeKojiHub.Options = {}) =>
  Effect.gen(function*() {
    const hub = yield* Effect.acquireRelease(
      Effect.promise(() => FakeKojiHub.start({ stepMillis: 10, repositoryMillis: 10, ...options })),
      ({ close }) => Effect.promise(close)
    )
    hub.addTag("el9-build")
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => TestRepository.temporary()),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
    )
    TestRepository.make(Path.join(directory, "rpms/alpha")).commit({ "alpha.spec": "Name: alpha\n" })
    TestRepository.make(Path.join(directory, "modules/demo")).commit({ "demo.yaml": TestServer.modulemd(components) })
    const git = yield* GitServer.start(directory)
    const profile = Path.join(directory, "koji.conf")
    Fs.writeFileSync(profile, `[fake]\nserver = ${hub.url}\nauthtype = password\ntopurl = ${hub.url}/files\n`)
    const server = yield* TestServer.start({
      ORCH_SCM_ALLOW: `file://${directory},${git}`,
      ORCH_RPMS_REPOSITORY: `${git}/rpms/`,
      ORCH_RECONCILE_INTERVAL: "300",
      ORCH_KOJI_POLL_INTERVAL: "50",
      ORCH_BUILD_SYSTEM: "koji",
      ORCH_KOJI_PROFILE: "fake",
      ORCH_KOJI_CONFIG: profile,
      ORCH_KOJI_USER: "orch",
      ORCH_KOJI_PASSWORD: "orchpw",
      ORCH_KOJI_PLATFORM_TAGS: "el9=el9-build"
    })
    return { hub, server, scmurl: `file://${directory}/modules/demo?#main` }
  })

interface Build {
  readonly id: number
  readonly state: string
  readonly state_reason?: string
  readonly components: ReadonlyArray<{ readonly name: string; readonly task?: string; readonly nvr?: string }>
}

const ask = (url: string, init?: RequestInit) => Effect.promise(async () => await (await fetch(url, init)).json())

const submitted = ({ url }: TestServer.TestServer, scmurl: string): Effect.Effect<Build> =>
  Effect.map(
    ask(`${url}/rida/module-builds/`, { method: "POST", body: JSON.stringify({ scmurl }) }),
    (answer) => (Array.isArray(answer) ? answer[0] : answer) as Build
  )

const until = ({ url }: TestServer.TestServer, id: number, states: ReadonlyArray<string>) =>
  Effect.map(ask(`${url}/orch/v1/module-builds/${id}`), (build) => build as Build).pipe(
    Effect.delay("200 millis"),
    Effect.repeat({ until: ({ state }) => states.includes(state) }),
    Effect.timeout("200 seconds")
  )

describe("a server on a Koji hub that is away", () => {
  it.live("starts, serves and waits, and builds when the hub is back", () =>
    Effect.scoped(Effect.gen(function*() {
      let isAway = true
      const { hub, scmurl, server } = yield* world({ alpha: [] }, {
        inject: () => isAway ? { kind: "bad-gateway" } : undefined
      })
      const live = yield* Effect.promise(() => fetch(`${server.url}/health/live`))
      assert.strictEqual(live.status, 200)
      const { id } = yield* submitted(server, scmurl)
      const before = yield* Effect.delay(until(server, id, ["init", "wait", "failed"]), "2 seconds")
      assert.notStrictEqual(before.state, "failed", before.state_reason)
      assert.deepStrictEqual(hub.tasks(), [])
      const metrics = yield* Effect.promise(async () => await (await fetch(`${server.url}/metrics`)).text())
      assert.match(metrics, /orch_koji_hub_available\{hub="fake"\} 0/)
      isAway = false
      const after = yield* until(server, id, ["ready", "failed"])
      assert.strictEqual(after.state, "ready", after.state_reason)
    })), 300_000)
})

describe("a Koji hub that leaves while a module is built", () => {
  it.live(
    "is told in explanations, reasons, health and metrics, whatever the build waits for there",
    () =>
      Effect.scoped(Effect.gen(function*() {
        let isAway = false
        const { hub, scmurl, server } = yield* world({ alpha: [] }, {
          inject: () => isAway ? { kind: "bad-gateway" } : undefined,
          // Longer than the outage.
          stepMillis: 5000
        })
        const { id } = yield* submitted(server, scmurl)
        yield* Effect.repeat(Effect.delay(Effect.sync(() => hub.tasks()), "100 millis"), {
          until: (tasks) => tasks.some(({ request }) => String(request[0]).includes("/rpms/alpha"))
        }).pipe(Effect.timeout("200 seconds"))
        isAway = true
        const isTold = (text: unknown) => /waiting for hub fake since \S+Z: .*502/.test(String(text))
        const explained = yield* Effect.repeat(ask(`${server.url}/orch/v1/module-builds/${id}/explain`), {
          until: ({ waits_for }) => isTold(waits_for)
        }).pipe(Effect.timeout("10 seconds"))
        assert.lengthOf(explained.waits_for.filter(isTold), 1)
        const health = yield* ask(`${server.url}/orch/v1/health`)
        assert.strictEqual(health.status, "degraded")
        assert.deepInclude(health.systems[0], { system: "hub fake", available: false })
        assert.strictEqual((yield* ask(`${server.url}/health/ready`)).status, "degraded")
        yield* Effect.repeat(Effect.delay(until(server, id, ["build", "failed"]), "100 millis"), {
          until: ({ state_reason }) => isTold(state_reason)
        }).pipe(Effect.timeout("30 seconds"))
        const metrics = yield* Effect.promise(async () => await (await fetch(`${server.url}/metrics`)).text())
        assert.match(metrics, /orch_system_available\{system="hub fake"\} 0/)
        isAway = false
        const after = yield* until(server, id, ["ready", "failed"])
        assert.strictEqual(after.state, "ready", after.state_reason)
        assert.notMatch(after.state_reason ?? "", /waiting for/)
        const over = yield* ask(`${server.url}/orch/v1/health`)
        assert.deepStrictEqual([over.status, over.systems[0].away_since], ["ok", null])
      })),
    300_000
  )
})

describe("a package that a module builds twice", () => {
  it.live(
    "is built twice on a Koji hub, and shown with the task and the build of each pass",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { hub, scmurl, server } = yield* world({
          "alpha-boot": ["name: alpha", "ref: main"],
          alpha: ["ref: main", "buildafter: [alpha-boot]"]
        })
        const { id } = yield* submitted(server, scmurl)
        const build = yield* until(server, id, ["ready", "failed"])
        assert.strictEqual(build.state, "ready", build.state_reason)
        const [boot, last] = ["alpha-boot", "alpha"].map((name) => build.components.find((one) => one.name === name))
        assert.notStrictEqual(boot?.task, last?.task)
        assert.match(boot?.nvr ?? "", /^alpha-1\.0-1\..*~pass1$/)
        assert.strictEqual(`${last?.nvr}~pass1`, boot?.nvr)
        const sources = hub.tasks().filter(({ method, parent }) => method === "build" && parent === null)
          .map(({ request }) => String(request[0])).filter((source) => source.includes("/rpms/alpha"))
        assert.lengthOf(sources, 2)
      })),
    300_000
  )
})
