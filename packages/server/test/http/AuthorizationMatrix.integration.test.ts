/**
 * Every endpoint with every kind of caller, in the spelling it has and in those that have opened doors elsewhere.
 *
 * The typed endpoints and their rights are read from the API's description, so a new one is tried without being added here; one
 * that declares no right fails.
 */
import { assert, describe, it } from "@effect/vitest"
import { OrchApi } from "@orch/api"
import * as GatingRoutes from "@orch/api/gating/GatingRoutes"
import * as PdcRoutes from "@orch/api/pdc/PdcRoutes"
import type { RightName } from "@orch/api/Right"
import * as Guard from "@orch/server/http/Guard"
import * as SiteMap from "@orch/web/SiteMap"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { createHash } from "node:crypto"
import { request } from "node:http"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

interface Endpoint {
  readonly method: string
  readonly path: string
  readonly right: RightName
  readonly isPage?: boolean
}

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

/** Who asks: by which header, and what groups they have. */
const callers = {
  nobody: undefined,
  wrong: "Bearer no-such-token",
  reader: "Bearer eve-token",
  user: "Bearer bob-token",
  owner: "Bearer alice-token",
  admin: "Bearer root-token",
  recorder: `Basic ${btoa("jenkins:secret")}`
} as const
type CallerName = keyof typeof callers

const tokens = [["alice", "packager"], ["bob", "packager"], ["eve", "visitors"], ["root", "packager|admins|importers"]]
  .map(([user, groups]) => `${user}:${groups}:${hash(`${user}-token`)}`).join(",")

/** Whether a caller may pass; what they pass to may still be a 404 or 409. */
const passes = (right: RightName, caller: CallerName, openReads: boolean): boolean => {
  const known = ["reader", "user", "owner", "admin"].includes(caller)
  const submits = ["user", "owner", "admin"].includes(caller)
  switch (right) {
    case "public":
      return true
    case "read":
      return openReads || known
    case "known":
      return known
    case "submit":
      return submits
    case "own":
      return caller === "owner" || caller === "admin"
    case "release":
    case "administer":
    case "import":
      return caller === "admin"
    case "record":
      return submits || caller === "recorder"
  }
}

