import { assert, describe, it } from "@effect/vitest"
import * as AlbsBody from "@orch/api/albs/AlbsBody"
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import * as BuildWire from "@orch/api/albs/BuildWire"
import * as PlatformWire from "@orch/api/albs/PlatformWire"
import * as SignWire from "@orch/api/albs/SignWire"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const problems = (schema: Schema.Codec<unknown, unknown>, given: unknown): ReadonlyArray<string> => {
  const read = AlbsBody.decode(schema, given, [])
  return Result.isFailure(read)
    ? read.failure.map(({ loc, msg, type }) => `${loc.join(".")} ${type}: ${msg}`)
    : []
}

describe("bodies", () => {
  const ask = { supported_arches: ["x86_64"] }
  const cases: ReadonlyArray<[string, unknown, unknown]> = [
    ["bare", ask, ask],
    ["wrapped", { request: ask }, ask],
    ["with more beside the name, it is no wrapping", { request: ask, more: 1 }, { request: ask, more: 1 }],
    ["a list", [1], [1]],
    ["no object inside", { request: 1 }, { request: 1 }],
    ["nothing", null, null]
  ]
  for (const [what, given, expected] of cases) {
    it(`${what}`, () => assert.deepStrictEqual(AlbsBody.unwrap(given, "request"), expected))
  }

  it("a key of the body itself is no wrapping, unless it is there again inside", () => {
    const report = { api_version: "1.0", result: { tests: {} } }
    assert.deepStrictEqual(AlbsBody.unwrap({ result: report }, "result"), report)
    assert.deepStrictEqual(AlbsBody.unwrap({ result: { tests: {} } }, "result"), { result: { tests: {} } })
  })

  it("of both forms are read alike", () => {
    for (const given of [ask, { request: ask }]) {
      assert.deepStrictEqual(Result.getOrThrow(AlbsBody.decode(BuildWire.GetTask, given, ["request"])), ask)
    }
  })

  it("of thousands of faults are not answered with as many problems", () => {
    const faults = (count: number) =>
      problems(BuildWire.BuildDone, {
        task_id: 1,
        status: "done",
        artifacts: Array.from({ length: count }, () => ({}))
      })
    assert.strictEqual(faults(100).length, 200)
    assert.deepStrictEqual(faults(50_000), ["body.artifacts.0.name missing: Field required"])
  })

  it("name every problem with its place, and never repeat what was sent", () => {
    assert.deepStrictEqual(problems(BuildWire.BuildDone, { status: "secret", artifacts: [{ name: 1 }] }), [
      "body.task_id missing: Field required",
      "body.status literal_error: Input should be 'done', 'failed' or 'excluded'",
      "body.artifacts.0.name string_type: Input should be a valid string",
      "body.artifacts.0.type missing: Field required",
      "body.artifacts.0.href missing: Field required"
    ])
  })

  it("take what stands for numbers and truth values, as pydantic does", () => {
    const read = (given: object) =>
      Result.getOrThrow(AlbsBody.decode(SignWire.SignTaskComplete, { build_id: 1, success: true, ...given }, []))
    for (const seven of [7, "7", " +7.0 ", "0_7"]) assert.strictEqual(read({ build_id: seven }).build_id, 7, `${seven}`)
    assert.strictEqual(read({ build_id: true }).build_id, 1)
    for (const yes of [true, 1, "1", "true", "On", "YES", "t"]) assert.isTrue(read({ success: yes }).success, `${yes}`)
    for (const no of [false, 0, "0", "False", "off", "n"]) assert.isFalse(read({ success: no }).success, `${no}`)
    assert.deepStrictEqual(read({ packages: [{ id: "3", name: "n", href: "h" }] }).packages?.[0]?.id, 3)
    assert.deepStrictEqual(read({ stats: { seconds: "1", done: "yes" } }).stats, { seconds: "1", done: "yes" })
    const task = { url: "u", ref_type: "1", enabled: "off", mock_options: { definitions: { with: "1" } } }
    const build = {
      platforms: [{ name: "p", arch_list: [], parallel_mode_enabled: "no" }],
      tasks: [task],
      product_id: "1"
    }
    assert.deepStrictEqual(Result.getOrThrow(AlbsBody.decode(BuildWire.BuildCreate, build, [])), {
      platforms: [{ name: "p", arch_list: [], parallel_mode_enabled: false }],
      tasks: [{ ...task, enabled: false }],
      product_id: 1
    })
    assert.deepStrictEqual(Result.getOrThrow(AlbsBody.decode(PlatformWire.RepositoryIds, ["1", 2], [])), [1, 2])
  })

  it("say what stands for neither", () => {
    const said = (id: unknown, success: unknown = true) =>
      problems(SignWire.SignTaskComplete, { build_id: id, success }).join()
    assert.match(said("1.5"), /^body\.build_id int_parsing: Input should be a valid integer, unable to parse string/)
    assert.match(said("1e3"), /^body\.build_id int_/)
    assert.match(said(1.5), /^body\.build_id int_from_float: /)
    assert.match(said(2 ** 60), /^body\.build_id int_parsing_size: /)
    assert.strictEqual(said([]), "body.build_id int_type: Input should be a valid integer")
    for (const neither of [2, "2", " true", "1.0", ""]) assert.match(said(1, neither), /^body\.success bool_parsing: /)
    assert.match(said(1, {}), /^body\.success bool_type: /)
    const ids = (given: unknown) => problems(PlatformWire.RepositoryIds, [given]).join()
    assert.match(ids("x"), /^body\.0 int_parsing: /)
    assert.match(
      problems(SignWire.SignKeyCreate, { platform_ids: ["x"] }).at(-1)!,
      /^body\.platform_ids\.0 int_parsing: /
    )
  })

  it("of a platform that would break its nodes say why", () => {
    const said = problems(PlatformWire.PlatformCreate, {
      name: "p",
      type: "rpm",
      distr_type: "rhel",
      distr_version: "8",
      arch_list: ["x86_64"],
      data: { yum: { exclude: "" } }
    })
    assert.lengthOf(said, 1)
    assert.match(said[0]!, /^body\.data\.yum\.exclude value_error: Value error, an empty text makes every build/)
  })

  it("of platforms are refused where their names would lead elsewhere", () => {
    const said = (fields: object) =>
      problems(PlatformWire.PlatformCreate, {
        name: "p",
        type: "rpm",
        distr_type: "rhel",
        distr_version: "8",
        arch_list: ["x86_64"],
        ...fields
      }).map((problem) => problem.split(" ")[0])
    assert.deepStrictEqual(said({}), [])
    assert.deepStrictEqual(said({ name: "AlmaLinux Kitten-10", arch_list: ["x86_64_v2"] }), [])
    for (const name of ["a/b", "..", ".", "a\u0000b", ""]) assert.deepStrictEqual(said({ name }), ["body.name"], name)
    assert.deepStrictEqual(said({ arch_list: ["../x", "x86_64", ""] }), ["body.arch_list.0", "body.arch_list.2"])
    assert.deepStrictEqual(problems(PlatformWire.PlatformModify, { name: "p", arch_list: ["a b"] }).length, 1)
  })

  it("of builds take both kinds of tasks, and a module's version as text only", () => {
    const module = {
      module_name: "m",
      module_stream: "1",
      modules_yaml: "---",
      refs: [],
      module_version: "80500202611"
    }
    const build = (task: unknown) => ({ platforms: [{ name: "p", arch_list: ["x86_64"] }], tasks: [task] })
    assert.deepStrictEqual(problems(BuildWire.BuildCreate, build(module)), [])
    assert.deepStrictEqual(problems(BuildWire.BuildCreate, build({ url: "u", ref_type: 1 })), [])
    assert.include(
      problems(BuildWire.BuildCreate, build({ ...module, module_version: 80500202611 })).join("\n"),
      "body.tasks.0.module_version string_type"
    )
  })
})

