/**
 * Tests are asked for and answered over a broker, which is killed with -9 in the middle of a campaign, once by itself and once together with
 * the server: the campaign ends as one that nobody disturbed.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Tiers from "../campaigns/Tiers.ts"
import * as ModulePolicy from "../gating/ModulePolicy.ts"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as PrivateRabbit from "../support/PrivateRabbit.ts"
import * as BusCi from "./BusCi.ts"
import * as FaultServers from "./FaultServers.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const lacks = [...TestFarm.missing, ...(PrivateRabbit.hasProgram ? [] : ["rabbitmq-server"])]
const skipped = skippedServer ?? (lacks.length > 0 ? `needs ${lacks.join(", ")}` : undefined)

const names = ["low", "mid", "top"]
const prefix = "org.test"

describe.skipIf(skipped !== undefined)(
  `a campaign whose broker is killed${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
  () => {
    it.live("ends as an undisturbed one, with the graph that its builds give", () =>
      Effect.gen(function*() {
        const git = Path.join(root, "git")
        const gating = Path.join(root, "gating")
        Fs.mkdirSync(git)
        const { url: databaseUrl } = yield* temporaryDatabase
        const broker = yield* Effect.acquireRelease(
          Effect.promise(() => PrivateRabbit.start(Path.join(root, "rabbit"))),
          ({ stop }) => Effect.promise(stop)
        )
        const servers = yield* Effect.acquireRelease(
          Effect.promise(() =>
            FaultServers.start({
              distGit: { root: git, components: `file://${git}/rpms/` },
              dataDir: Path.join(root, "data"),
              databaseUrl,
              processes: 1,
              settings: {
                ORCH_RECONCILE_INTERVAL: "300",
                ORCH_CAMPAIGN_AUDIT: "0",
                // What the broker brings has to be enough.
                ...ModulePolicy.settings(gating, "ci.tier1.functional"),
                ORCH_BUSES: JSON.stringify([{ id: "bus", url: broker.url, prefix }]),
                ORCH_INBOX: JSON.stringify([
                  { id: "ci", url: broker.url, queue: "orch", topics: [`${prefix}.ci.#`], believe: ["ci"] }
                ])
              }
            })
          ),
          (all) => Effect.promise(() => all.stop())
        )
        const ask = <A>(path: string, init?: RequestInit): Promise<A> =>
          servers.request(path, init).then(({ body }) => body as A)
        const post = { method: "POST", headers: { "content-type": "application/json" } }
        yield* Effect.promise(() => ask("/health/ready"))
        const ci = yield* Effect.acquireRelease(
          Effect.sync(() =>
            BusCi.start({
              url: broker.url,
              prefix,
              queue: "ci",
              nsvcOf: (id) =>
                ask<Record<string, string>>(`/orch/v1/module-builds/${id}`).then(
                  ({ context, name, stream, version }) => `${name}:${stream}:${version}:${context}`
                )
            })
          ),
          ({ stop }) => Effect.promise(stop)
        )
        const { push, spec } = yield* Tiers.make({ git, url: servers.urls[0]! }, names)

        push("low", `${spec("low")}\n%post\ntrue\n`)
        push("mid", `${spec("mid")}\n%post\ntrue\n`)
        const { id } = yield* Effect.promise(() =>
          ask<{ readonly id: number }>("/orch/v1/campaigns/", {
            ...post,
            body: JSON.stringify({ subject: "rpms/low-one" })
          })
        )
        interface Node {
          readonly name: string
          readonly state: string
          readonly attempt: number
          readonly builds: ReadonlyArray<number>
        }
        const look = Effect.promise(() =>
          ask<{ readonly state: string; readonly nodes: ReadonlyArray<Node> }>(`/orch/v1/campaigns/${id}`)
        )
        const begun = (at: number) => Tiers.until(look, ({ nodes }) => nodes[at]!.state !== "waits")
        yield* begun(0)
        yield* Effect.promise(() => broker.kill(1000))
        yield* begun(1)
        yield* Effect.promise(() => Promise.all([broker.kill(1000), servers.killNow()]))
        const ended = yield* Tiers.until(look, ({ state }) => state === "done" || state === "failed")
        const said = `${JSON.stringify(ended)}; ${Fs.readFileSync(servers.log, "utf8").slice(-3000)}`
        assert.deepStrictEqual(
          ended.nodes.map(({ attempt, builds, name, state }) => [name, state, attempt, builds.length]),
          [["low:1", "done", 1, 1], ["mid:1", "done", 1, 1], ["top:1", "done", 1, 1]],
          said
        )
        assert.strictEqual(ended.state, "done", said)
        assert.isAtLeast(ci.losses(), 2)
        const { total } = yield* Effect.promise(() => ask<{ readonly total: number }>("/orch/v1/module-builds"))
        assert.strictEqual(total, 2 * names.length, said)

        // One result of each build, however often it was told.
        const results = yield* Effect.promise(() =>
          ask<{ readonly data: ReadonlyArray<unknown> }>("/api/v2.0/results?testcases=ci.tier1.functional&limit=100")
        )
        assert.lengthOf(results.data, 2 * names.length)
        yield* Effect.promise(() => ask("/orch/v1/graph/repair", { ...post, body: "{}" }))
        assert.deepStrictEqual(yield* Effect.promise(() => ask("/orch/v1/graph/audit")), { missing: [], surplus: [] })
        const { items } = yield* Effect.promise(() =>
          ask<{ readonly items: ReadonlyArray<{ readonly node: string }> }>(
            "/orch/v1/graph/dependants?node=modules/low:1&type=buildroot"
          )
        )
        assert.deepStrictEqual(items.map(({ node }) => node), ["modules/mid:1", "modules/top:1"])
      }).pipe(Effect.scoped), 280_000)
  }
)
