/** A server, git repositories of tiny packages and callers, for the tests of the example node and signer. */
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as TestRepository from "../../packages/server/test/scm/TestRepository.ts"
import * as TestServer from "../../packages/server/test/support/TestServer.ts"

/** A tool of the machine that is not there, if one is missing. */
export const missing = ["rpmbuild", "createrepo_c", "git"].find((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" })
    return false
  } catch {
    return true
  }
})

/** A package with a subpackage that is the same for all architectures. */
export const spec = (name: string): string =>
  [
    `Name: ${name}`,
    "Version: 1.0",
    "Release: 1%{?dist}",
    "Summary: Test",
    "License: MIT",
    "%global debug_package %{nil}",
    "%package doc",
    "Summary: Texts",
    "BuildArch: noarch",
    "%description",
    "Test.",
    "%description doc",
    "Test.",
    "%files",
    "%files doc",
    ""
  ].join("\n")

/** A module of these components. */
export const module = (components: ReadonlyArray<string>): string =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    "  name: demo",
    "  stream: \"1\"",
    "  summary: Test",
    "  description: Test",
    "  license: {module: [MIT]}",
    "  dependencies:",
    "    - buildrequires: {platform: [el8]}",
    "      requires: {platform: [el8]}",
    "  profiles:",
    `    default: {rpms: [${components.join(", ")}]}`,
    "  components:",
    "    rpms:",
    ...components.map((name) => `      ${name}: {rationale: Test}`),
    ""
  ].join("\n")

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

/** A build as far as tests look at it. */
export interface Build {
  readonly id: number
  readonly finished_at: string | null
  readonly sign_tasks: ReadonlyArray<{ readonly status: number }>
  readonly tasks: ReadonlyArray<{
    readonly id: number
    readonly arch: string
    readonly index: number
    readonly status: number
    readonly error: string | null
    readonly artifacts: ReadonlyArray<{ readonly name: string; readonly href: string; readonly type: string }>
    readonly ref: { readonly git_commit_hash: string | null }
  }>
}

/** A server whose callers are alice (packager), node, signer and root. */
export const start = Effect.gen(function*() {
  const server = yield* TestServer.start({
    ORCH_AUTH: "token",
    ORCH_API_TOKENS: [
      `alice:packager:${hash("alice")}`,
      `node1:node:${hash("node")}`,
      `signer1:signer:${hash("signer")}`,
      `root:admins:${hash("root")}`
    ].join(","),
    ORCH_ADMIN_GROUPS: "admins"
  })
  const ask = (method: string, path: string, token: string, body?: unknown) =>
    Effect.promise(async () => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const text = await response.text()
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text) as unknown }
    })
  const platform = yield* ask("POST", "/platforms/", "root", {
    name: "el8",
    type: "rpm",
    distr_type: "rhel",
    distr_version: "8",
    arch_list: ["i686", "x86_64"],
    data: {
      mock: {},
      yum: {},
      definitions: { dist: ".el8" },
      versions: [{ name: "8.5", dist_prefix: "el8.5.0", version_prefix: "80500" }]
    }
  })
  if (platform.status !== 200) throw new Error(JSON.stringify(platform.body))
  return {
    ...server,
    ask,
    /** Commits a package; its commit. */
    commit: (name: string) =>
      TestRepository.make(Path.join(server.git, "rpms", `${name}.git`)).commit({ [`${name}.spec`]: spec(name) }),
    source: (name: string) => `file://${server.git}/rpms/${name}.git`,
    /** Waits until the build has what is waited for, at most a minute and a half. */
    until: Effect.fnUntraced(function*(id: number, isReached: (build: Build) => boolean) {
      for (let tries = 0;; tries++) {
        const build = (yield* ask("GET", `/builds/${id}/`, "alice")).body as Build
        if (isReached(build) || tries > 180) return build
        yield* Effect.sleep("500 millis")
      }
    })
  }
})
