/** The Module Build Service's face over real HTTP, on the embedded database and on PostgreSQL. */
import { assert, layer } from "@effect/vitest"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as Xmd from "@orch/core/modulemd/Xmd"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as Databases from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

interface Mbs {
  readonly url: string
  readonly git: string
  /** A module's repository at `modules/NAME`, branch `1`, one commit with this document. */
  readonly module: (name: string, document: string) => { readonly scmurl: string; readonly commit: string }
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>
  ) => Effect.Effect<{ readonly status: number; readonly headers: Headers; readonly body: any }>
}

class Server extends Context.Service<Server, Mbs>()("test/mbs/Server") {}

const serve = (environment: Readonly<Record<string, string>>) =>
  Layer.effect(
    Server,
    Effect.gen(function*() {
      const { git, url } = yield* TestServer.start(environment)
      return {
        url,
        git,
        module: (name, document) => {
          const repository = TestRepository.make(Path.join(git, "modules", name))
          repository.git("checkout", "--quiet", "-b", "1")
          const commit = repository.commit({ [`${name}.yaml`]: document })
          return { scmurl: `${repository.url}?#${commit}`, commit }
        },
        call: (method, path, body, headers = {}) =>
          Effect.promise(async () => {
            const response = await fetch(`${url}/module-build-service${path}`, {
              method,
              redirect: "manual",
              headers,
              ...(body === undefined
                ? {}
                : { body: typeof body === "string" || body instanceof FormData ? body : JSON.stringify(body) })
            })
            const text = await response.text()
            return {
              status: response.status,
              headers: response.headers,
              body: text === "" || !text.startsWith("{") && !text.startsWith("[") ? text : JSON.parse(text)
            }
          })
      }
    })
  )

/** A module whose one component does not exist, so that nothing is built however long it lives. */
const document = (name: string, extra: ReadonlyArray<string> = [], components: ReadonlyArray<string> = ["lost"]) =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    `  name: ${name}`,
    "  summary: Test",
    "  description: For tests",
    "  license: {module: [MIT]}",
    "  dependencies:",
    "    - buildrequires: {platform: [el9]}",
    "      requires: {platform: [el9]}",
    ...extra,
    "  components:",
    "    rpms:",
    ...components.flatMap((component, index) => [
      `      ${component}: {rationale: Test, ref: main, buildorder: ${index}}`
    ]),
    ""
  ].join("\n")

const settings = {
  ORCH_ALLOW_SCRATCH: "true",
  ORCH_REBUILD_STRATEGIES: "all,only-changed",
  ORCH_IMPORT_GROUPS: "packager"
}

const suites: ReadonlyArray<readonly [string, Layer.Layer<Server>]> = [
  ["PGlite", serve(settings) as Layer.Layer<Server>],
  ...(Databases.databases.length > 1
    ? [
      [
        "PostgreSQL",
        Layer.unwrap(
          Effect.map(Databases.temporaryDatabase, ({ url }) => serve({ ...settings, DATABASE_URL: url }))
        ) as Layer.Layer<Server>
      ] as const
    ]
    : [])
]

