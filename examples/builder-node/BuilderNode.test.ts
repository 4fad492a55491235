import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as TestRepository from "../../packages/server/test/scm/TestRepository.ts"
import * as TestServer from "../../packages/server/test/support/TestServer.ts"
import * as BuilderNode from "./BuilderNode.ts"

const missing = ["rpmbuild", "createrepo_c", "git"].find((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" })
    return false
  } catch {
    return true
  }
})

const spec = (name: string): string =>
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

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

interface Build {
  readonly id: number
  readonly finished_at: string | null
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

describe.skipIf(missing !== undefined)("a farm of one node", () => {
  it.live("builds two packages for two architectures, each from one source package", () =>
    Effect.gen(function*() {
      const server = yield* TestServer.start({
        ORCH_AUTH: "token",
        ORCH_API_TOKENS: `alice:packager:${hash("alice")},node1:node:${hash("node")},root:admins:${hash("root")}`,
        ORCH_ADMIN_GROUPS: "admins"
      })
      const commits = ["chan", "libchan"].map((name) =>
        TestRepository.make(Path.join(server.git, "rpms", `${name}.git`)).commit({ [`${name}.spec`]: spec(name) })
      )
      const ask = (method: string, path: string, token: string, body?: unknown) =>
        Effect.promise(async () => {
          const response = await fetch(`${server.url}/api/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
          return { status: response.status, body: await response.json() as unknown }
        })
      const platform = yield* ask("POST", "/platforms/", "root", {
        name: "el8",
        type: "rpm",
        distr_type: "rhel",
        distr_version: "8",
        arch_list: ["i686", "x86_64"],
        data: { mock: {}, yum: {}, definitions: { dist: ".el8" } }
      })
      assert.strictEqual(platform.status, 200)
      const made = yield* ask("POST", "/builds/", "alice", {
        build: {
          platforms: [{ name: "el8", arch_list: ["x86_64", "i686"] }],
          tasks: ["chan", "libchan"].map((name) => ({
            url: `file://${server.git}/rpms/${name}.git`,
            git_ref: "main",
            ref_type: 1
          }))
        }
      })
      assert.strictEqual(made.status, 200, JSON.stringify(made.body))
      const { id } = made.body as Build
      const stop = new AbortController()
      const node = BuilderNode.run({
        url: server.url,
        token: "node",
        arches: ["src", "x86_64", "i686"],
        excluded: [],
        threads: 2,
        interval: 200,
        signal: stop.signal
      })
      let build = (yield* ask("GET", `/builds/${id}/`, "alice")).body as Build
      for (let seconds = 0; build.finished_at === null && seconds < 100; seconds++) {
        yield* Effect.sleep("500 millis")
        build = (yield* ask("GET", `/builds/${id}/`, "alice")).body as Build
      }
      stop.abort()
      yield* Effect.promise(() => node)
      assert.deepStrictEqual(
        build.tasks.map(({ arch, error, index, status }) => [arch, index, status, error]),
        [
          ["src", 0, 2, null],
          ["src", 1, 2, null],
          ["i686", 0, 2, null],
          ["i686", 1, 2, null],
          ["x86_64", 0, 2, null],
          ["x86_64", 1, 2, null]
        ]
      )
      assert.strictEqual(build.tasks[0]!.ref.git_commit_hash, commits[0])
      const packages = (task: Build["tasks"][number]) =>
        task.artifacts.filter(({ type }) => type === "rpm").map(({ name }) => name).sort()
      assert.deepStrictEqual(packages(build.tasks[4]!), [
        "chan-1.0-1.el8.src.rpm",
        "chan-1.0-1.el8.x86_64.rpm",
        "chan-doc-1.0-1.el8.noarch.rpm"
      ])
      const docs = build.tasks.flatMap(({ artifacts }) => artifacts.filter(({ name }) => name.startsWith("chan-doc")))
      assert.lengthOf(
        new Set(docs.map(({ href }) => href)),
        1,
        "packages without architecture are the same file everywhere"
      )
      const index = yield* Effect.promise(async () =>
        (await fetch(`${server.url}/repositories/builds/el8-x86_64-${id}-br/repodata/repomd.xml`)).status
      )
      assert.strictEqual(index, 200)
    }).pipe(Effect.scoped), 120_000)
})