describe("times", () => {
  it("are written without a zone, in microseconds", () => {
    assert.strictEqual(AlbsTime.format(Date.UTC(2021, 11, 22, 10, 8, 54, 123)), "2021-12-22T10:08:54.123000")
    assert.isNull(AlbsTime.formatOptional(undefined))
  })
  const cases: ReadonlyArray<[string, number | undefined]> = [
    ["2026-01-01 10:00:00.1", Date.UTC(2026, 0, 1, 10, 0, 0, 100)],
    ["2026-01-01T10:00:00.123456", Date.UTC(2026, 0, 1, 10, 0, 0, 123)],
    ["2026-01-01T10:00:00+02:00", Date.UTC(2026, 0, 1, 8)],
    ["2026-01-01T10:00:00Z", Date.UTC(2026, 0, 1, 10)],
    ["2026-13-01 10:00:00", undefined],
    ["yesterday", undefined]
  ]
  for (const [text, expected] of cases) {
    it(`reads ${text}`, () => assert.strictEqual(AlbsTime.parse(text), expected))
  }
})

describe("kinds of references", () => {
  it("are numbers or words", () => {
    assert.strictEqual(AlbsStatus.refType(2), "git_tag")
    assert.strictEqual(AlbsStatus.refType("3"), "srpm_url")
    assert.strictEqual(AlbsStatus.refType("git_ref"), "git_ref")
    assert.isUndefined(AlbsStatus.refType(5))
    assert.isUndefined(AlbsStatus.refType("toString"))
  })
})

