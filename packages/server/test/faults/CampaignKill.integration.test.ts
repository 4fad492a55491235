/** A server that is killed with -9 at random moments while a campaign goes through four tiers: it ends as one that nobody disturbed. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Tiers from "../campaigns/Tiers.ts"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as FaultServers from "./FaultServers.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const skipped = skippedServer
  ?? (TestFarm.missing.length > 0 ? `needs ${TestFarm.missing.join(", ")}` : undefined)

interface Campaign {
  readonly state: string
  readonly state_reason: string
  readonly nodes: ReadonlyArray<{
    readonly name: string
    readonly state: string
    readonly attempt: number
    readonly builds: ReadonlyArray<number>
    readonly audit: { readonly state: string; readonly builds: ReadonlyArray<number> } | null
  }>
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const names = ["low", "mid", "top", "crest"]

describe.skipIf(skipped !== undefined)(
  `campaigns of a server that is killed${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
  () => {
    it.live("end as undisturbed ones, with nothing built twice", () =>
      Effect.gen(function*() {
        const git = Path.join(root, "git")
        Fs.mkdirSync(git)
        const { url: databaseUrl } = yield* temporaryDatabase
        const servers = yield* Effect.acquireRelease(
          Effect.promise(() =>
            FaultServers.start({
              distGit: { root: git, components: `file://${git}/rpms/` },
              dataDir: Path.join(root, "data"),
              databaseUrl,
              processes: 1,
              settings: { ORCH_RECONCILE_INTERVAL: "300", ORCH_CAMPAIGN_AUDIT: "100" }
            })
          ),
          (all) => Effect.promise(() => all.stop())
        )
        const ask = <A>(path: string, body?: unknown): Promise<A> =>
          servers.request(
            path,
            body === undefined ? {} : {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify(body)
            }
          ).then((answer) => answer.body as A)
        yield* Effect.promise(() => ask("/health/ready"))
        const { push, spec } = yield* Tiers.make({ git, url: servers.urls[0]! }, names)

        // What comes out of the first two is otherwise; the third comes out as it was, and the fourth is cut off.
        push("low", `${spec("low")}\n%post\ntrue\n`)
        push("mid", `${spec("mid")}\n%post\ntrue\n`)
        const { id } = yield* Effect.promise(() =>
          ask<{ readonly id: number }>("/orch/v1/campaigns/", { subject: "rpms/low-one" })
        )
        let kills = 0
        let isOver = false
        const killing = (async () => {
          while (!isOver && kills < 12) {
            await servers.killOne(1500)
            kills++
          }
        })()
        const ended = yield* Effect.promise(async () => {
          const end = Date.now() + 240_000
          for (;;) {
            const campaign = await ask<Campaign>(`/orch/v1/campaigns/${id}`)
            const isAudited = campaign.nodes.every(({ audit }) => audit === null || audit.state === "same")
            if (
              (campaign.state === "done" && isAudited) || campaign.state === "failed" || Date.now() > end
            ) return campaign
            await pause(300)
          }
        })
        isOver = true
        yield* Effect.promise(() => killing)
        const said = `${kills} kills; ${JSON.stringify(ended)}; ${Fs.readFileSync(servers.log, "utf8").slice(-3000)}`
        assert.isAbove(kills, 0)
        assert.deepStrictEqual(
          ended.nodes.map(({ attempt, builds, name, state }) => [name, state, attempt, builds.length]),
          [["low:1", "done", 1, 1], ["mid:1", "done", 1, 1], ["top:1", "done", 1, 1], ["crest:1", "cut", 1, 0]],
          said
        )
        assert.strictEqual(ended.state, "done", said)
        assert.strictEqual(ended.nodes[3]!.audit?.state, "same", said)
        // Four to begin with, three of the campaign, one of the audit.
        const { total } = yield* Effect.promise(() => ask<{ readonly total: number }>("/orch/v1/module-builds"))
        assert.strictEqual(total, names.length + 4, said)
      }).pipe(Effect.scoped), 300_000)
  }
)
