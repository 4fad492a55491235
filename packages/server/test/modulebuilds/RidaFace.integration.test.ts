import { assert, describe, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

class World extends Context.Service<World, TestServer.TestServer>()("test/modulebuilds/World") {
  // Builds never start: what is tested here is what is answered, and the farm has tests of its own.
  static readonly layer = Layer.effect(World, TestServer.start({ ...TestServer.embedded, ORCH_COMMAND_WORKERS: "1" }))
}

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

const ask = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
  Effect.flatMap(World, ({ url }) =>
    Effect.promise(async (): Promise<Reply> => {
      const reply = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
      const text = await reply.text()
      return { status: reply.status, headers: reply.headers, body: text === "" ? undefined : JSON.parse(text) }
    }))

const submit = (scmurl: unknown) => ask("POST", "/rida/module-builds/", JSON.stringify({ scmurl }))

const fails = (
  reply: Reply,
  status: number,
  error: string
): { message: string; problems?: ReadonlyArray<Record<string, unknown>> } => {
  const body = reply.body as { status: number; error: string; message: string }
  assert.strictEqual(reply.status, status, JSON.stringify(body))
  assert.strictEqual(body.status, status)
  assert.strictEqual(body.error, error)
  assert.isNotEmpty(body.message)
  return body
}

const count = Effect.map(ask("GET", "/rida/module-builds/?limit=1000"), ({ body }) => (body as Array<unknown>).length)

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("the first orchestrator API", (it) => {
  const module = (name: string, text: string, file = `${name}.yaml`) =>
    Effect.map(World, ({ git }) => {
      const repository = TestRepository.make(Path.join(git, "modules", name))
      const commit = repository.commit({ [file]: text })
      return { url: `file://${git}/modules/${name}?#${commit}`, repository, commit }
    })

  const component = (name: string) =>
    Effect.map(
      World,
      ({ git }) => TestRepository.make(Path.join(git, "rpms", name)).commit({ [`${name}.spec`]: `Name: ${name}\n` })
    )

  it.effect("answers a submission with 201 and the id, and the same submission again with the same", () =>
    Effect.gen(function*() {
      yield* component("ok")
      const { url } = yield* module("good", TestServer.modulemd({ ok: [] }))
      const first = yield* submit(url)
      assert.strictEqual(first.status, 201)
      const { id } = first.body as { id: number }
      assert.isNumber(id)
      assert.deepStrictEqual((yield* submit(url)).body, { id })
      const shown = yield* ask("GET", `/rida/module-builds/${id}`)
      assert.strictEqual(shown.status, 200)
      const build = shown.body as { id: number; state: string; tasks: Record<string, string> }
      assert.strictEqual(build.id, id)
      assert.include(["wait", "build", "failed"], build.state)
      assert.match(Object.entries(build.tasks)[0]!.join(" "), /^rpms\/ok \S+\/(free|open|failed|canceled)$/)
      assert.deepStrictEqual((yield* ask("GET", `/rida/module-builds/${id}/`)).status, 200)
    }))

  it.effect("lists builds as an array, oldest first, by pages, by state, with links", () =>
    Effect.gen(function*() {
      yield* component("listed")
      for (const name of ["list-a", "list-b", "list-c"]) {
        const { url } = yield* module(name, TestServer.modulemd({ listed: [] }).replace("name: demo", `name: ${name}`))
        assert.strictEqual((yield* submit(url)).status, 201)
      }
      const all = (yield* ask("GET", "/rida/module-builds")).body as Array<{ id: number; state: string }>
      assert.deepStrictEqual(all.map(({ id }) => id), all.map(({ id }) => id).sort((a, b) => a - b))
      assert.deepStrictEqual(Object.keys(all[0]!).sort(), ["id", "state"])
      const page = yield* ask("GET", "/rida/module-builds/?limit=1&offset=1")
      // Builds go on meanwhile, so only which one it is can be compared.
      assert.deepStrictEqual((page.body as Array<{ id: number }>).map(({ id }) => id), [all[1]!.id])
      assert.include(page.headers.get("link") ?? "", "</rida/module-builds/?limit=1&offset=2>; rel=\"next\"")
      assert.include(page.headers.get("link") ?? "", "</rida/module-builds/?limit=1&offset=0>; rel=\"prev\"")
      assert.deepStrictEqual((yield* ask("GET", "/rida/module-builds/?state=garbage")).body, [])
      fails(yield* ask("GET", "/rida/module-builds/?state=nonsense"), 400, "Bad Request")
      fails(yield* ask("GET", "/rida/module-builds/?limit=x"), 400, "Bad Request")
    }))

  describe("400", () => {
    for (const body of ["", "xx", "[]", "null", "5", "{}", "{\"scmurl\": 5}", "{\"scmurl\": null}", "{\"scmurl\""]) {
      it.effect(`for the body ${JSON.stringify(body)}`, () =>
        Effect.map(ask("POST", "/rida/module-builds/", body), (reply) => fails(reply, 400, "Bad Request")))
    }
    for (
      const url of [
        "",
        "nonsense",
        "ext::sh -c id",
        "ssh://git@host/x.git#a",
        "git://u:p@host/x.git#a",
        "git://host/x.git?#--upload-pack=id",
        "git://host/../x#y z"
      ]
    ) {
      it.effect(`for the URL ${JSON.stringify(url)}`, () =>
        Effect.map(submit(url), (reply) => fails(reply, 400, "Bad Request")))
    }
  })

  describe("403", () => {
    for (
      const url of [
        "git://pkgs.example.org/modules/foo.git/foo.yaml?#f1d2d2f9",
        "file:///etc/passwd",
        "https://169.254.1.1/x.git#a"
      ]
    ) {
      it.effect(`for ${url}`, () => Effect.map(submit(url), (reply) => fails(reply, 403, "Forbidden")))
    }
  })

  describe("404", () => {
    for (
      const path of [
        "/rida/module-builds/4711",
        "/rida/module-builds/x",
        "/rida/module-builds/-1",
        "/rida/module-builds/99999999999999999999",
        "/rida/",
        "/nowhere"
      ]
    ) {
      it.effect(`for ${path}`, () => Effect.map(ask("GET", path), (reply) => fails(reply, 404, "Not Found")))
    }
  })

  describe("501", () => {
    for (
      const [method, path] of [["DELETE", "/rida/module-builds/"], ["PUT", "/rida/module-builds/1"], [
        "PATCH",
        "/rida/module-builds/1/"
      ], ["POST", "/rida/module-builds/1"]] as const
    ) {
      it.effect(`for ${method} ${path}`, () =>
        Effect.map(ask(method, path), (reply) => fails(reply, 501, "Not Implemented")))
    }
  })

  it.effect("422 for a modulemd that is not valid, with the place of each problem", () =>
    Effect.gen(function*() {
      const { url } = yield* module(
        "broken",
        TestServer.modulemd({ ok: ["bildorder: 1"] }).replace("  summary: Test\n", "")
      )
      const { problems } = fails(yield* submit(url), 422, "Unprocessable Entity")
      assert.isTrue(problems!.length >= 1)
      for (const problem of problems!) assert.strictEqual(problem["where"], "broken.yaml")
      assert.isTrue(problems!.every(({ line }) => typeof line === "number" && line > 0))
    }))

  it.effect("422 where the document is missing, not UTF-8, no module, or larger than is read", () =>
    Effect.gen(function*() {
      const { url } = yield* module("elsewhere", "x", "other.yaml")
      fails(yield* submit(url), 422, "Unprocessable Entity")
      const cases: ReadonlyArray<readonly [string, string]> = [
        ["empty", ""],
        ["text", "just text"],
        ["defaults", "document: modulemd-defaults\nversion: 1\ndata: {module: x, stream: \"1\"}\n"],
        ["huge", `# ${"x".repeat(4_300_000)}\n`]
      ]
      for (const [name, text] of cases) {
        const { url } = yield* module(`bad-${name}`, text)
        fails(yield* submit(url), 422, "Unprocessable Entity")
      }
    }))

  it.effect("422 naming all components that cannot be retrieved", () =>
    Effect.gen(function*() {
      yield* component("there")
      const { url } = yield* module(
        "missing",
        TestServer.modulemd({
          there: [],
          gone1: [],
          gone2: ["ref: nowhere"],
          there2: ["repository: https://elsewhere.example.org/x.git"]
        })
      )
      const { message, problems } = fails(yield* submit(url), 422, "Unprocessable Entity")
      assert.deepStrictEqual(problems!.map(({ where }) => where), ["gone1", "gone2", "there2"])
      assert.include(message, "gone1, gone2, there2")
    }))

  it.effect("422 for a platform nobody stands in for, naming those there are", () =>
    Effect.gen(function*() {
      yield* component("p")
      const { url } = yield* module("platform", TestServer.modulemd({ p: [] }, "el7"))
      const { message } = fails(yield* submit(url), 422, "Unprocessable Entity")
      assert.include(message, "el8, el9, f41")
    }))

  it.effect("422 for components in a circle, as a path", () =>
    Effect.gen(function*() {
      yield* component("a")
      yield* component("b")
      const { url } = yield* module("circle", TestServer.modulemd({ a: ["buildafter: [b]"], b: ["buildafter: [a]"] }))
      const { problems } = fails(yield* submit(url), 422, "Unprocessable Entity")
      assert.match(JSON.stringify(problems), /a.*b.*a/)
    }))

  it.effect("takes the components of included modules, and names those that are missing", () =>
    Effect.gen(function*() {
      for (const name of ["own", "inner"]) yield* component(name)
      const including = (module: string) =>
        TestServer.modulemd({ own: [] }).replace("name: demo", `name: with-${module}`) +
        `    modules:\n      ${module}:\n        rationale: Test\n`
      yield* module("part", TestServer.modulemd({ inner: [] }))
      const { url } = yield* module("with-part", including("part"))
      const reply = yield* submit(url)
      assert.strictEqual(reply.status, 201, JSON.stringify(reply.body))
      const { tasks } = (yield* ask("GET", `/rida/module-builds/${(reply.body as { id: number }).id}`)).body as {
        tasks: object
      }
      assert.deepStrictEqual(Object.keys(tasks).sort(), ["rpms/inner", "rpms/own"])
      const { url: lacking } = yield* module("with-nothing", including("nothing"))
      const { problems } = fails(yield* submit(lacking), 422, "Unprocessable Entity")
      assert.deepStrictEqual(problems!.map(({ where }) => where), ["nothing"])
    }))

  it.effect(
    "is never shaken by nonsense: 2,000 malformed requests, no 5xx but 501, no row",
    () =>
      Effect.gen(function*() {
        const before = yield* count
        let seed = 20_261_121
        const random = (below: number): number => {
          seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
          return Math.floor((seed / 2_147_483_648) * below)
        }
        const pick = <A>(all: ReadonlyArray<A>): A => all[random(all.length)]!
        const noise = () =>
          Array.from({ length: random(40) }, () => String.fromCodePoint(pick([random(128), random(0x2000) + 32]))).join(
            ""
          )
        const urls = [
          "git://",
          "file://",
          "https://h/",
          "ext::",
          "git+https://h/p.git",
          "\u0000",
          "file:///../..",
          "#",
          "?#"
        ]
        const request = () => {
          const value = pick<unknown>([noise(), pick(urls) + noise(), random(1e9), null, [], {}, true, {
            scmurl: noise()
          }])
          const body = pick([
            JSON.stringify({ scmurl: value }),
            JSON.stringify({ [noise()]: value }),
            noise(),
            JSON.stringify(value),
            "{\"scmurl\":\"" + noise()
          ])
          const path = pick([
            "/rida/module-builds/",
            "/rida/module-builds",
            "/orch/v1/module-builds/",
            `/rida/module-builds/${encodeURIComponent(noise())}`
          ])
          const method = pick(["POST", "POST", "POST", "GET", "PUT"])
          return ask(method, path, method === "GET" ? undefined : body, {
            "content-type": pick(["application/json", "text/plain", "x/y"])
          })
        }
        const replies = yield* Effect.all(Array.from({ length: 2000 }, request), { concurrency: 16 })
        const statuses = new Set(replies.map(({ status }) => status))
        for (const status of statuses) assert.include([200, 400, 403, 404, 413, 501], status)
        assert.isTrue(statuses.has(400) && statuses.has(404))
        assert.strictEqual(yield* count, before)
      }),
    180_000
  )
})
