/**
 * A commit over six repositories of a Pulp, and everything that can go wrong in it: the server killed with -9 before and after every kind
 * of write, a change that is refused, a Pulp that is away. Afterwards readers see all of it or nothing, never a repository that is half.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Repodata from "../../../adapters-pulp/test/Repodata.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as KillableServer from "./KillableServer.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const names = ["BaseOS", "AppStream", "Extras", "Devel", "Tools", "Plus"]
const repos = names.map((name) => ReleaseServer.repository(name, "x86_64"))
const hostName = (name: string) => `production/${name}/x86_64/os`

const skipped = skippedServer ?? (ReleaseServer.packages === undefined ? "no rpmbuild" : undefined)

interface Release {
  readonly state: string
  readonly state_reason: string
}

/** Builds two packages with a server in this process, on what the killable one goes on with. */
const prepare = (environment: Readonly<Record<string, string>>) =>
  Effect.scoped(Effect.gen(function*() {
    const server = yield* ReleaseServer.start(environment)
    const changed = yield* server.ask("PUT", "/platforms/", "root", { name: "el8", repos })
    assert.strictEqual(changed.status, 200)
    const builds = [yield* server.built("chan"), yield* server.built("tea")]
    return builds
  }))

const nevra = (name: string) => `${name}-0:1.0-1.noarch`

