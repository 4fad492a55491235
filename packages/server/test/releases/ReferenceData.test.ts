/** Reference data of a service and of a file: what is asked, what is heard, and what is said when nobody answers. */
import { assert, describe, it } from "@effect/vitest"
import { ReferenceData } from "@orch/core/ports/release/ReferenceData"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Path from "node:path"
import * as ReferenceDataLayer from "../../src/releases/ReferenceDataLayer.ts"
import * as TestRepository from "../scm/TestRepository.ts"

const source = (name: string, version: string, repository: string) => ({
  match: "exact",
  sourcerpm: { name, version, release: "1.el8" },
  packages: [{ name, arch: "x86_64", repositories: [{ name: repository, arch: "x86_64" }] }]
})

const question = {
  distributions: [
    { platform: "AlmaLinux-8", name: "AlmaLinux", version: "8" },
    { platform: "CentOS-8", name: "CentOS", version: "8" }
  ],
  sources: ["tea-2-1.el8.src.rpm", "pot-1-1.el8.src.rpm"]
}

const ask = (from: string) =>
  Effect.flatMap(ReferenceData, (data) => data.find(question)).pipe(Effect.provide(ReferenceDataLayer.layer(from)))

describe("reference data", () => {
  it.live("is asked of a service for all sources at once, the best distribution first", () =>
    Effect.scoped(Effect.gen(function*() {
      const asked: Array<unknown> = []
      const answers: Readonly<Record<string, unknown>> = {
        "/api/v1/distros/AlmaLinux/8/projects/": [source("tea", "2", "almalinux-8-baseos")],
        "/api/v1/distros/CentOS/8/projects/": [
          source("tea", "2", "centos-8-appstream"),
          { ...source("pot", "1", "centos-8-powertools-debuginfo"), match: "name_version", more: "unknown" }
        ]
      }
      const server = Http.createServer((request, response) => {
        let text = ""
        request.on("data", (chunk: Buffer) => void (text += chunk.toString())).on("end", () => {
          asked.push([request.method, request.url, JSON.parse(text)])
          const body = answers[request.url ?? ""]
          response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}))
        })
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
        () => Effect.sync(() => void server.close())
      )
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      assert.deepStrictEqual(yield* ask(`${url}/`), [
        {
          name: "tea",
          arch: "x86_64",
          family: "baseos",
          repositoryArch: "x86_64",
          platform: "AlmaLinux-8",
          matched: "exact"
        },
        {
          name: "pot",
          arch: "x86_64",
          family: "powertools",
          repositoryArch: "x86_64",
          platform: "CentOS-8",
          matched: "version"
        }
      ])
      assert.deepStrictEqual(asked.map((one) => (one as ReadonlyArray<unknown>).slice(0, 2)), [
        ["POST", "/api/v1/distros/AlmaLinux/8/projects/"],
        ["POST", "/api/v1/distros/CentOS/8/projects/"]
      ])
      const [, , body] = asked[0] as readonly [string, string, unknown]
      assert.deepStrictEqual(body, {
        source_rpms: question.sources,
        match: ["name_only", "name_version", "closest", "exact"]
      })
    })))

  it.live("that does not answer is waited for", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(ask("http://127.0.0.1:9/"))
      assert.isTrue(error.isRetryable)
      assert.strictEqual(error.away, "the reference data")
    }))

  it.live("is read from a file, which fits as well as its sources do", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = TestRepository.temporary()
      yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })))
      const file = Path.join(directory, "reference.json")
      Fs.writeFileSync(
        file,
        JSON.stringify({
          "CentOS 8": [source("tea", "1", "BaseOS"), source("pot", "1", "AppStream"), source("cup", "1", "x")]
        })
      )
      assert.deepStrictEqual(
        (yield* ask(file)).map(({ family, matched, name }) => [name, family, matched]),
        [["tea", "baseos", "name"], ["pot", "appstream", "exact"]]
      )
      Fs.writeFileSync(file, "{")
      const error = yield* Effect.flip(ask(file))
      assert.isFalse(error.isRetryable)
      assert.include(error.message, file)
    })))
})
