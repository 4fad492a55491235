/** Files and logs over real HTTP: ranges, listings, and the paths that must lead nowhere. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Draining } from "@orch/server/http/Draining"
import * as Fallbacks from "@orch/server/http/Fallbacks"
import * as StaticFiles from "@orch/server/http/StaticFiles"
import * as LogFiles from "@orch/server/localbuild/LogFiles"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"

const root = TestRepository.temporary()
const published = Path.join(root, "data/repositories")
const revisions = Path.join(root, "data/repository-revisions")
const tasks = Path.join(root, "data/farm/tasks")

for (const directory of [published, Path.join(revisions, "foo/1/Packages"), Path.join(root, "secret"), tasks]) {
  Fs.mkdirSync(directory, { recursive: true })
}
Fs.writeFileSync(Path.join(revisions, "foo/1/Packages/a+b.rpm"), "0123456789")
Fs.writeFileSync(Path.join(revisions, "foo/1/.hidden"), "hidden")
Fs.writeFileSync(Path.join(root, "secret/password"), "secret")
Fs.symlinkSync("../repository-revisions/foo/1", Path.join(published, "foo"))
Fs.symlinkSync("../../secret", Path.join(published, "out"))

const former: Readonly<Record<string, string>> = {
  "foo/repodata/old.xml.gz": Path.join(revisions, "foo/1/Packages/a+b.rpm"),
  "foo/repodata/out": Path.join(root, "secret/password")
}
const routes = Layer.mergeAll(
  Fallbacks.layer.pipe(Layer.provide(Draining.layer)),
  StaticFiles.layer({ prefix: "/repositories", root: published, linked: [revisions], former: (path) => former[path] }),
  LogFiles.layer({ dataDir: Path.join(root, "data") })
)
const runtime = ManagedRuntime.make(
  HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(Http.createServer, { port: 0, host: "127.0.0.1" }))
  )
)
let port = 0
beforeAll(async () => {
  const { address } = await runtime.runPromise(HttpServer.HttpServer)
  port = "port" in address ? address.port : 0
})
afterAll(async () => {
  await runtime.dispose()
  Fs.rmSync(root, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** Sends the path as it is: `fetch` would tidy `..` away. */
const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    Http.request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (chunk: string) => body += chunk)
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    }).on("error", reject).end()
  })

const file = "/repositories/foo/Packages/a+b.rpm"

describe("StaticFiles", () => {
  it("serves a file with its type, length and a validator", async () => {
    const { body, headers, status } = await get(file)
    assert.deepStrictEqual([status, body, headers["content-type"]], [200, "0123456789", "application/x-rpm"])
    assert.isString(headers["etag"])
    assert.strictEqual(headers["content-security-policy"], "sandbox allow-downloads")
    const again = await get(file, { "if-none-match": headers["etag"]! })
    assert.strictEqual(again.status, 304)
    assert.strictEqual((await get("/repositories/foo/Packages/a%2Bb.rpm?x=y")).body, "0123456789")
  })

  it("answers HEAD without a body", async () => {
    const { body, headers, status } = await get(file, {}, "HEAD")
    assert.deepStrictEqual([status, body, headers["content-length"]], [200, "", "10"])
  })

  it.each([
    ["bytes=2-4", 206, "234"],
    ["bytes=7-", 206, "789"],
    ["bytes=-2", 206, "89"],
    ["bytes=20-30", 416, ""]
  ])("serves the range %s", async (range, status, body) => {
    const answer = await get(file, { range })
    assert.deepStrictEqual([answer.status, answer.body], [status, body])
  })

  it("lists directories, below a path that ends in a slash", async () => {
    const top = await get("/repositories/")
    assert.strictEqual(top.status, 200)
    assert.include(top.body, "href=\"./foo/\"")
    assert.include((await get("/repositories/foo/Packages/")).body, "href=\"./a%2Bb.rpm\"")
    const bare = await get("/repositories/foo")
    assert.deepStrictEqual([bare.status, bare.headers.location], [301, "/repositories/foo/"])
    assert.notInclude((await get("/repositories/foo/")).body, "hidden")
  })

  it("serves what was there a moment ago where it is told of it, and nothing from elsewhere", async () => {
    const old = await get("/repositories/foo/repodata/old.xml.gz")
    assert.deepStrictEqual([old.status, old.body], [200, "0123456789"])
    assert.strictEqual((await get("/repositories/foo/repodata/out")).status, 404)
    assert.strictEqual((await get("/repositories/foo/repodata/never")).status, 404)
  })

  it("says that it takes nothing", async () => {
    for (const path of [file, "/repositories/", "/repositories", "/logs/task"]) {
      for (const method of ["POST", "PUT", "DELETE"]) assert.strictEqual((await get(path, {}, method)).status, 501)
    }
  })

  it.each([
    "/repositories/nope",
    "/repositories/../secret/password",
    "/repositories/%2e%2e/%2e%2e/secret/password",
    "/repositories/foo/..%2f..%2fsecret/password",
    "/repositories/out/password",
    "/repositories/out/",
    "/repositories/foo/.hidden",
    "/repositories/foo/%00",
    "/repositories/foo/%zz",
    "/repositories/foo\\..\\..",
    "/repositories//../../secret/password"
  ])("leads nowhere for %s", async (path) => {
    const { body, status } = await get(path)
    assert.include([400, 404], status)
    assert.notInclude(body, "secret\n")
    assert.notStrictEqual(body, "secret")
  })
})

describe("LogFiles", () => {
  const task = (name: string) => {
    const directory = Path.join(tasks, name)
    Fs.mkdirSync(directory, { recursive: true })
    Fs.writeFileSync(Path.join(directory, "request.json"), "{}")
    return directory
  }

  it("serves a log as it is, and from an offset", async () => {
    Fs.writeFileSync(Path.join(task("done"), "build.log"), "line 1\nline 2\n")
    const { body, headers } = await get("/logs/done")
    assert.strictEqual(body, "line 1\nline 2\n")
    assert.match(headers["content-type"]!, /^text\/plain/)
    assert.strictEqual((await get("/logs/done?offset=7")).body, "line 2\n")
    assert.strictEqual((await get("/logs/done?offset=-1")).status, 400)
  })

  it("follows a log until the build has ended", async () => {
    const directory = task("running")
    const answer = get("/logs/running?follow=true")
    for (let line = 1; line <= 5; line++) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      Fs.appendFileSync(Path.join(directory, "build.log"), `line ${line}\n`)
    }
    Fs.writeFileSync(Path.join(directory, "status.json"), "{\"state\":\"closed\",\"artifacts\":[],\"seconds\":1}")
    assert.strictEqual((await answer).body, "line 1\nline 2\nline 3\nline 4\nline 5\n")
  })

  it.each(["nope", "..", "%2e%2e%2fsecret", "a%2Fb"])("knows no task %s", async (name) => {
    assert.include([404, 400], (await get(`/logs/${name}`)).status)
  })

  it("lets go of a log whose reader has left", async () => {
    task("left")
    const request = Http.get({ host: "127.0.0.1", port, path: "/logs/left?follow=1" })
    request.on("error", () => {})
    await new Promise((resolve) => setTimeout(resolve, 300))
    request.destroy()
    assert.strictEqual((await get("/logs/left")).status, 200)
  })
})
