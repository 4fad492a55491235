/** Pushes over signed hooks and over a real message broker, what they build, and the projects of a forge. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import { createHmac } from "node:crypto"
import * as Fs from "node:fs"
import { createServer } from "node:http"
import { type AddressInfo, createConnection } from "node:net"
import * as Path from "node:path"
import * as FaceServer from "../albs/FaceServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as FreePort from "../support/FreePort.ts"
import { commit, payloads } from "./Payloads.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => TestRepository.temporary()),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
)

const rules = [
  "rules:",
  "  - name: el8",
  "    repository: rpms/*",
  "    branch: a8*",
  "    platforms: [{name: el8, arches: [x86_64]}]",
  "    owner: alice",
  "  - name: nowhere",
  "    repository: rpms/chan",
  "    branch: nowhere",
  "    platforms: [{name: el99, arches: [x86_64]}]",
  ""
].join("\n")

interface Listed {
  readonly total_builds: number
  readonly builds: ReadonlyArray<FaceServer.Build & { readonly owner: { readonly username: string } }>
}

const builds = (server: FaceServer.FaceServer) =>
  Effect.map(server.ask("GET", "/builds/?pageNumber=1", "alice"), ({ body }) => body as Listed)

describe("a forge that shares a secret", () => {
  it.live("has what it says built by the rules, once", () =>
    Effect.scoped(Effect.gen(function*() {
      const path = Path.join(yield* directory, "rules.yaml")
      Fs.writeFileSync(path, rules)
      const server = yield* FaceServer.start({ ORCH_PUSH_RULES: path, ORCH_PUSH_SECRET: "s3cret" })
      const hook = (
        forge: string,
        payload: unknown,
        headers: (hmac: string) => Record<string, string>,
        body?: string
      ) =>
        Effect.promise(async () => {
          const text = body ?? JSON.stringify(payload)
          const reply = await fetch(`${server.url}/hooks/${forge}`, {
            method: "POST",
            headers: {
              "content-type": "application/json",
              ...headers(createHmac("sha256", "s3cret").update(text).digest("hex"))
            },
            body: text
          })
          return { status: reply.status, body: await reply.json() as Record<string, unknown> }
        })
      const gitea = (hmac: string) => ({ "x-gitea-signature": hmac, "x-gitea-event": "push" })
      assert.strictEqual((yield* hook("gitea", payloads.gitea, () => ({}))).status, 403)
      assert.strictEqual((yield* hook("gitea", payloads.gitea, () => gitea("00"))).status, 403)
      assert.strictEqual((yield* hook("other", payloads.gitea, gitea)).status, 404)
      assert.strictEqual((yield* hook("gitea", { action: "opened" }, gitea)).status, 400)
      assert.strictEqual((yield* hook("gitea", undefined, gitea, "{")).status, 422)
      const issue = yield* hook("gitea", {}, (hmac) => ({ "x-gitea-signature": hmac, "x-gitea-event": "issues" }))
      assert.deepStrictEqual(issue, { status: 200, body: { ignored: "not a push" } })
      assert.strictEqual((yield* builds(server)).total_builds, 0)

      // Of one push that four forges tell of, several times and at once, there is one build.
      const said = yield* Effect.all([
        hook("gitea", payloads.gitea, gitea),
        hook("gitea", payloads.gitea, gitea),
        hook(
          "github",
          payloads.github,
          (hmac) => ({ "x-hub-signature-256": `sha256=${hmac}`, "x-github-event": "push" })
        ),
        hook(
          "github",
          undefined,
          (hmac) => ({
            "content-type": "application/x-www-form-urlencoded",
            "x-hub-signature-256": `sha256=${hmac}`,
            "x-github-event": "push"
          }),
          new URLSearchParams({ payload: JSON.stringify(payloads.github) }).toString()
        ),
        hook("gitlab", payloads.gitlab, () => ({ "x-gitlab-token": "s3cret", "x-gitlab-event": "Push Hook" })),
        hook("pagure", payloads.pagure, (hmac) => ({ "x-pagure-signature-256": hmac, "x-pagure-topic": "git.receive" }))
      ], { concurrency: "unbounded" })
      const [first] = (yield* builds(server)).builds
      for (const one of said) {
        assert.deepStrictEqual(one, { status: 200, body: { builds: [{ rule: "el8", build: first?.id }] } })
      }
      assert.strictEqual((yield* builds(server)).total_builds, 1)
      assert.strictEqual(first?.owner.username, "alice")
      assert.deepInclude(
        (first as unknown as { readonly tasks: ReadonlyArray<{ readonly ref: object }> }).tasks[0]!.ref,
        {
          url: "https://git.example.org/rpms/chan.git",
          git_ref: "a8",
          git_commit_hash: commit
        }
      )
      const nowhere = yield* hook("gitea", { ...payloads.gitea, ref: "refs/heads/nowhere" }, gitea)
      assert.deepStrictEqual(nowhere.body, {
        builds: [{ rule: "nowhere", problem: "platforms: el99 cannot be found in database" }]
      })
      const unwanted = yield* hook("gitea", { ...payloads.gitea, ref: "refs/heads/c8" }, gitea)
      assert.deepStrictEqual(unwanted.body, { builds: [] })
    })), 300_000)

  it.live("is not believed where there is no secret", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start()
      const reply = yield* server.send("POST", "/hooks/gitea", undefined, JSON.stringify(payloads.gitea))
      assert.strictEqual(reply.status, 403)
    })), 300_000)
})

const hasBroker = (() => {
  try {
    execFileSync("mosquitto_pub", ["--help"], { stdio: "ignore" })
    return true
  } catch (error) {
    return (error as { readonly status?: number }).status !== undefined
  }
})()

const answers = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const socket = createConnection({ port, host: "127.0.0.1" })
    const done = (is: boolean) => {
      socket.destroy()
      resume(Effect.succeed(is))
    }
    socket.once("connect", () => done(true)).once("error", () => done(false))
  })

/** A Mosquitto of its own that keeps what it is told. */
const broker = Effect.gen(function*() {
  const path = yield* directory
  const port = yield* Effect.promise(FreePort.find)
  const config = Path.join(path, "mosquitto.conf")
  Fs.writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`)
  yield* Effect.acquireRelease(
    Effect.sync(() => spawn("mosquitto", ["-c", config], { stdio: "ignore" })),
    (child) => Effect.sync(() => child.kill())
  )
  for (let tries = 0; tries < 100 && !(yield* answers(port)); tries++) yield* Effect.sleep("100 millis")
  return port
})

describe.skipIf(!hasBroker)("a message broker (skipped where mosquitto is not installed)", () => {
  it.live(
    "keeps pushes until the server has stored what they ask for, also while it is away",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const port = yield* broker
        const path = yield* directory
        const database = Path.join(path, "data")
        Fs.writeFileSync(Path.join(path, "rules.yaml"), rules)
        Fs.writeFileSync(
          Path.join(path, "listener.yaml"),
          [
            "---",
            "mqtt_queue_host: 127.0.0.1",
            `mqtt_queue_port: ${port}`,
            "mqtt_queue_topic_unmodified: gitea-webhooks-unmodified",
            "mqtt_queue_topic_modified: gitea-webhooks-modified",
            "mqtt_queue_qos: 2",
            "mqtt_client_id: albs_gitea_listener",
            "mqtt_queue_username:",
            "mqtt_queue_password:",
            "mqtt_queue_clean_session: False",
            "albs_jwt_token: bob",
            "albs_address: http://web_server:8080",
            ""
          ].join("\n")
        )
        const environment = {
          ORCH_DATA_DIR: database,
          ORCH_PUSH_RULES: Path.join(path, "rules.yaml"),
          ORCH_GITEA_LISTENER: Path.join(path, "listener.yaml")
        }
        const publish = (topic: string, payload: unknown) =>
          Effect.sync(() =>
            execFileSync("mosquitto_pub", [
              "-h",
              "127.0.0.1",
              "-p",
              `${port}`,
              "-q",
              "2",
              "-t",
              topic,
              "-m",
              typeof payload === "string" ? payload : JSON.stringify(payload)
            ])
          )
        const push = (id: string) => ({ ...payloads.gitea, after: id.repeat(40) })
        const whenBuilt = (server: FaceServer.FaceServer, count: number) =>
          server.until(builds(server), ({ total_builds }) => total_builds >= count)
        yield* Effect.scoped(Effect.gen(function*() {
          const server = yield* FaceServer.start(environment)
          // The first message may come before the server listens, and is lost: nobody has ever listened then.
          yield* server.until(
            Effect.andThen(publish("gitea-webhooks-modified", push("a")), Effect.delay(builds(server), "500 millis")),
            ({ total_builds }) => total_builds > 0
          )
          yield* publish("gitea-webhooks-modified", "no push at all")
          yield* publish("gitea-webhooks-unmodified", push("b"))
          yield* whenBuilt(server, 2)
        }))
        // Nobody listens now; the broker keeps it.
        yield* publish("gitea-webhooks-modified", push("c"))
        yield* publish("gitea-webhooks-modified", push("a"))
        const server = yield* FaceServer.start(environment)
        yield* whenBuilt(server, 3)
        yield* publish("gitea-webhooks-modified", push("d"))
        const { total_builds } = yield* whenBuilt(server, 4)
        assert.strictEqual(total_builds, 4, "what was told twice was built once")
      })),
    300_000
  )
})

describe("projects of a forge", () => {
  it.live("are listed as they were seen, and forgotten when they are gone", () =>
    Effect.scoped(Effect.gen(function*() {
      const asked: Array<string> = []
      const forge = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer((request, response) => {
            const { pathname, searchParams } = new URL(request.url!, "http://localhost")
            asked.push(`${pathname}?${searchParams.get("page")}`)
            const isFirst = searchParams.get("page") === "1"
            const lists: Readonly<Record<string, ReadonlyArray<object>>> = {
              "/api/v1/orgs/rpms/repos": ["chan", "libchan"].map((name) => ({
                name,
                clone_url: `https://git.example.org/rpms/${name}.git`,
                updated_at: "2026-01-01T00:00:00Z"
              })),
              "/api/v1/repos/rpms/chan/branches": [{ name: "a8" }, { name: "c8" }],
              "/api/v1/repos/rpms/chan/tags": [{ name: "imports/c8/chan-0.0.4-3" }],
              "/api/v1/orgs/modules/repos": [{
                name: "perl",
                clone_url: "https://git.example.org/modules/perl.git",
                updated_at: "2026-01-01T00:00:00Z",
                empty: true
              }]
            }
            response.setHeader("content-type", "application/json")
            response.end(JSON.stringify(isFirst ? lists[pathname] ?? [] : []))
          }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const server = yield* FaceServer.start({
        ORCH_FORGE_URL: `http://127.0.0.1:${(forge.address() as AddressInfo).port}/`
      })
      assert.strictEqual((yield* server.ask("GET", "/projects/alma", undefined)).status, 403)
      const { body } = yield* server.until(
        server.ask("GET", "/projects/alma", "eve"),
        (reply) => (reply.body as ReadonlyArray<unknown>).length === 2
      )
      assert.deepStrictEqual((body as ReadonlyArray<unknown>)[0], {
        name: "chan",
        clone_url: "https://git.example.org/rpms/chan.git",
        tags: ["imports/c8/chan-0.0.4-3"],
        branches: ["a8", "c8"]
      })
      const modules = yield* server.until(
        server.ask("GET", "/projects/alma/modularity", "eve"),
        (reply) => (reply.body as ReadonlyArray<unknown>).length === 1
      )
      assert.deepInclude((modules.body as ReadonlyArray<object>)[0]!, { name: "perl", branches: [], tags: [] })
      assert.include(asked, "/api/v1/orgs/rpms/repos?2", "until a page is empty")
    })), 300_000)
})
