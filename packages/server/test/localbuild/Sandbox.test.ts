/** Hostile builds on the local farm, each kind of sandbox that this machine has, and what happens without one. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import type * as Port from "@orch/core/ports/BuildSystem"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as SandboxProbe from "@orch/server/localbuild/sandbox/SandboxProbe"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import { sleeping } from "./HostileProcesses.ts"
import * as TestFarm from "./TestFarm.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))
const fixture = TestFarm.fixture(root)
const specs = Path.join(import.meta.dirname, "hostile")
for (const file of Fs.readdirSync(specs)) {
  fixture.add(Path.basename(file, ".spec"), { [file]: Fs.readFileSync(Path.join(specs, file), "utf8") })
}

const mebibyte = 1024 * 1024
const secret = `hunter2-${process.pid}`
const secretFile = Path.join(root, "secret")
Fs.writeFileSync(secretFile, `${secret}\n`)

/** Folders in which only the programs of one kind are found. */
const pathFor = (kind: string): string => {
  const folder = Path.join(root, "programs", kind)
  Fs.mkdirSync(folder, { recursive: true })
  const maker = kind === "bubblewrap" ? "bwrap" : "mount"
  for (const program of [maker, "umount", "unshare", "pivot_root", "setpriv", "prlimit", "env"]) {
    const found = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":").map((one) => Path.join(one, program))
      .find((path) => Fs.existsSync(path))
    if (found !== undefined) Fs.symlinkSync(found, Path.join(folder, program))
  }
  return folder
}

interface Farm {
  readonly farm: Port.Interface
  readonly data: string
}

const limits = { maxTreeBytes: 96 * mebibyte, maxMemoryBytes: 768 * mebibyte, maxProcesses: 128, concurrency: 2 }

const makeFarm = (name: string, options: Parameters<typeof TestFarm.layer>[1]) =>
  Effect.gen(function*() {
    const data = Path.join(root, name)
    const context = yield* Layer.build(TestFarm.layer(fixture, { dataDir: data, ...limits, ...options }))
    return { data, farm: yield* BuildSystem.pipe(Effect.provide(context)) } satisfies Farm
  })

const begin = Effect.fnUntraced(function*({ data, farm }: Farm, component: string, port = 1) {
  const macros = `%hostile_data ${data}\n%hostile_secret ${secretFile}\n%hostile_port ${port}\n`
  const buildroot = yield* farm.prepare(TestFarm.plan(`${component}-${port}`, { macros }))
  const [answer] = yield* farm.submit(buildroot, [TestFarm.request(fixture, buildroot.key, component)])
  return answer?._tag === "Accepted" ? answer.task : assert.fail(answer?.reason)
})

const logOf = ({ data }: Farm, task: string) =>
  Fs.readFileSync(Path.join(data, "farm/tasks", task, "build.log"), "utf8")

const build = Effect.fnUntraced(function*(farm: Farm, component: string, port?: number) {
  const task = yield* begin(farm, component, port)
  const [end] = yield* TestFarm.wait(farm.farm, [task])
  return { end: end!, log: logOf(farm, task), task }
})

/** Counts who connects. */
const listen = Effect.acquireRelease(
  Effect.promise(() =>
    new Promise<{ readonly server: Net.Server; readonly port: number; readonly seen: Array<string> }>((resolve) => {
      const seen: Array<string> = []
      const server = Net.createServer((socket) => {
        seen.push("connected")
        socket.destroy()
      }).listen(0, "127.0.0.1", () => resolve({ server, port: (server.address() as Net.AddressInfo).port, seen }))
    })
  ),
  ({ server }) => Effect.sync(() => server.close())
)

const until = (condition: () => boolean) =>
  Effect.gen(function*() {
    while (!condition()) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
  })

const probes = TestFarm.missing.length > 0 ? [] : await Promise.all(
  ["bubblewrap", "unshare"].map(async (kind) => {
    const path = pathFor(kind)
    return { kind, path, found: await Effect.runPromise(SandboxProbe.run(path, Path.join(root, "probes"))) }
  })
)

