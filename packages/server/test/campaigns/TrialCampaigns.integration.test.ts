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
  readonly headers: Http.IncomingHttpHeaders
  /** What was told: the fields of the JSON or of the form. */
  readonly said: Readonly<Record<string, string>>
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
      /** Paths whose forge has been away for a moment. */
      const isKnown = new Set<string>()
      const forge = yield* Effect.acquireRelease(
        Effect.promise(() =>
          new Promise<Http.Server>((resolve) => {
            const server = Http.createServer((request, response) => {
              let text = ""
              request.on("data", (chunk) => text += String(chunk)).on("end", () => {
                const path = request.url ?? ""
                // A forge that is away for a moment is told later.
                if (!isKnown.has(path)) {
                  isKnown.add(path)
                  return response.writeHead(503).end()
                }
                const isForm = request.headers["content-type"]!.startsWith("application/x-www-form-urlencoded")
                const said = isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text)
                // As GitLab does when it is told what it knows.
                if (path.startsWith("/api/v4") && said.state === "running" && statuses.at(-1)?.path === path) {
                  const message =
                    "Cannot transition status via :run from :running (Reason(s): Status cannot transition)"
                  return response.writeHead(400).end(JSON.stringify({ message }))
                }
                statuses.push({ path, headers: request.headers, said })
                return response.writeHead(201, { "content-type": "application/json" }).end("{}")
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
          (all) => all.at(-1)?.said["state"] === "success"
        )
        const { headers, path, said } = told.at(-1)!
        assert.deepStrictEqual([path, headers.authorization], [
          `/api/v1/repos/rpms/low-one/statuses/${commit}`,
          "token t0ken"
        ])
        assert.deepStrictEqual(said, {
          state: "success",
          description: `Campaign ${done.id} is done: 2 nodes are done, 1 was cut off`,
          context: "orch/campaign"
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
          (all) => all.at(-1)?.said["state"] === "failure"
        )
        assert.include(yield* tell(bad, "closed"), { ignored: "it is closed" })
        assert.strictEqual((yield* campaigns.get({ params: { id: `${failed.id}` } })).state, "canceled")
        assert.deepStrictEqual(yield* ready, before)
      }),
    150_000
  )

  /** What each of the other forges sends of pull request 9, and what it is told when that went well. */
  const forges = {
    github: (commit: string, url: string, state: string) => ({
      headers: { "x-github-event": "pull_request", "x-github-delivery": commit },
      signature: (hex: string) => ({ "x-hub-signature-256": `sha256=${hex}` }),
      body: {
        action: state === "open" ? "opened" : "closed",
        number: 9,
        pull_request: {
          number: 9,
          state,
          head: { ref: "fix", sha: commit, repo: { full_name: "anna/low-one" } },
          base: { ref: "main", repo: { full_name: "rpms/solo-one", clone_url: url } }
        }
      },
      path: `/repos/rpms/solo-one/statuses/${commit}`,
      authorization: { authorization: "Bearer t0ken" },
      said: { state: "success", context: "orch/campaign" }
    }),
    gitlab: (commit: string, url: string, state: string) => ({
      headers: { "x-gitlab-event": "Merge Request Hook" },
      signature: () => ({ "x-gitlab-token": secret }),
      body: {
        object_kind: "merge_request",
        object_attributes: {
          iid: 9,
          state: state === "open" ? "opened" : "closed",
          action: state,
          source_branch: "fix",
          target_branch: "main",
          last_commit: { id: commit, message: "Fix" },
          target: { path_with_namespace: "rpms/solo-one", git_http_url: url }
        }
      },
      path: `/api/v4/projects/rpms%2Fsolo-one/statuses/${commit}`,
      authorization: { "private-token": "t0ken" },
      said: { state: "success", name: "orch/campaign" }
    }),
    pagure: (commit: string, url: string, state: string) => ({
      headers: { "x-pagure-topic": state === "open" ? "pull-request.new" : "pull-request.closed" },
      signature: (hex: string) => ({ "x-pagure-signature-256": hex }),
      body: {
        topic: "pull-request.new",
        msg: {
          pullrequest: {
            id: 9,
            status: state === "open" ? "Open" : "Closed",
            branch: "main",
            branch_from: "fix",
            commit_stop: commit,
            project: { fullname: "rpms/solo-one", full_url: url.replace(/\.git$/, "") }
          }
        }
      },
      path: "/api/0/rpms/solo-one/pull-request/9/flag",
      authorization: { authorization: "token t0ken" },
      said: { status: "success", username: "orch/campaign", percent: "100", uid: `orch-${commit.slice(0, 24)}` }
    })
  } as const

  it.effect(
    "is tried out and told of whichever forge it is on, once for each commit, however often that is told",
    () =>
      Effect.gen(function*() {
        const { server, statuses } = yield* World
        const { finished, repository, spec } = yield* Tiers.make(server, ["solo"])
        const solo = repository("solo")
        for (const [index, forge] of (["github", "gitlab", "pagure"] as const).entries()) {
          solo.git("checkout", "--quiet", "--detach", "main")
          const commit = solo.commit({ "solo-one.spec": `${spec("solo")}\n%post\necho ${index}\n` })
          solo.git("update-ref", `refs/pull/9/head`, commit)
          solo.git("checkout", "--quiet", "main")
          const sent = (state: string) =>
            Effect.promise(async () => {
              const { headers, signature, ...one } = forges[forge](commit, solo.url, state)
              const body = JSON.stringify(one.body)
              const hex = createHmac("sha256", secret).update(body).digest("hex")
              const reply = await fetch(`${server.url}/hooks/${forge}`, {
                method: "POST",
                headers: { "content-type": "application/json", ...headers, ...signature(hex) },
                body
              })
              return {
                status: reply.status,
                ...await reply.json() as { readonly campaign?: number; readonly ignored?: string }
              }
            })
          const tried = yield* sent("open")
          assert.strictEqual(tried.status, 200, JSON.stringify(tried))
          assert.strictEqual((yield* sent("open")).campaign, tried.campaign, forge)
          const done = yield* finished(tried.campaign!)
          assert.deepStrictEqual(Tiers.states(done), { "solo:1": "done" }, JSON.stringify(done))
          assert.deepStrictEqual(done.trial, { forge, repository: "rpms/solo-one", number: 9, commit })
          const { authorization, path, said } = forges[forge](commit, solo.url, "open")
          const last = yield* Tiers.until(
            Effect.sync(() => statuses.filter((one) => one.path === path).at(-1)),
            (one) => one?.said["state"] === "success" || one?.said["status"] === "success"
          )
          assert.deepInclude(last!.headers, authorization)
          assert.deepInclude(last!.said, said)
          assert.include(yield* sent("closed"), { status: 200, ignored: "it is closed" })
        }
      }),
    150_000
  )
})
