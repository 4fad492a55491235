/** Git over real HTTP: the smart protocol, plain files, and servers that redirect, refuse, flood or drip. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type * as Net from "node:net"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as GitServer from "./GitServer.ts"
import * as TestRepository from "./TestRepository.ts"

const root = TestRepository.temporary()
const foo = TestRepository.make(Path.join(root, "work"))
const first = foo.commit({ "foo.yaml": "one\n" })
const second = foo.commit({ "foo.yaml": "two\n" })
SmallProcess.output("git", ["clone", "--quiet", "--bare", foo.directory, Path.join(root, "served/foo.git")])
SmallProcess.output("git", ["--git-dir", Path.join(root, "served/foo.git"), "update-server-info"])

const smart = (request: Http.IncomingMessage, response: Http.ServerResponse): Promise<void> =>
  GitServer.answer(
    Path.join(root, "served"),
    new URL(request.url ?? "/", "http://localhost").pathname.replace("/smart", ""),
    request,
    response
  )

const drip = (response: Http.ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" })
  const timer = setInterval(() => response.write("0"), 50)
  response.on("close", () => clearInterval(timer))
}

const flood = (response: Http.ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" })
  response.write("001e# service=git-upload-pack\n0000")
  const line = `003d${"1".repeat(40)} refs/heads/aaaaaaaaaa\n`
  let open = true
  const more = () => {
    while (open && response.write(line.repeat(1000)));
    if (open) response.once("drain", more)
  }
  response.on("close", () => open = false)
  more()
}

const server = Http.createServer((request, response) => {
  const path = request.url ?? ""
  if (path.startsWith("/smart/")) return smart(request, response)
  if (path.startsWith("/dumb/")) {
    const file = Path.join(root, "served", new URL(path, "http://localhost").pathname.replace("/dumb", ""))
    return Fs.existsSync(file) && Fs.statSync(file).isFile()
      ? response.end(Fs.readFileSync(file))
      : response.writeHead(404).end()
  }
  if (path.startsWith("/moved/")) return response.writeHead(301, { location: path.replace("moved", "smart") }).end()
  if (path.startsWith("/secret/")) return response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end()
  if (path.startsWith("/broken/")) return response.writeHead(502).end()
  if (path.startsWith("/drip/")) return drip(response)
  if (path.startsWith("/flood/")) return flood(response)
  return response.writeHead(404).end()
})

let base = ""
beforeAll(() =>
  new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      base = `http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`
      resolve()
    })
  )
)
afterAll(() => {
  server.closeAllConnections()
  server.close()
  Fs.rmSync(root, { recursive: true, force: true })
})

let caches = 0
const open = () =>
  GitSourceControl.make({
    dataDir: Path.join(root, `data-${caches++}`),
    allow: ScmAllowList.parseUnsafe(base),
    limits: { lookupMillis: 3_000, fetchMillis: 3_000, lookupBytes: 1024 * 1024 }
  })

describe("git over HTTP", () => {
  it.live.each(["smart", "dumb"])("reads any commit from a %s server", (kind) =>
    Effect.gen(function*() {
      const scm = open()
      const repository = `${base}/${kind}/foo.git`
      const [tip, old] = yield* scm.resolve([{ repository, ref: "main" }, { repository, ref: first }])
      assert.deepStrictEqual([tip?._tag, old?._tag], ["Resolved", "Resolved"])
      assert.strictEqual(tip?._tag === "Resolved" && tip.commit, second)
      const file = yield* scm.readFile({ repository, commit: first, path: "foo.yaml", maxBytes: 100 })
      assert.strictEqual(Buffer.from(file).toString(), "one\n")
      assert.isTrue(yield* scm.onBranch(repository, first, "main"))
    }))

  it.live.each([
    ["missing", "missing repository"],
    ["secret", "missing repository"],
    ["moved", "unsuitable repository"],
    ["broken", "unreachable repository"],
    ["drip", "unreachable repository"]
  ])("says of a server that answers %s: %s", ([kind, expected]) =>
    Effect.gen(function*() {
      const scm = open()
      const repository = `${base}/${kind}/foo.git`
      const [answer] = yield* scm.resolve([{ repository, ref: "main" }])
      const error = answer?._tag === "Unresolved" ? answer.error : assert.fail("resolved")
      assert.strictEqual(`${error.reason} ${error.what}`, expected, error.message)
      const read = scm.readFile({ repository, commit: first, path: "foo.yaml", maxBytes: 100 })
      const refused = yield* Effect.flip(read)
      assert.strictEqual(`${refused.reason} ${refused.what}`, expected, refused.message)
    }))

  it.live("ends a look-up whose answer has no end", () =>
    Effect.gen(function*() {
      const [answer] = yield* open().resolve([{ repository: `${base}/flood/foo.git`, ref: "main" }])
      const error = answer?._tag === "Unresolved" ? answer.error : assert.fail("resolved")
      assert.include(["unreachable", "unsuitable"], error.reason)
    }))
})