const endpoints = (build: number, packageBuild: number, campaign: number): ReadonlyArray<Endpoint> => {
  const numberIn = (path: string): number | string =>
    path.includes("dead-letters")
      ? "1.1.0"
      : path.includes("package-builds")
      ? packageBuild
      : path.includes("/campaigns/")
      ? campaign
      : build
  const found: Array<Endpoint> = []
  HttpApi.reflect(OrchApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path } }) => {
      const right = Guard.rightOf(method, path)
      if (right === undefined || right === "face") throw new Error(`${method} ${path} declares no right`)
      found.push({
        method,
        right,
        path: path.replace(":id", `${numberIn(path)}`).replace(":component", "slow").replace(":project", "ceph")
          .replace(":host", "node1.example.org").replace(":name", "node1").replace(":number", "1")
          .replace(":topic", "module-build.state").replace(":input", "0".repeat(64))
      })
    }
  })
  const mbs = (version: number): ReadonlyArray<Endpoint> => {
    const at = (method: string, path: string, right: RightName): Endpoint => ({
      method,
      right,
      path: `/module-build-service/${version}/${path}`
    })
    return [
      at("GET", "module-builds/", "read"),
      at("POST", "module-builds/", "submit"),
      at("GET", `module-builds/${build}`, "read"),
      at("PATCH", `module-builds/${build}`, "own"),
      at("GET", `module-builds/${build}/messages`, "read"),
      at("GET", `module-builds/${build}/explain`, "read"),
      at("POST", `module-builds/${build}/components/slow/retry`, "own"),
      at("GET", "component-builds/", "read"),
      at("GET", "final-modulemd/1", "read"),
      at("POST", "import-module/", "import"),
      at("GET", "rebuild-strategies/", "read"),
      at("GET", "about/", "public")
    ]
  }
  const plain = (method: string, path: string, right: RightName): Endpoint => ({ method, path, right })
  const gates = Object.entries(GatingRoutes.rights).map(([place, right]): Endpoint => {
    const [method = "", path = ""] = place.split(" ")
    return plain(method, path.replace(/:(?:id|uuid)/, "1").replace("*", "t"), right)
  })
  const pages = Object.entries(SiteMap.rights).map(([place, right]): Endpoint => {
    const [method = "", path = ""] = place.split(" ")
    return {
      method,
      right,
      path: path.replace(/^\/builds\/:id/, `/builds/${build}`).replace(":component", "slow").replaceAll(/:\w+/g, "1"),
      isPage: true
    }
  })
  return [
    ...found,
    ...gates,
    ...Object.entries(PdcRoutes.rights).map(([place, right]) => {
      const [method = "", path = ""] = place.split(" ")
      return plain(method, path.replace(":id", "1"), right)
    }),
    ...mbs(1),
    ...mbs(2),
    plain("GET", "/api/repos/", "read"),
    plain("POST", "/api/repos/ceph/", "record"),
    plain("GET", "/api/builds/", "read"),
    plain("POST", "/api/builds/ceph/", "record"),
    plain("GET", "/api/search/", "read"),
    plain("GET", "/api/nodes/", "read"),
    plain("POST", "/api/nodes/node1.example.org/", "record"),
    plain("GET", "/api/nodes/next/", "record"),
    plain("POST", "/repos/ceph", "record"),
    plain("GET", "/repos/", "read"),
    plain("GET", "/metrics", "read"),
    ...pages,
    plain("POST", "/act", "known"),
    plain("POST", "/sign-in", "public"),
    plain("POST", "/sign-out", "public"),
    plain("GET", "/sign-in/oidc", "public"),
    plain("GET", "/sign-in/oidc/return", "public"),
    plain("GET", "/sign-in/github", "public"),
    plain("GET", "/sign-in/github/return", "public"),
    plain("GET", "/sign-in/kerberos", "public"),
    plain("GET", "/assets/pages.css", "public"),
    plain("GET", "/logs/1", "read"),
    plain("GET", "/openapi.json", "public"),
    plain("GET", "/docs", "public"),
    plain("GET", "/repositories/", "public")
  ]
}

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16)}`

/** The same path as somebody would write it who looks for an open door. */
const spellings: Readonly<Record<string, (path: string, base: string) => string>> = {
  "two slashes first": (path) => `/${path}`,
  "two slashes inside": (path) => path.replace(/(?<=.)\//, "//"),
  "two slashes everywhere": (path) => path.replaceAll("/", "//"),
  "upper case": (path) => path.toUpperCase(),
  "an encoded letter": (path) => `/${encoded(path[1] ?? "")}${path.slice(2)}`,
  "every letter encoded": (path) => path.replace(/[a-z]/g, encoded),
  "encoded slashes": (path) => `/${path.slice(1).replaceAll("/", "%2f")}`,
  "a dot segment": (path) => `/.${path}`,
  "a way back": (path) => `/health/..${path}`,
  "an encoded way back": (path) => `/health/%2e%2e${path}`,
  "a back slash": (path) => `/\\${path.slice(1)}`,
  "an absolute target": (path, base) => `${base}${path}`,
  "an absolute target elsewhere": (path) => `http://elsewhere.example.org${path}`,
  "a query": (path) => `${path}?x=/health/live`,
  "a fragment": (path) => `${path}%23/health/live`,
  "a trailing slash or none": (path) => path.endsWith("/") ? path.slice(0, -1) || "/" : `${path}/`,
  "a parameter": (path) => path.replace(/\/$/, ";x/")
}

interface Reply {
  readonly status: number
  readonly text: string
}

/** Somebody who signed in with a browser: the cookie, and what proves that a request is of a page of ours. */
const signedIn = (base: string, token: string) =>
  Effect.promise(async () => {
    const headers = { "sec-fetch-site": "same-origin", origin: base }
    const body = new URLSearchParams({ token })
    const answer = await fetch(`${base}/sign-in`, { method: "POST", headers, body, redirect: "manual" })
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? ""
    const page = await (await fetch(`${base}/about`, { headers: { cookie } })).text()
    return { cookie, "x-orch-proof": /data-proof="([^"]+)"/.exec(page)?.[1] ?? "" }
  })

/** Where it counts who is signed in with a browser. */
const countsThere = ({ isPage, path }: Endpoint): boolean =>
  /^\/(orch\/v1|api\/v[12]\.0)\//.test(path) || isPage === true || path === "/act"

