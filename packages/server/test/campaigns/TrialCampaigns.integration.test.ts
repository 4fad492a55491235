/** A pull request is tried out with everything that would be rebuilt, in scratch; the forge is told, and nobody else sees anything of it. */
import { assert, layer } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHmac } from "node:crypto"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

const secret = "s3cret"

interface Status {
  readonly path: string
  readonly authorization: string | undefined
  readonly state: string
  readonly description: string
}

interface Served {
  readonly server: TestServer.TestServer
  /** What the forge was told, in order. */
  readonly statuses: ReadonlyArray<Status>
}

class World extends Context.Service<World, Served>()("test/campaigns/TrialWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => TestRepository.temporary()),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
      )
      const statuses: Array<Status> = []
      let refusals = 1
      const forge = yield* Effect.acquireRelease(
        Effect.promise(() =>
          new Promise<Http.Server>((resolve) => {
            const server = Http.createServer((request, response) => {
              let text = ""
              request.on("data", (chunk) => text += String(chunk)).on("end", () => {
                // A forge that is away for a moment is told later.
                const refuses = refusals-- > 0
                if (!refuses) {
                  const { description, state } = JSON.parse(text) as Status
                  statuses.push({
                    path: request.url ?? "",
                    authorization: request.headers.authorization,
                    state,
                    description
                  })
                }
                response.writeHead(refuses ? 503 : 201, { "content-type": "application/json" }).end("{}")
              })
            }).listen(0, "127.0.0.1", () => resolve(server))
          })
        ),
        (server) => Effect.sync(() => server.close())
      )
      const { port } = forge.address() as AddressInfo
      const rules = Path.join(directory, "campaigns.yaml")
      const token = Path.join(directory, "token")
      Fs.writeFileSync(token, "t0ken\n")
      Fs.writeFileSync(
        rules,
        `trials: [{repository: rpms/*, branch: main, report: "http://127.0.0.1:${port}", token_file: ${token}}]\n`
      )
      const server = yield* TestServer.start({
        ORCH_RECONCILE_INTERVAL: "200",
        ORCH_CAMPAIGN_RULES: rules,
        ORCH_PUSH_SECRET: secret
      })
      return { server, statuses }
    })
  )
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("a pull request", (it) => {
  it.effect(
    "is tried out in scratch with all that is built with it, told to the forge, and nothing of it is published",
    () =>
      Effect.gen(function*() {
        const { server, statuses } = yield* World
        const { build, campaigns, finished, repository, spec } = yield* Tiers.make(server)
        const { moduleBuilds } = yield* OrchClient.OrchClient.pipe(
          Effect.provide(OrchClient.OrchClient.layer({ url: server.url }))
        )
        const low = repository("low")
        /** Commits on a branch of its own, where forges keep what is proposed. */
        const propose = (content: string) => {
          low.git("checkout", "--quiet", "--detach", "main")
          const commit = low.commit({ "low-one.spec": content })
          low.git("update-ref", "refs/pull/7/head", commit)
          low.git("checkout", "--quiet", "main")
          return commit
        }
        const tell = (commit: string, state = "open") =>
          Effect.promise(async () => {
            const body = JSON.stringify({
              pull_request: {
                number: 7,
                state,
                head: { sha: commit },
                base: { ref: "main", repo: { full_name: "rpms/low-one", clone_url: low.url } }
              }
            })
            const reply = await fetch(`${server.url}/hooks/gitea`, {
              method: "POST",
              headers: {
                "content-type": "application/json",
                "x-gitea-event": "pull_request",
                "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex")
              },
              body
            })
            return {
              status: reply.status,
              ...await reply.json() as { readonly campaign?: number; readonly ignored?: string }
            }
          })
        const ready = Effect.map(moduleBuilds.list({ query: { state: "ready" } }), ({ items }) =>
          items.map(({ id }) => id))
        const before = yield* ready

        const commit = propose(`${spec("low")}\n%post\ntrue\n`)
        const tried = yield* tell(commit)
        assert.strictEqual(tried.status, 200, JSON.stringify(tried))
        assert.strictEqual((yield* tell(commit)).campaign, tried.campaign)
        const done = yield* finished(tried.campaign!)
        assert.strictEqual(done.state, "done", JSON.stringify(done, null, 1))
        // What comes out of `low` is otherwise; `mid` is built with it and comes out as it was.
        assert.deepStrictEqual(Tiers.states(done), { "low:1": "done", "mid:1": "done", "top:1": "cut" })
        const [lowBuild] = done.nodes[0]!.builds
        const [midBuild] = done.nodes[1]!.builds
        const scratch = yield* build(lowBuild!)
        assert.deepStrictEqual([scratch.scratch, scratch.state], [true, "done"])
        assert.strictEqual(
          scratch.components.find(({ name }) =>
            name === "low-one"
          )!.commit,
          commit
        )
        const mid = yield* build(midBuild!)
        assert.include(JSON.stringify(mid), scratch.context, "mid is built with what is tried out")
        assert.deepStrictEqual(yield* ready, before)
        const told = yield* Tiers.until(
          Effect.sync(() => statuses.filter(({ path }) => path.endsWith(commit))),
          (all) => all.at(-1)?.state === "success"
        )
        assert.deepStrictEqual(told.at(-1), {
          path: `/api/v1/repos/rpms/low-one/statuses/${commit}`,
          authorization: "token t0ken",
          state: "success",
          description: `Campaign ${done.id} is done: 2 nodes are done, 1 were cut off`
        })

        assert.deepStrictEqual(done.trial, { forge: "gitea", repository: "rpms/low-one", number: 7, commit })
        const { items: listed } = yield* campaigns.list({ query: {} })
        assert.deepStrictEqual(listed[0]!.trial, done.trial)

        // A newer commit that cannot be built: the forge is told so, and closing ends what goes on.
        const bad = propose(SpecFile.make("low-one", { build: "exit 1" }))
        const failed = yield* finished((yield* tell(bad)).campaign!)
        assert.strictEqual(failed.state, "failed")
        yield* Tiers.until(
          Effect.sync(() => statuses.filter(({ path }) => path.endsWith(bad))),
          (all) => all.at(-1)?.state === "failure"
        )
        assert.include(yield* tell(bad, "closed"), { ignored: "it is closed" })
        assert.strictEqual((yield* campaigns.get({ params: { id: `${failed.id}` } })).state, "canceled")
        assert.deepStrictEqual(yield* ready, before)
      }),
    150_000
  )
})
