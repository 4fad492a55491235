/** The sources of components are looked at when a module is submitted, whatever face it comes through. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { document } from "../../mbs/MbsServer.ts"
import * as SpecFile from "../../support/SpecFile.ts"
import * as FacesServer from "./FacesServer.ts"

const prefix = "https://git.example.org"
const commit = "b".repeat(40)
const faces = {
  rida: ["/rida/module-builds/", {}],
  orch: ["/orch/v1/module-builds/", {}],
  mbs: ["/module-build-service/2/module-builds/", { branch: "1" }]
} as const

const repository = (path: string, text: string): ReadonlyMap<string, FacesServer.Commit> =>
  new Map([[commit, { time: 1_700_000_000, path, bytes: Buffer.from(text) }]])

const modules = {
  wrong: [
    "good: {rationale: Test, ref: main}",
    "none: {rationale: Test, ref: main}",
    "other: {rationale: Test, ref: main}",
    "foreign: {rationale: Test, ref: main}"
  ],
  absent: ["none: {rationale: Test, ref: main}", "nowhere: {rationale: Test, ref: main}"],
  doubtful: [
    "first: {rationale: Test, ref: main, name: good}",
    "good: {rationale: Test, ref: main, buildafter: [first]}",
    "run: {rationale: Test, ref: main}",
    `moved: {rationale: Test, ref: main, repository: "${prefix}/forks/anything"}`
  ]
}

const sources: FacesServer.Sources = new Map([
  ...Object.entries(modules).map(([name, components]) =>
    [
      `${prefix}/modules/${name}`,
      repository(`${name}.yaml`, document({ components, buildrequires: "platform: [el9]" }))
    ] as const
  ),
  [`${prefix}/rpms/good`, repository("good.spec", SpecFile.make("good"))],
  [`${prefix}/rpms/none`, repository("README", "Not here.")],
  [`${prefix}/rpms/other`, repository("another.spec", SpecFile.make("other"))],
  [`${prefix}/rpms/foreign`, repository("foreign.spec", SpecFile.make("domestic"))],
  [`${prefix}/rpms/run`, repository("run.spec", SpecFile.make("run").replace("Version: 1", "Version: %(date +%s)"))],
  [`${prefix}/forks/anything`, repository("moved.spec", `${SpecFile.make("moved")}`)]
])

const serve = Effect.fnUntraced(function*(environment: Readonly<Record<string, string>> = {}) {
  const url = yield* FacesServer.start(sources, prefix, {
    ORCH_PLATFORMS: "el9",
    ORCH_RPMS_REPOSITORY: `${prefix}/rpms/`,
    ORCH_MODULES_REPOSITORY: `${prefix}/modules/`,
    ...environment
  })
  const call = (method: string, path: string, body?: unknown) =>
    Effect.promise(async () => {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      return { status: response.status, body: await response.json() as any }
    })
  const submit = (face: keyof typeof faces, module: keyof typeof modules) => {
    const [path, more] = faces[face]
    return call("POST", path, { scmurl: `${prefix}/modules/${module}?#${commit}`, ...more })
  }
  return { call, submit }
})

class Server extends Context.Service<Server, Effect.Success<ReturnType<typeof serve>>>()("test/Server") {}
const options = { timeout: "120 seconds", excludeTestServices: true } as const

layer(Layer.effect(Server, serve()), options)("the sources of components", (it) => {
  it.effect.each(Object.keys(faces) as ReadonlyArray<keyof typeof faces>)(
    "refuse a submission where they cannot be built, all of them at once: %s",
    (face) =>
      Effect.gen(function*() {
        const { call, submit } = yield* Server
        const { body, status } = yield* submit(face, "wrong")
        assert.strictEqual(status, 422, JSON.stringify(body))
        assert.include(body.message, "The sources of 3 components cannot be built: none, other, foreign")
        assert.deepStrictEqual(
          body.problems.map((one: any) => [one.where, one.code, one.message]),
          [
            ["none", "spec-missing", `${prefix}/rpms/none at ${"b".repeat(12)}: there is no spec file none.spec`],
            [
              "other",
              "spec-name",
              `${prefix}/rpms/other at ${"b".repeat(12)}: the spec file must be other.spec; there is another.spec`
            ],
            [
              "foreign",
              "spec-package",
              `${prefix}/rpms/foreign at ${"b".repeat(12)}: foreign.spec is the spec file of "domestic"`
            ]
          ]
        )
        assert.deepStrictEqual((yield* call("GET", "/orch/v1/module-builds/?name=wrong")).body.items, [])
      })
  )

  it.effect("are named together with those that are not there", () =>
    Effect.gen(function*() {
      const { submit } = yield* Server
      const { body } = yield* submit("orch", "absent")
      assert.deepStrictEqual(
        body.problems.map((one: any) => `${one.where} ${one.code}`),
        ["nowhere source-repository-missing", "none spec-missing"]
      )
      // Alone, what is not there fails the build, as with the Module Build Service; beside what refuses it, it is named.
      const mbs = yield* submit("mbs", "absent")
      assert.deepStrictEqual(
        [mbs.status, mbs.body.problems.map((one: any) => one.where)],
        [422, ["nowhere", "none"]],
        JSON.stringify(mbs.body)
      )
    }))

  it.effect.each(Object.keys(faces) as ReadonlyArray<keyof typeof faces>)(
    "leave a remark on a component where they are doubtful: %s",
    (face) =>
      Effect.gen(function*() {
        const { call, submit } = yield* Server
        const { body, status } = yield* submit(face, "doubtful")
        assert.strictEqual(status, 201, JSON.stringify(body))
        const id = [body].flat()[0].id
        const remark = "The version in run.spec cannot be evaluated: %(date +%s) is not evaluated (line 2)"
        for (const path of ["", "/explain"]) {
          const { components } = (yield* call("GET", `/orch/v1/module-builds/${id}${path}`)).body
          const said = components.flatMap((one: any) =>
            one.remarks.map((text: string) => [one.component ?? one.name, text])
          )
          assert.deepStrictEqual(said, [["run", remark]])
        }
      })
  )
})

layer(Layer.effect(Server, serve({ ORCH_INPUT_SECONDS: "0" })), options)("the sources of components", (it) => {
  it.effect("are not looked at where the installation does not want it", () =>
    Effect.gen(function*() {
      const { submit } = yield* Server
      for (const face of Object.keys(faces) as ReadonlyArray<keyof typeof faces>) {
        const { body, status } = yield* submit(face, "wrong")
        assert.include([200, 201], status, JSON.stringify(body))
      }
    }))
})
