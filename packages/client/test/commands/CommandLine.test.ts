/** What `orch` says and ends with, run as a program against servers that answer as they like. */
import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"

const bin = await TestPrograms.orch()
const home = mkdtempSync(join(tmpdir(), "orch-home-"))
afterAll(() => rmSync(home, { recursive: true }))

const orch = (args: ReadonlyArray<string>, input = "", env: Readonly<Record<string, string>> = {}) => {
  const inherited = Object.entries(process.env).filter(([name]) => !/^ORCH_|^XDG_/.test(name))
  return SmallProcess.ran(process.execPath, [bin, ...args], {
    env: { ...Object.fromEntries(inherited), HOME: home, NO_COLOR: "1", ...env },
    input,
    timeout: 60_000
  })
}

interface Answer {
  readonly status: number
  readonly type?: string
  readonly body: string
}

/** Runs something against a server that gives these answers; resolves to that and to what was asked. */
const against = async <A>(answer: (request: IncomingMessage) => Answer, run: (url: string) => Promise<A>) => {
  const server = createServer((request, response) => {
    const { body, status, type = "application/json" } = answer(request)
    response.writeHead(status, { "content-type": type })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const refusal = (status: number, error: string, message: string): Answer => ({
  status,
  body: JSON.stringify({ status, error, message })
})

const answers = [
  ["a wrong token", refusal(401, "Unauthorized", "The token is not known"), 1, [
    /401 Unauthorized: The token is not known/,
    /orch login --url http/
  ]],
  ["somebody who may not", refusal(403, "Forbidden", "bob is in none of the groups"), 1, [
    /403 Forbidden: bob is in none/,
    /orch login/
  ]],
  ["what cannot be read", refusal(400, "Bad Request", "limit is too large"), 2, [/limit is too large/]],
  ["an unknown number", refusal(404, "Not Found", "There is no module build 42"), 1, [/no module build 42/]],
  ["a proxy without a server", { status: 502, type: "text/html", body: "<h1>Bad Gateway</h1>\nnginx" }, 3, [
    /http:\S+: the server answered 502/,
    / {2}<h1>Bad Gateway<\/h1>\n {2}nginx/
  ]],
  ["a status nobody told of", { status: 418, body: "{\"kettle\":true}" }, 1, [/answered 418/, /kettle/]],
  ["a server of something else", { status: 200, type: "text/html", body: "<h1>Hello</h1>" }, 3, [
    /cannot be understood/
  ]]
] as const

describe("orch", () => {
  for (const [what, answer, code, words] of answers) {
    it(`ends with ${code} and says why on ${what}`, async () => {
      const ended = await against(() => answer, (url) => orch(["module-build", "show", "42", "--url", url]))
      assert.strictEqual(ended.code, code, ended.err)
      for (const word of words) assert.match(ended.err, word)
    })
  }

  it.each(["show", "drain", "undrain"])(
    "says at node %s of a node that is not there where those are listed",
    async (verb) => {
      const asked: Array<string | undefined> = []
      const ended = await against(({ method }) => {
        asked.push(method)
        return { status: 200, body: "[]" }
      }, (url) => orch(["node", verb, "builder01", "--url", url]))
      assert.strictEqual(ended.code, 1)
      assert.match(ended.err, /no node builder01; orch node list/)
      assert.deepStrictEqual(asked, ["GET", "GET"])
    }
  )

  it("stops watching at once what is not there", async () => {
    let asked = 0
    const ended = await against(() => {
      asked++
      return refusal(404, "Not Found", "There is no module build 42")
    }, (url) => orch(["module-build", "watch", "42", "--url", url]))
    assert.deepStrictEqual([ended.code, asked], [1, 1])
    assert.match(ended.err, /no module build 42/)
  })

  it("asks once for the tests of a build, however many tasks it has", async () => {
    const asked: Array<string | undefined> = []
    const tests = Array.from({ length: 50 }, (_, index) => ({
      id: index,
      task: index,
      package: `p${index}-1-1`,
      revision: 1,
      state: "completed",
      state_reason: "",
      finished_at: null
    }))
    const ended = await against(({ url }) => {
      asked.push(url)
      return { status: 200, body: JSON.stringify({ tests, signings: [] }) }
    }, (url) => orch(["test", "list", "7", "--url", url]))
    assert.deepStrictEqual(asked, ["/orch/v1/package-builds/7/checks"], ended.err)
    assert.match(ended.out, /passed +p49-1-1/)
  })

  const wrong: ReadonlyArray<readonly [args: string, option: RegExp]> = [
    ["module-build list --state bogus", /--state.*bogus.*init, wait/],
    ["module-build list --limit 0", /--limit.*from 1/],
    ["module-build list --limit many", /--limit/],
    ["module-build list --offset -1", /--offset/],
    ["module-build prioritize 1 1000", /priority.*-100 to 100/],
    ["module-build show x", /<id>.*x/],
    ["module-build watch", /id/],
    ["module-build list --nope", /--nope/],
    ["module-build list --url x", /--url/],
    ["module-build list --profile x", /--profile/],
    ["module-build submit", /URL/],
    ["repo post a b --extra {", /--extra/]
  ]
  for (const [args, option] of wrong) {
    it(`ends with 2 and names the option: ${args}`, async () => {
      const ended = await orch(args.split(" "))
      assert.strictEqual(ended.code, 2, ended.err)
      assert.match(ended.err, option)
    })
  }

  it("ends with 2 where the file of profiles cannot be understood, and names it", async () => {
    const config = mkdtempSync(join(home, "config-"))
    const file = join(config, "orch/config.yaml")
    mkdirSync(join(config, "orch"))
    writeFileSync(file, "profiles: [")
    const ended = await orch(["module-build", "list"], "", { XDG_CONFIG_HOME: config })
    assert.strictEqual(ended.code, 2)
    assert.include(ended.err, file)
  })

  it("remembers a login, uses it where it is of the server, and forgets it", async () => {
    const seen: Array<string | undefined> = []
    await against((request) => {
      if (request.headers.authorization === "Bearer wrong") {
        return refusal(401, "Unauthorized", "The token is not known")
      }
      if (request.url === "/orch/v1/caller") {
        return { status: 200, body: JSON.stringify({ name: "alice", groups: ["packager"], authentication: "token" }) }
      }
      seen.push(request.headers.authorization)
      return { status: 200, body: JSON.stringify({ items: [], total: 0 }) }
    }, async (url) => {
      const refused = await orch(["login", "--url", url], "wrong\n")
      assert.deepStrictEqual([refused.code, refused.out], [1, ""])
      const login = await orch(["login", "--url", url], "sesame\n")
      assert.strictEqual(login.code, 0, login.err)
      assert.match(login.out, /You are alice at http.*in packager.*profile default/)
      assert.notInclude(login.out, "sesame")
      assert.strictEqual((await orch(["module-build", "list"])).code, 0)
      assert.strictEqual((await orch(["module-build", "list", "--token", "other"])).code, 0)
      assert.match((await orch(["profile", "list"])).out, /^\* default {2}http/)
      assert.strictEqual((await orch(["logout"])).code, 0)
      assert.strictEqual((await orch(["module-build", "list", "--url", url])).code, 0)
    })
    assert.deepStrictEqual(seen, ["Bearer sesame", "Bearer other", undefined])
  })
})

describe("orch koji doctor --json", () => {
  it("answers nothing but JSON for a hub that is away: what is logged goes to standard error", async () => {
    const config = join(home, "koji.conf")
    const { code, err, out } = await against(
      () => ({ status: 502, type: "text/html", body: "<html>Bad Gateway</html>" }),
      (url) => {
        writeFileSync(config, `[away]\nserver = ${url}/kojihub\nauthtype = noauth\n`)
        return orch(["koji", "doctor", "--profile", "away", "--config", config, "--json"])
      }
    )
    assert.strictEqual(code, 1)
    const { healthy, profile } = JSON.parse(out) as { readonly healthy: boolean; readonly profile: string }
    assert.deepStrictEqual([profile, healthy], ["away", false])
    assert.include(err, "HTTP 502")
  })
})