const ask = (
  base: string,
  method: string,
  path: string,
  authorization: string | undefined,
  others: Readonly<Record<string, string>> = {}
) =>
  Effect.callback<Reply>((resume) => {
    const { hostname, port } = new URL(base)
    // A body that fits, so that what is decided is who asks.
    const body = method === "GET" ? undefined : path.includes("priority") ? `{"priority":-1}` : "{}"
    const asked = request(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          "content-type": "application/json",
          // Not said by itself for DELETE; the body would be taken for the next request.
          ...(body === undefined ? {} : { "content-length": `${body.length}` }),
          ...others,
          ...(authorization === undefined ? {} : { authorization })
        }
      },
      (response) => {
        let text = ""
        const done = () => {
          asked.destroy()
          resume(Effect.succeed({ status: response.statusCode ?? 0, text }))
        }
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk
          // An event stream never ends.
          if (response.headers["content-type"]?.includes("event-stream") === true) done()
        }).on("end", done)
        if (response.headers["content-type"]?.includes("event-stream") === true) done()
      }
    )
    // Whoever is let in and waits for something has passed.
    asked.setTimeout(10_000, () => {
      asked.destroy()
      resume(Effect.succeed({ status: 200, text: "no answer within 10 seconds" }))
    })
    asked.on("error", () => resume(Effect.succeed({ status: 0, text: "" })))
    asked.end(body)
  })

/** Turned away for who one is. */
const isRefused = ({ status }: Reply): boolean => status === 401 || status === 403 || status === 429

/** Nothing was reached: there is no such path, or the address is refused, or it is written properly first. */
const isNowhere = ({ status, text }: Reply): boolean =>
  [0, 301, 302, 308, 400, 405, 414, 421, 501].includes(status) || (status === 404 && /nothing at|not found/i.test(text))

const server = (openReads: boolean) =>
  Effect.gen(function*() {
    const { git, sql, url } = yield* TestServer.start({
      ORCH_AUTH: "token",
      ORCH_API_TOKENS: tokens,
      ORCH_ADMIN_GROUPS: "admins",
      ORCH_IMPORT_GROUPS: "importers",
      ORCH_BASIC_USERS: "jenkins:secret",
      ORCH_OPEN_READS: `${openReads}`
    })
    TestRepository.make(Path.join(git, "rpms", "slow")).commit({ "slow.spec": "Name: slow\n" })
    const commit = TestRepository.make(Path.join(git, "modules", "mine"))
      .commit({ "mine.yaml": TestServer.modulemd({ slow: [] }) })
    const submitted = yield* Effect.promise(() =>
      fetch(`${url}/rida/module-builds/`, {
        method: "POST",
        headers: { authorization: "Bearer alice-token" },
        body: JSON.stringify({ scmurl: `file://${git}/modules/mine?#${commit}` })
      })
    )
    assert.strictEqual(submitted.status, 201)
    const { id } = (yield* Effect.promise(() => submitted.json())) as { readonly id: number }
    const asked = (path: string, token: string, body: unknown) =>
      Effect.promise(async () => {
        const response = await fetch(`${url}${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify(body)
        })
        return { status: response.status, body: await response.json() as { readonly id: number } }
      })
    const platform = yield* asked("/api/v1/platforms/", "root-token", {
      name: "el9",
      type: "rpm",
      distr_type: "rhel",
      distr_version: "9",
      arch_list: ["x86_64"],
      data: { mock: {}, yum: {}, definitions: {}, versions: [] }
    })
    assert.strictEqual(platform.status, 200, JSON.stringify(platform.body))
    const packageBuild = yield* asked("/orch/v1/package-builds", "alice-token", {
      platforms: [{ name: "el9", arches: ["x86_64"] }],
      refs: [{ url: `file://${git}/rpms/slow`, ref: "main" }]
    })
    assert.strictEqual(packageBuild.status, 201, JSON.stringify(packageBuild.body))
    // A campaign needs modules that are ready; who may steer it is seen on one of nothing.
    const plan = { causes: [{ subject: "rpms/slow" }], by: "alice", nodes: [], automatic: false, width: 1 }
    const progress = { state: "planned", reason: "", holds: [], createdAt: 1, modifiedAt: 1 }
    const [campaign] = yield* sql<{ readonly id: bigint }>`
      INSERT INTO campaign (revision, plan, progress, state)
      VALUES (1, ${JSON.stringify(plan)}::text::jsonb, ${JSON.stringify(progress)}::text::jsonb, 'planned')
      RETURNING id`
    return { url, endpoints: endpoints(id, packageBuild.body.id, Number(campaign!.id)) }
  })

describe.each([true, false])("authorisation with reads open: %s", (openReads) => {
  it.live(
    "is the declared one for every endpoint and caller, and in no spelling less",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { endpoints, url } = yield* server(openReads)
        const wrong: Array<string> = []
        for (const { method, path, right } of endpoints) {
          for (const [caller, authorization] of Object.entries(callers)) {
            const mayPass = passes(right, caller as CallerName, openReads)
            // Guesses are counted: the wrong token is tried in the proper spelling only.
            if (caller === "wrong" && right !== "submit") continue
            const reply = yield* ask(url, method, path, authorization)
            if (isRefused(reply) === mayPass) {
              wrong.push(`${method} ${path} (${right}) as ${caller}: ${reply.status}`)
            }
            if (mayPass || caller === "wrong") continue
            for (const [spelling, write] of Object.entries(spellings)) {
              const spelt = yield* ask(url, method, write(path, url), authorization)
              if (!isRefused(spelt) && !isNowhere(spelt)) {
                wrong.push(`${method} ${path} (${right}) as ${caller} with ${spelling}: ${spelt.status}`)
              }
            }
          }
        }
        for (const [caller, token] of [["user", "bob-token"], ["admin", "root-token"]] as const) {
          const browser = yield* signedIn(url, token)
          for (const endpoint of endpoints) {
            const { isPage, method, path, right } = endpoint
            // Here it is about who one is; what it does to be signed in is tried elsewhere.
            if (path.startsWith("/sign-")) continue
            const mayPass = passes(right, countsThere(endpoint) ? caller : "nobody", openReads)
            const reply = yield* ask(url, method, path, undefined, browser)
            if (isRefused(reply) === mayPass) wrong.push(`${method} ${path} (${right}) in a browser: ${reply.status}`)
            if (method === "GET" || right === "public" || right === "read" || path === "/act" || isPage) continue
            const { status } = yield* ask(url, method, path, undefined, { cookie: browser.cookie })
            if (status !== 401 && status !== 403) wrong.push(`${method} ${path} without a proof: ${status}`)
          }
        }
        assert.deepStrictEqual(wrong, [])
        assert.isAtLeast(endpoints.length, 60)
      })),
    600_000
  )
})