for (const { found, kind, path } of probes) {
  const missing = found.sandbox.kind === kind ? undefined : found.problems.join("; ")
  const skipped = missing === undefined ? "" : ` (skipped: ${missing})`
  const using = (name: string, options: Parameters<typeof TestFarm.layer>[1] = {}) =>
    makeFarm(`${kind}-${name}`, { sandbox: "required", searchPath: path, ...options })

  describe.skipIf(missing !== undefined)(`a hostile build in a sandbox by ${kind}${skipped}`, () => {
    it.live("leaves no process, whatever it did to get away", () =>
      Effect.gen(function*() {
        const { end, log } = yield* build(yield* using("escape"), "escape")
        assert.strictEqual(end.state, "closed", log)
        assert.deepStrictEqual([sleeping(424_242), sleeping(424_243)], [0, 0])
      }).pipe(Effect.scoped))

    it.live("leaves no process and no tree when it is canceled", () =>
      Effect.gen(function*() {
        const farm = yield* using("linger")
        const task = yield* begin(farm, "linger")
        yield* until(() => sleeping(424_244) >= 4)
        yield* farm.farm.cancel([task])
        assert.strictEqual((yield* farm.farm.observe([task]))[0]!.state, "canceled")
        assert.strictEqual(sleeping(424_244), 0)
        assert.isFalse(Fs.existsSync(Path.join(farm.data, "farm/tasks", task, "attempts")))
      }).pipe(Effect.scoped))

    it.live("leaves no process when its runner is killed", () =>
      Effect.gen(function*() {
        const farm = yield* using("killed")
        const task = yield* begin(farm, "linger")
        yield* until(() => sleeping(424_244) >= 4)
        const holder = Fs.readFileSync(Path.join(farm.data, "farm/tasks", task, "runner.holder"), "utf8")
        process.kill(Number(holder.split(" ")[0]), "SIGKILL")
        yield* until(() => sleeping(424_244) === 0)
        yield* farm.farm.cancel([task])
      }).pipe(Effect.scoped))

    it.live("ends when its result says so, as a server in another container cancels it", () =>
      Effect.gen(function*() {
        const farm = yield* using("far")
        const task = yield* begin(farm, "linger")
        yield* until(() => sleeping(424_244) >= 4)
        const directory = Path.join(farm.data, "farm/tasks", task)
        Fs.writeFileSync(
          Path.join(directory, "status.json"),
          JSON.stringify({ state: "canceled", artifacts: [], reason: "canceled", seconds: 0 })
        )
        yield* until(() => sleeping(424_244) === 0 && !Fs.existsSync(Path.join(directory, "attempts")))
        assert.strictEqual((yield* farm.farm.observe([task]))[0]!.state, "canceled")
      }).pipe(Effect.scoped))

    it.live("cannot write its own result, nor empty its log", () =>
      Effect.gen(function*() {
        const { end, log } = yield* build(yield* using("forge"), "forge")
        assert.strictEqual(end.state, "failed")
        assert.match(end.reason!, /^rpmbuild ended with 1: Bad exit status/)
        assert.match(log, /^orch: in a sandbox/)
        assert.match(log, /^output stays$/m)
      }).pipe(Effect.scoped))

    it.live("sees no secret, no other process and no folder but the system's", () =>
      Effect.gen(function*() {
        const server = ChildProcess.spawn("sleep", ["60"], { env: { PATH: process.env["PATH"], SECRET: secret } })
        const { end, log } = yield* build(yield* using("snoop"), "snoop").pipe(
          Effect.ensuring(Effect.sync(() => server.kill()))
        )
        assert.strictEqual(end.state, "closed", log)
        assert.notInclude(log, secret)
        assert.deepStrictEqual(log.split("\n").filter((line) => /^(READ|WROTE)|^\/.*orch\.lock|^ORCH_/.test(line)), [])
        assert.match(log, /^uid=1000/m)
      }).pipe(Effect.scoped))

    it.live("reaches no network, unless it is allowed", () =>
      Effect.gen(function*() {
        const { port, seen } = yield* listen
        const kept = yield* build(yield* using("network"), "network", port)
        assert.match(kept.log, /^no way out$/m)
        assert.deepStrictEqual(seen, [])
        const allowed = yield* build(yield* using("network-allowed", { network: true }), "network", port)
        assert.match(allowed.log, /^CONNECTED$/m)
        assert.deepStrictEqual(seen, ["connected"])
      }).pipe(Effect.scoped))

    for (const component of ["flood", "crumbs", "ghosts"]) {
      it.live(`is ended when it fills the disk (${component})`, () =>
        Effect.gen(function*() {
          const { end, log } = yield* build(yield* using(component), component)
          assert.strictEqual(end.state, "failed", log)
          assert.match(`${end.reason}\n${log}`, /larger than 96 MiB|File size limit|File too large/)
        }).pipe(Effect.scoped))
    }

    it.live("writes nowhere but in its tree", () =>
      Effect.gen(function*() {
        const { end, log } = yield* build(yield* using("elsewhere"), "elsewhere")
        assert.strictEqual(end.state, "closed", log)
        assert.notMatch(log, /^WROTE/m)
        assert.match(log, /^marked \/var\/tmp$/m)
        assert.match(log, /^marked \/dev\/shm$/m)
      }).pipe(Effect.scoped))

    it.live("starts no more processes than it may", () =>
      Effect.gen(function*() {
        const farm = yield* using("crowd")
        const task = yield* begin(farm, "crowd")
        let most = 0
        yield* until(() => {
          most = Math.max(most, sleeping(424_245))
          return Fs.existsSync(Path.join(farm.data, "farm/tasks", task, "status.json"))
        })
        assert.match(logOf(farm, task), /^started (\d|\d\d|1[012]\d) of 5000$/m)
        assert.isAbove(most, 0)
        assert.isAtMost(most, limits.maxProcesses)
        assert.strictEqual(sleeping(424_245), 0)
      }).pipe(Effect.scoped))

    it.live("is ended when it takes more memory than it may, in one process or in many", () =>
      Effect.gen(function*() {
        const { end, log } = yield* build(yield* using("greedy"), "greedy")
        assert.match(log, /^one process may not$/m)
        assert.match(end.reason!, /take more than 768 MiB of memory/)
      }).pipe(Effect.scoped))

    it.live("leaves no tree, however it is tied", () =>
      Effect.gen(function*() {
        const farm = yield* using("knots")
        const { end, task } = yield* build(farm, "knots")
        assert.include(["closed", "failed"], end.state)
        yield* until(() => !Fs.existsSync(Path.join(farm.data, "farm/tasks", task, "attempts")))
      }).pipe(Effect.scoped))

    it.live("gives only its own packages away", () =>
      Effect.gen(function*() {
        const farm = yield* using("links")
        const { end, log } = yield* build(farm, "links")
        assert.strictEqual(end.state, "closed", log)
        assert.deepStrictEqual(
          end.artifacts.map(({ nevra }) => nevra),
          ["noarch", "src"].map((arch) => `links-0:1-1.module_el9+1+1a2b3c4d.${arch}`)
        )
        assert.isTrue(end.artifacts.every(({ location }) => Fs.lstatSync(location).isFile()))
        assert.strictEqual(Fs.readFileSync(secretFile, "utf8"), `${secret}\n`)
        const strange = yield* build(farm, "notpackage")
        assert.strictEqual(strange.end.state, "failed")
        assert.match(strange.end.reason!, /cannot be read as packages/)
      }).pipe(Effect.scoped))
  })
}