describe.skipIf(skipped !== undefined)(
  `a commit over six repositories${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
  () => {
    it.live("is finished or taken back whole, whatever goes wrong", () =>
      Effect.scoped(Effect.gen(function*() {
        const directory = TestRepository.temporary()
        yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })))
        const pulp = yield* ReleaseServer.fakePulp
        let kill:
          | { readonly matches: (passing: KillableServer.Passing) => boolean; readonly when: "before" | "after" }
          | undefined
        let refusing: (passing: KillableServer.Passing) => number | undefined = () => undefined
        const victims: Array<KillableServer.KillableServer> = []
        const hook = (when: "before" | "after") => (passing: KillableServer.Passing) => {
          if (kill?.when !== when || !kill.matches(passing)) return
          kill = undefined
          for (const victim of victims) victim.kill()
        }
        const proxy = yield* Effect.acquireRelease(
          Effect.promise(() =>
            KillableServer.proxy(pulp.url, {
              before: hook("before"),
              after: hook("after"),
              refused: (passing) => refusing(passing)
            })
          ),
          ({ close }) => Effect.promise(close)
        )
        const { url: database } = yield* temporaryDatabase
        const environment = {
          DATABASE_URL: database,
          ORCH_DATA_DIR: Path.join(directory, "data"),
          ORCH_PULP_URL: proxy.url,
          ORCH_PULP_USER: pulp.username,
          ORCH_PULP_PASSWORD: pulp.password
        }
        const [chan, tea] = yield* prepare(environment)
        const log = Path.join(directory, "server.log")
        const server = yield* Effect.acquireRelease(
          Effect.promise(() =>
            KillableServer.start({ ...environment, ...ReleaseServer.authentication, ORCH_HOST: "127.0.0.1" }, log)
          ),
          ({ stop }) => Effect.promise(stop)
        )
        victims.push(server)
        const ask = (method: string, path: string, body?: unknown) =>
          Effect.promise(() => server.request(method, `/orch/v1/releases${path}`, "root", body))

        /** What readers of each repository see: their packages, or nothing. */
        const seen = Effect.promise(() =>
          Promise.all(names.map(async (name) => {
            const base = `${pulp.url}/pulp/content/orch/${hostName(name).replaceAll("/", "~")}/`
            return (await Repodata.read(base))?.packages
          }))
        )
        const ended = Effect.fnUntraced(
          function*(id: number, moving: ReadonlyArray<string>, allowed: ReadonlyArray<unknown>) {
            for (;;) {
              const release = (yield* ask("GET", `/${id}`)).body as Release
              for (const one of yield* seen) assert.deepInclude([...allowed], one, log)
              if (!moving.includes(release.state)) return release
              yield* Effect.sleep("300 millis")
            }
          }
        )
        const planned = Effect.fnUntraced(function*(build: number, name: string) {
          const made = yield* ask("POST", "", { platform: "el8", builds: [build] })
          assert.strictEqual(made.status, 201, JSON.stringify(made.body))
          const { id } = made.body as { readonly id: number }
          yield* ended(id, ["planning"], [undefined, [nevra("chan")], [nevra("chan"), nevra("tea")]])
          const edits = [
            { place: nevra(name), repositories: names.map(hostName) },
            { exclude: `${name}-0:1.0-1.src` },
            ...[nevra(name)].map((force) => ({ force }))
          ]
          assert.strictEqual((yield* ask("POST", `/${id}/edits`, { edits })).status, 200)
          const plan = yield* ended(id, ["planning"], [undefined, [nevra("chan")], [nevra("chan"), nevra("tea")]])
          assert.strictEqual(plan.state, "planned", JSON.stringify(plan))
          return id
        })

        const going = ["waiting", "committing", "reverting"]
        /** The writes of a commit, of each kind the first; the server is killed before it goes out and when it was done. */
        const writes: ReadonlyArray<RegExp> = [
          /^POST .*\/repositories\/rpm\/rpm\/$/,
          /^POST .*\/content\/rpm\/packages\/upload\/$/,
          /^POST .*\/modify\/$/,
          /^POST .*\/publications\/rpm\/rpm\/$/,
          /^POST .*\/distributions\/rpm\/rpm\/$/
        ]
        const killing = Effect.fnUntraced(function*(which: ReadonlyArray<RegExp>) {
          for (const when of ["before", "after"] as const) {
            for (const pattern of which) {
              const own = {
                matches: ({ method, path }: KillableServer.Passing) => pattern.test(`${method} ${path}`),
                when
              }
              kill = own
              for (let waited = 0; kill === own && waited < 200; waited++) yield* Effect.sleep("50 millis")
            }
          }
          kill = undefined
        })

        // Everything is new: killed before and after each kind of write.
        const first = yield* planned(chan!, "chan")
        assert.strictEqual((yield* ask("POST", `/${first}/commit`)).status, 200)
        const killer = yield* Effect.forkScoped(killing(writes))
        const done = yield* ended(first, going, [undefined, [nevra("chan")]])
        // Else it would go on to choose victims of what follows.
        yield* Fiber.interrupt(killer)
        kill = undefined
        assert.deepStrictEqual([done.state, done.state_reason], ["released", "Readers see all of it"])
        assert.deepStrictEqual(yield* seen, names.map(() => [nevra("chan")]))
        assert.isAtLeast(server.kills(), 3)

        // A change that is refused at one of the six: all is as before, although the server dies on the way back.
        const both = [nevra("chan"), nevra("tea")]
        const before = yield* seen
        const second = yield* planned(tea!, "tea")
        let modified = 0
        refusing = ({ method, path }) =>
          method === "POST" && path.endsWith("/modify/") && ++modified === 4 ? 400 : undefined
        kill = {
          matches: ({ method, path }) => method === "POST" && path.endsWith("/modify/") && modified > 6,
          when: "after"
        }
        assert.strictEqual((yield* ask("POST", `/${second}/commit`)).status, 200)
        const failed = yield* ended(second, going, [[nevra("chan")]])
        kill = undefined
        refusing = () => undefined
        assert.strictEqual(failed.state, "failed", JSON.stringify(failed))
        assert.match(failed.state_reason, /change failed/)
        assert.deepStrictEqual(yield* seen, before)

        // Pulp goes away in the middle, and comes back.
        assert.strictEqual((yield* ask("POST", `/${second}/plan`)).status, 200)
        yield* ended(second, ["planning"], [[nevra("chan")]])
        let written = 0
        refusing = ({ method, path }) => {
          if (method === "POST" && /\/(?:publications|modify)\//.test(path)) written++
          return undefined
        }
        assert.strictEqual((yield* ask("POST", `/${second}/commit`)).status, 200)
        for (let waited = 0; written < 3 && waited < 400; waited++) yield* Effect.sleep("20 millis")
        yield* Effect.promise(() => pulp.goAway(4000))
        const again = yield* ended(second, going, [[nevra("chan")], both, undefined])
        assert.deepStrictEqual([again.state, again.state_reason], ["released", "Readers see all of it"])
        assert.deepStrictEqual(yield* seen, names.map(() => both))

        // Taken back, while the server dies: exactly what was there before.
        kill = { matches: ({ method, path }) => method === "PATCH" && /\/distributions\//.test(path), when: "after" }
        const killed = server.kills()
        assert.strictEqual((yield* ask("POST", `/${second}/revert`, { why: "a test" })).status, 200)
        const reverted = yield* ended(second, going, [[nevra("chan")], both])
        assert.strictEqual(reverted.state, "reverted", JSON.stringify(reverted))
        assert.strictEqual(server.kills(), killed + 1)
        assert.deepStrictEqual(yield* seen, before)
      })), 480_000)
  }
)