const recorded = join(
  process.env["ORCH_SHARED_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data"),
  "albs-exchanges"
)
describe.runIf(existsSync(recorded))("recorded exchanges (skipped where ../shared/data is absent)", () => {
  interface Exchange {
    readonly label: string
    readonly request: { readonly method: string; readonly path: string; readonly body: unknown }
    readonly response: { readonly status: number; readonly body: unknown }
  }
  const names = existsSync(recorded) ? readdirSync(recorded) : []
  const exchanges = names.filter((name) => /^\d+.*\.json$/.test(name)).map((name) =>
    JSON.parse(readFileSync(join(recorded, name), "utf8")) as Exchange
  )
  const keysOf = (value: unknown): Array<string> =>
    typeof value === "object" && value !== null ? Object.keys(value).sort() : []

  it("bodies that the real server took are taken", () => {
    let read = 0
    for (const { label, request: { body, method, path }, response: { status } } of exchanges) {
      const schema = bodies[`${method} ${path.replace(/\/\d+/g, "/ID")}`]
      if (schema === undefined || status >= 400) continue
      const result = AlbsBody.decode(schema, body, [])
      // An empty exclude breaks the real node, so that one is refused.
      const said = Result.isFailure(result) ? result.failure.filter(({ loc }) => loc.at(-1) !== "exclude") : []
      assert.deepStrictEqual(said, [], label)
      read++
    }
    assert.isAbove(read, 10)
  })

  it("every key of a build that is shown is one of ours", () => {
    const shown = exchanges.filter(({ request: { path }, response: { status } }) =>
      status === 200 && /^\/api\/v1\/builds\/\d+\/$/.test(path)
    )
    assert.isNotEmpty(shown)
    for (const { label, response: { body } } of shown) {
      assert.includeMembers(Object.keys(BuildWire.BuildWire.fields), keysOf(body), label)
      for (const task of (body as { readonly tasks: ReadonlyArray<object> }).tasks) {
        assert.includeMembers(Object.keys(BuildWire.BuildTaskWire.fields), keysOf(task), label)
      }
    }
  })

  const bodies: Readonly<Record<string, Schema.Codec<unknown, unknown>>> = {
    "POST /api/v1/builds/": BuildWire.BuildCreate,
    "POST /api/v1/build_node/get_task": BuildWire.GetTask,
    "POST /api/v1/build_node/ping": BuildWire.Ping,
    "POST /api/v1/build_node/build_done": BuildWire.BuildDone,
    "POST /api/v1/platforms/": PlatformWire.PlatformCreate,
    "PUT /api/v1/platforms/": PlatformWire.PlatformModify,
    "PATCH /api/v1/platforms/ID/add-repositories": PlatformWire.RepositoryIds,
    "POST /api/v1/products/": PlatformWire.ProductCreate
  }
})