describe.skipIf(TestFarm.missing.length > 0)("without a sandbox", () => {
  const nowhere = Path.join(root, "nowhere")
  const logged = <A, E, R>(use: Effect.Effect<A, E, R>) =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => {
        lines.push(`${logLevel}: ${String(message)}`)
      })
      const answer = yield* use.pipe(Effect.provide(Logger.layer([logger])))
      return { answer, lines: lines.filter((line) => /sandbox/i.test(line)) }
    })

  it.live("nothing is built where one is required, and the server says why", () =>
    Effect.gen(function*() {
      const { answer: { farm }, lines } = yield* logged(
        makeFarm("refused", { sandbox: "required", searchPath: nowhere })
      )
      assert.strictEqual(lines.length, 1)
      assert.match(lines[0]!, /^Error: The local farm builds nothing: ORCH_LOCAL_SANDBOX=required, .*bwrap.* not found/)
      const refused = yield* Effect.flip(farm.prepare(TestFarm.plan("refused")))
      assert.strictEqual(refused.reason, "refused")
      assert.match(refused.message, /ORCH_LOCAL_SANDBOX=required.*install bubblewrap/)
    }).pipe(Effect.scoped))

  for (const sandbox of ["auto", "off"] as const) {
    it.live(`builds run, and log and server say so in a line (${sandbox})`, () =>
      Effect.gen(function*() {
        const { answer: farm, lines } = yield* logged(makeFarm(`open-${sandbox}`, { sandbox, searchPath: nowhere }))
        assert.strictEqual(lines.length, 1)
        assert.match(lines[0]!, /^Warn: Builds of the local farm run without a sandbox/)
        assert.match(lines[0]!, sandbox === "off" ? /ORCH_LOCAL_SANDBOX=off$/ : /install bubblewrap.*not found/)
        const { end, log } = yield* build(farm, "demo-say")
        assert.strictEqual(end.state, "closed", log)
        assert.match(log, /^orch: without a sandbox$/m)
      }).pipe(Effect.scoped))
  }
})