describe("an endpoint", () => {
  it("that declares no right is known as such", () => {
    const api = HttpApi.make("test").add(
      HttpApiGroup.make("group").add(HttpApiEndpoint.get("open", "/open", {}), HttpApiEndpoint.get("shut", "/shut", {}))
    )
    assert.strictEqual(Guard.declaredIn(api).size, 0)
    assert.isUndefined(Guard.rightOf("GET", "/open"))
    assert.isUndefined(Guard.rightOf("GET", "/constructor"))
  })
})

describe("without authentication", () => {
  it.live.each(["0.0.0.0", "::", "0"])("nobody changes anything on %s", (host) =>
    Effect.scoped(Effect.gen(function*() {
      const { url } = yield* TestServer.start({ ORCH_HOST: host })
      const base = `http://127.0.0.1:${new URL(url.replace(/\[.*\]/, "x")).port}`
      for (const { method, path, right } of endpoints(1, 1, 1)) {
        const reply = yield* ask(base, method, path, undefined)
        if (right === "public" || right === "read") assert.isFalse(isRefused(reply), `${method} ${path}`)
        else assert.isTrue(isRefused(reply), `${method} ${path}: ${reply.status}`)
      }
    })), 120_000)

  it.live(
    "repository records are closed, too, once there is any, and one need not be an administrator to read",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* TestServer.start({ ORCH_AUTH: "token", ORCH_API_TOKENS: tokens })
        for (const path of ["/api/repos/ceph/", "/api/nodes/node1.example.org/", "/repos/ceph"]) {
          assert.strictEqual((yield* ask(url, "POST", path, undefined)).status, 401, path)
        }
        assert.strictEqual((yield* ask(url, "GET", "/api/repos/", undefined)).status, 200)
      })),
    60_000
  )
})

describe("guesses", () => {
  it.live(
    "at passwords and tokens are turned away after a while, and those who are known go on",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url } = yield* TestServer.start({
          ORCH_AUTH: "token",
          ORCH_API_TOKENS: tokens,
          ORCH_BASIC_USERS: "jenkins:secret"
        })
        const statuses: Array<number> = []
        for (let n = 0; n < 40; n++) {
          const guess = `Basic ${btoa(`jenkins:${n}`)}`
          statuses.push((yield* ask(url, "POST", "/api/repos/ceph/", guess)).status)
        }
        assert.strictEqual(statuses[0], 401)
        assert.strictEqual(statuses.at(-1), 429)
        // The right password, too, or the thirty-first guess would tell.
        assert.strictEqual((yield* ask(url, "POST", "/api/repos/ceph/", callers.recorder)).status, 429)
        assert.strictEqual((yield* ask(url, "POST", "/rida/module-builds/", "Bearer guess")).status, 401)
        assert.notInclude([401, 403, 429], (yield* ask(url, "POST", "/rida/module-builds/", callers.owner)).status)
      })),
    60_000
  )
})