for (const [name, server] of suites) {
  layer(server, { timeout: "2 minutes" })(`the Module Build Service's face on ${name}`, (it) => {
    it.effect("tells what it is", () =>
      Effect.gen(function*() {
        const { call } = yield* Server
        const about = yield* call("GET", "/1/about/")
        assert.strictEqual(about.status, 200)
        assert.strictEqual(about.body.api_version, 2)
        assert.strictEqual(about.headers.get("access-control-allow-origin"), "*")
        const { body } = yield* call("GET", "/2/rebuild-strategies/")
        assert.deepStrictEqual(
          body.items.map(({ allowed, default: isDefault, name }: any) => [name, allowed, isDefault]),
          [
            ["all", true, false],
            ["changed-and-after", true, true],
            ["content", false, false],
            ["only-changed", true, false]
          ]
        )
      }))

    it.effect("answers errors in its form", () =>
      Effect.gen(function*() {
        const { call } = yield* Server
        const cases: ReadonlyArray<readonly [string, string, unknown, number, string]> = [
          ["GET", "/3/about/", undefined, 404, "The requested API version is not available"],
          ["GET", "/0/module-builds/", undefined, 404, "The requested API version is not available"],
          ["GET", "/1/module-builds/424242", undefined, 404, "No such module found."],
          ["GET", "/1/component-builds/424242", undefined, 404, "No such component found."],
          ["GET", "/1/module-builds/424242/messages", undefined, 404, "No such module found."],
          ["GET", "/1/final-modulemd/424242", undefined, 404, "The module could not be found"],
          ["PATCH", "/1/module-builds/424242", { state: "failed" }, 404, "No such module found."],
          [
            "GET",
            "/1/module-builds/?id=1",
            undefined,
            400,
            "The \"id\" query option is invalid. Did you mean to go to \"/module-build-service/1/module-builds/1\"?"
          ],
          [
            "GET",
            "/2/component-builds/7?id=9",
            undefined,
            400,
            "The \"id\" query option is invalid. Did you mean to go to \"/module-build-service/2/component-builds/9\"?"
          ],
          ["GET", "/1/module-builds/?state=sleeping", undefined, 400, "Invalid state was supplied: sleeping"],
          [
            "GET",
            "/1/module-builds/?order_by=color",
            undefined,
            400,
            "An invalid ordering key of \"color\" was supplied"
          ],
          [
            "GET",
            "/1/module-builds/?order_by=id&order_desc_by=id",
            undefined,
            400,
            "You may not specify both order_by and order_desc_by"
          ],
          ["POST", "/1/module-builds/", "{", 400, "Invalid JSON submitted"],
          ["POST", "/1/module-builds/", "[]", 400, "Invalid JSON submitted"],
          ["POST", "/1/module-builds/", "\ufeff{}", 400, "Invalid JSON submitted"],
          ["POST", "/1/module-builds/", {}, 400, "Missing scmurl"],
          [
            "POST",
            "/1/module-builds/",
            { scmurl: "git://elsewhere.example.org/foo?#1", branch: "main" },
            403,
            "The submitted scmurl git://elsewhere.example.org/foo?#1 is not allowed"
          ],
          ["POST", "/1/module-builds/", { modulemd: "a: b" }, 403, "YAML submission is not enabled"],
          ["POST", "/1/module-builds/", { srpms: ["x"] }, 403, "srpms may only be specified for scratch builds"],
          ["POST", "/1/module-builds/", { scratch: true, modulemd: "" }, 422, "The input modulemd was empty"]
        ]
        for (const [method, path, body, status, message] of cases) {
          const answer = yield* call(method, path, body)
          assert.deepInclude(answer.body, { status, message }, `${method} ${path}`)
          assert.strictEqual(answer.status, status)
        }
        const wrong = yield* call("DELETE", "/1/module-builds/")
        assert.deepStrictEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, POST"])
        const options = yield* call("OPTIONS", "/1/module-builds/1")
        assert.deepStrictEqual([options.status, options.headers.get("allow")], [200, "GET, PATCH, HEAD, OPTIONS"])
      }))

    it.effect("submits, shows, lists and cancels a build", () =>
      Effect.gen(function*() {
        const { call, module } = yield* Server
        const { commit, scmurl } = module("first", document("first", [], ["one", "two"]))
        const submitted = yield* call("POST", "/2/module-builds/", {
          scmurl,
          branch: "1",
          rebuild_strategy: "only-changed"
        })
        assert.strictEqual(submitted.status, 201, JSON.stringify(submitted.body))
        const [build] = submitted.body
        assert.deepInclude(build, {
          name: "first",
          stream: "1",
          version: "920231114221320",
          state: 0,
          state_name: "init",
          state_reason: null,
          scratch: false,
          owner: "anonymous",
          koji_tag: null,
          rebuild_strategy: "only-changed",
          srpms: [],
          siblings: [],
          scmurl,
          time_completed: null,
          stream_version: null,
          virtual_streams: [],
          reused_module_id: null,
          state_url: `/module-build-service/2/module-builds/${build.id}`
        })
        assert.match(build.context, /^[0-9a-f]{8}$/)
        assert.match(build.build_context, /^[0-9a-f]{40}$/)
        assert.deepInclude(build.buildrequires.platform, { stream: "el9", ref: "" })
        assert.include(build.modulemd, commit)
        assert.deepStrictEqual(Object.keys(build.tasks.rpms), ["one", "two"])
        assert.deepStrictEqual(build.tasks.rpms.one, { task_id: null, state: null, state_reason: null, nvr: null })

        const failed = yield* call("GET", `/1/module-builds/${build.id}?verbose=1`).pipe(
          Effect.repeat({ until: ({ body }) => body.state_name === "failed" })
        )
        assert.include(failed.body.state_reason, "one")
        assert.deepStrictEqual(failed.body.state_trace.map(({ state_name }: any) => state_name), ["init", "failed"])
        assert.match(failed.body.time_completed, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

        const cancel = yield* call("PATCH", `/1/module-builds/${build.id}`, { state: "failed" })
        assert.deepInclude(cancel.body, {
          status: 400,
          message: "To cancel a module build, it must be in one of the following states: build, init, wait"
        })

        const listed = yield* call("GET", "/1/module-builds/?name=first&state=failed&state=build&short=true")
        assert.deepStrictEqual(listed.body.items.map(({ id }: any) => id), [build.id])
        assert.deepStrictEqual(Object.keys(listed.body.items[0]).sort(), [
          "context",
          "id",
          "name",
          "scratch",
          "state",
          "state_name",
          "stream",
          "version"
        ])

        const components = yield* call("GET", `/1/component-builds/?module_build=${build.id}&order_by=id&verbose=true`)
        assert.deepStrictEqual(
          components.body.items.map((
            { batch, format, module_build, package: name, state_name }: any
          ) => [name, batch, format, module_build, state_name]),
          [["one", 2, "rpms", build.id, "FAILED"], ["two", 3, "rpms", build.id, "FAILED"]]
        )
        // What never began has failed with its build, and the build never had a tag.
        assert.strictEqual(components.body.items[1].state_reason, failed.body.state_reason)
        assert.deepInclude(failed.body, { koji_tag: null, batch: 0 })
        const byState = yield* call("GET", `/1/component-builds/?module_build=${build.id}&state=failed`)
        assert.strictEqual(byState.body.meta.total, 2)
        const one = yield* call("GET", `/1/component-builds/${components.body.items[0].id}`)
        assert.strictEqual(one.body.package, "one")

        const messages = yield* call("GET", `/1/module-builds/${build.id}/messages?per_page=1`)
        assert.strictEqual(messages.body.messages.length, 1)
        assert.include(messages.body.messages[0].message, "failed")
        assert.strictEqual(messages.body.meta.total, 2)

        const again = yield* call("POST", "/1/module-builds/", { scmurl, branch: "1", rebuild_strategy: "all" })
        assert.deepInclude(again.body, {
          status: 400,
          message: "You cannot change the module's \"rebuild_strategy\" when resuming a module build"
        })
        const resumed = yield* call("POST", "/1/module-builds/", { scmurl, branch: "1" })
        assert.deepStrictEqual([resumed.status, resumed.body.id], [201, build.id])
        const trace = (yield* call("GET", `/1/module-builds/${build.id}?verbose=1`)).body.state_trace
        assert.deepInclude(trace[2], { state_name: "init", reason: "Resubmitted by anonymous" })

        const explained = yield* call("GET", `/1/module-builds/${build.id}/explain`)
        assert.deepStrictEqual(explained.body.components.map(({ component }: any) => component), ["one", "two"])
      }))

    it.effect("refuses what does not fit repository and branch", () =>
      Effect.gen(function*() {
        const { call, git, module } = yield* Server
        const submit = (name: string, text: string, branch = "1", more = {}) =>
          Effect.gen(function*() {
            const { scmurl } = module(name, text)
            return (yield* call("POST", "/1/module-builds/", { scmurl, branch, ...more })).body
          })
        assert.include((yield* submit("renamed", document("other"))).message, "The name \"other\"")
        assert.strictEqual(
          (yield* submit("moved", document("moved", ["  stream: \"2\""]))).message,
          "The stream \"2\" that is stored in the modulemd does not match the branch \"1\""
        )
        for (const [index, branch] of ["2", "refs/heads/1", "-x"].entries()) {
          const { message, status } = yield* submit(`lost${index}`, document(`lost${index}`), branch)
          assert.deepStrictEqual(
            [status, message.replace(/[0-9a-f]{40}/, "COMMIT")],
            [400, `Commit COMMIT is not in branch ${branch}.`]
          )
        }
        assert.include(
          (yield* submit("marked", document("marked", ["  xmd: {mbs: {a: b}}"]))).message,
          "reserved for MBS"
        )
        const broken = yield* submit("broken", document("broken").replace("buildorder", "buildordr"))
        assert.strictEqual(broken.status, 422)
        assert.include(broken.message, "The modulemd broken.yaml is invalid. Please verify the syntax is correct.")
        assert.isAbove(broken.problems[0].line, 1)
        const { scmurl } = module("here", document("here"))
        Fs.cpSync(Path.join(git, "modules", "here"), Path.join(git, "modules", "elsewhere"), { recursive: true })
        const lost = yield* call("POST", "/1/module-builds/", {
          scmurl: scmurl.replace("/here?", "/elsewhere?"),
          branch: "1"
        })
        assert.strictEqual(lost.status, 422)
        assert.match(lost.body.message, /^The SCM repository doesn't contain a modulemd file: .*elsewhere\.yaml/)
        const overridden = yield* submit("overridden", document("overridden"), "1", {
          buildrequire_overrides: { perl: ["5.30"] }
        })
        assert.strictEqual(
          overridden.message,
          "The buildrequire overrides for the following modules aren't applicable: perl"
        )
        const platform = yield* submit("nowhere", document("nowhere"), "1", {
          buildrequire_overrides: { platform: ["f1"] }
        })
        assert.deepStrictEqual([platform.status, platform.error], [422, "Unprocessable Entity"])
      }))

    it.effect("numbers scratch builds, from text or form", () =>
      Effect.gen(function*() {
        const { call } = yield* Server
        const text = document("scratched", ["  version: 7"])
        const first = yield* call("POST", "/1/module-builds/", { modulemd: text, module_stream: "s", scratch: true })
        assert.strictEqual(first.status, 201, JSON.stringify(first.body))
        assert.match(first.body.context, /^[0-9a-f]{8}_1$/)
        assert.deepInclude(first.body, { name: "scratched", stream: "s", version: "97", scratch: true, scmurl: null })
        assert.include(first.body.modulemd, first.body.context)
        const form = new FormData()
        form.set("yaml", new File([text], "named.yaml"))
        form.set("scratch", "True")
        form.set("module_stream", "s")
        form.set("owner", "somebody")
        const second = yield* call("POST", "/1/module-builds/", form)
        assert.strictEqual(second.status, 201, JSON.stringify(second.body))
        assert.match(second.body.context, /_2$/)
        assert.strictEqual(second.body.owner, "somebody")
        assert.deepStrictEqual(second.body.siblings, [first.body.id])
      }))

    it.effect("builds components that name no reference from master, and writes down what was asked", () =>
      Effect.gen(function*() {
        const { call, module } = yield* Server
        const text = document("branched", [], ["free", "bound", "moved"]).replace(
          "free: {rationale: Test, ref: main",
          "free: {rationale: Test"
        )
        const { commit, scmurl } = module("branched", text)
        const { body } = yield* call("POST", "/1/module-builds/", {
          scmurl,
          branch: "1",
          rpm_component_ref_overrides: { moved: "next" }
        })
        const read = Modulemd.read(body.modulemd).documents[0] as ModuleStreamV2
        assert.deepStrictEqual(Array.from(read.components.rpms, ([name, { ref }]) => [name, ref]), [
          ["bound", "main"],
          ["free", "master"],
          ["moved", "next"]
        ])
        assert.strictEqual(Xmd.get(read.xmd, "mbs", "branch"), "1")
        assert.strictEqual(Xmd.get(read.xmd, "mbs", "commit"), commit)
        assert.strictEqual(Xmd.get(read.xmd, "mbs", "rpm_component_ref_overrides", "moved"), "next")
      }))

    it.effect("lets only the owner cancel", () =>
      Effect.gen(function*() {
        const { call } = yield* Server
        const text = document("mine", ["  version: 8"], [])
        const { body } = yield* call("POST", "/1/module-builds/", {
          modulemd: text.replace(/ {2}components:\n {4}rpms:\n/, ""),
          scratch: true,
          owner: "me"
        })
        const patch = (fields: unknown) => call("PATCH", `/1/module-builds/${body.id}`, fields)
        assert.include(
          (yield* patch({ state: "failed", owner: "you" })).body.message,
          "You are not owner of this build"
        )
        assert.include((yield* patch({ owner: "me" })).body.message, "Invalid JSON submitted")
        assert.include(
          (yield* patch({ state: "ready", owner: "me" })).body.message,
          "An invalid state was submitted. Valid states values are: failed, 4"
        )
      }))

    it.effect("imports base modules, and builds against them", () =>
      Effect.gen(function*() {
        const { call, module, url } = yield* Server
        const platform = (version: number) =>
          [
            "document: modulemd",
            "version: 2",
            "data:",
            "  name: platform",
            "  stream: el8.4.0",
            `  version: ${version}`,
            "  context: \"00000000\"",
            "  summary: Platform",
            "  description: A base module",
            "  license: {module: [MIT]}",
            "  xmd:",
            "    mbs:",
            "      koji_tag: platform-el8.4.0",
            "      koji_side_tag_format: \"{side_tag}-el8\"",
            "      commit: virtual",
            "      mse: true",
            "      virtual_streams: [el8]",
            ""
          ].join("\n")
        const { scmurl } = module("platform", platform(3))
        const refusals: ReadonlyArray<readonly [Record<string, unknown>, number, string]> = [
          [{ srpms: ["x"] }, 403, "srpms may only be specified for scratch builds"],
          [{ module_stream: "x" }, 400, "Stream name override is only allowed when a YAML file is submitted"]
        ]
        for (const [fields, status, message] of refusals) {
          const { body } = yield* call("POST", "/1/import-module/", { scmurl, ...fields })
          assert.deepInclude(body, { status, message })
        }
        const imported = yield* call("POST", "/1/import-module/", { scmurl })
        assert.strictEqual(imported.status, 201, JSON.stringify(imported.body))
        assert.deepStrictEqual(imported.body.messages, ["Module platform:el8.4.0:3:00000000 imported"])
        assert.deepInclude(imported.body.module, {
          name: "platform",
          state: 5,
          owner: "mbs_import",
          koji_tag: "platform-el8.4.0"
        })
        assert.notProperty(imported.body.module, "tasks")
        const again = yield* call("POST", "/1/import-module/", { scmurl })
        assert.deepStrictEqual(again.body.messages.length, 2)
        assert.strictEqual(again.body.module.id, imported.body.module.id)

        const detail = yield* Effect.promise(async () =>
          (await fetch(`${url}/orch/v1/module-builds/${imported.body.module.id}`)).json() as any
        )
        assert.deepStrictEqual(detail.trace.map(({ cause, state }: any) => [state, cause]), [
          ["ready", "Imported"],
          ["ready", "Imported"]
        ])
        const messages = yield* call("GET", `/1/module-builds/${imported.body.module.id}/messages`)
        assert.strictEqual(messages.body.meta.total, 2, "both imports were announced")
        const shown = yield* call("GET", "/1/module-builds/?virtual_stream=el8&verbose=true")
        assert.deepInclude(shown.body.items[0], {
          stream_version: 80400,
          build_context: null,
          runtime_context: null,
          rebuild_strategy: "all",
          arches: []
        })
        assert.strictEqual(shown.body.meta.total, 1)
        const lte = (value: string) => call("GET", `/1/module-builds/?name=platform&stream_version_lte=${value}`)
        assert.strictEqual((yield* lte("80500")).body.meta.total, 1)
        assert.strictEqual((yield* lte("80300")).body.meta.total, 0)
        assert.include((yield* lte("8")).body.message, "An invalid value of stream_version_lte was provided.")

        const app = module("built", document("built").replaceAll("el9", "el8.4.0"))
        const built = yield* call("POST", "/1/module-builds/", { scmurl: app.scmurl, branch: "1" })
        assert.strictEqual(built.status, 201, JSON.stringify(built.body))
        assert.match(built.body.version, /^80400/)
        assert.deepStrictEqual(built.body.base_module_buildrequires, [{
          id: imported.body.module.id,
          state: 5,
          state_name: "ready",
          stream: "el8.4.0",
          version: "3",
          name: "platform",
          context: "00000000",
          stream_version: 80400
        }])
        const aside = module("aside", document("aside").replaceAll("el9", "el8.4.0"))
        const inSideTag = { scmurl: aside.scmurl, branch: "1", side_tag: "batch-7" }
        const moved = yield* call("POST", "/1/module-builds/", { ...inSideTag, scratch: true })
        assert.include(moved.body.modulemd, "side_tag: batch-7")
        const nowhere = module("nowhere-aside", document("nowhere-aside"))
        assert.deepInclude(
          (yield* call("POST", "/1/module-builds/", { ...inSideTag, scmurl: nowhere.scmurl })).body,
          { status: 422, message: "None of the buildrequired base modules are configured for side tags." }
        )
        const by = (query: string) => call("GET", `/1/module-builds/?${query}&scratch=false&short=1`)
        for (
          const query of [
            "base_module_br=platform:el8.4.0:3:00000000",
            "base_module_br_name=platform&base_module_br_version=3",
            "base_module_br_stream_version_lte=80400",
            `build_context=${built.body.build_context}`,
            "nsvc=built:1"
          ]
        ) {
          assert.deepStrictEqual((yield* by(query)).body.items.map(({ id }: any) => id), [built.body.id], query)
        }
        assert.strictEqual((yield* by("base_module_br_stream_version_gte=90001")).body.meta.total, 0)
        assert.strictEqual((yield* by("rpm=ghost-1-1.x86_64.rpm")).body.meta.total, 0)
      }))

    it.effect("orders by code points, what is not known first, and what is equal by id", () =>
      Effect.gen(function*() {
        const { call, module } = yield* Server
        const imported: Array<number> = []
        for (const [stream, xmd] of [["b", "{}"], ["B", "{mbs: {koji_tag: b}}"], ["a", "{mbs: {koji_tag: b}}"]]) {
          const text = [
            "document: modulemd",
            "version: 2",
            "data:",
            "  name: ordered",
            `  stream: ${stream}`,
            "  version: 1",
            "  summary: Test",
            "  description: Test",
            "  license: {module: [MIT]}",
            `  xmd: ${xmd}`,
            ""
          ]
          const { scmurl } = module(`ordered-${imported.length}`, text.join("\n"))
          const { body } = yield* call("POST", "/1/import-module/", { scmurl })
          imported.push(body.module.id)
        }
        const [b, B, a] = imported
        const by = (order: string) =>
          Effect.map(
            call("GET", `/1/module-builds/?name=ordered&short=1&${order}`),
            ({ body }) => body.items.map(({ id }: any) => id)
          )
        assert.deepStrictEqual(yield* by("order_by=stream"), [B, a, b])
        assert.deepStrictEqual(yield* by("order_by=koji_tag"), [b, B, a])
        assert.deepStrictEqual(yield* by("order_desc_by=koji_tag"), [B, a, b])
        assert.deepStrictEqual(yield* by("order_desc_by=name"), [b, B, a])
        assert.deepStrictEqual(yield* by("version=1&srpms=[]"), [a, B, b])
        assert.deepStrictEqual(yield* by("version=01"), [])
      }))

    it.effect("pages with links that keep the other arguments, and bounds the page", () =>
      Effect.gen(function*() {
        const { call, url } = yield* Server
        const { body, headers } = yield* call("GET", "/1/module-builds/?per_page=2&page=2&order_by=id")
        const at = (page: number) => `${url}/module-build-service/1/module-builds/?page=${page}&per_page=2&order_by=id`
        assert.deepInclude(body.meta, { page: 2, per_page: 2, prev: at(1), first: at(1), next: at(3) })
        assert.strictEqual(body.meta.pages, Math.ceil(body.meta.total / 2))
        assert.strictEqual(body.meta.last, at(body.meta.pages))
        assert.isBelow(body.items[0].id, body.items[1].id)
        const etag = headers.get("etag")!
        const same = yield* call("GET", "/1/module-builds/?per_page=2&page=2&order_by=id", undefined, {
          "if-none-match": etag
        })
        assert.strictEqual(same.status, 304)
        assert.strictEqual((yield* call("GET", "/1/module-builds/?per_page=100000&short=1")).body.meta.per_page, 100)
        assert.strictEqual((yield* call("GET", "/1/module-builds/?per_page=many&short=1")).body.meta.per_page, 10)
        const newest = yield* call(
          "GET",
          "/1/module-builds/?submitted_after=2000-01-01T00:00:00Z&completed_before=2000-01-01T00:00:00"
        )
        assert.deepStrictEqual(newest.body.items, [])
      }))
  })
}
