/** What the documents of builds say, and what is made of what they ask for. */
import { assert, describe, it } from "@effect/vitest"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Xmd from "@orch/core/modulemd/Xmd"
import * as Effect from "effect/Effect"
import { document } from "../../mbs/MbsServer.ts"
import * as FacesServer from "./FacesServer.ts"

const prefix = "https://git.example.org"
const commit = "a".repeat(40)

const repository = (path: string, text: string): ReadonlyMap<string, FacesServer.Commit> =>
  new Map([[commit, { time: 1_700_000_000, path, bytes: Buffer.from(text) }]])

const serve = Effect.fnUntraced(function*(documents: Readonly<Record<string, string>>) {
  const sources: FacesServer.Sources = new Map([
    ...Object.entries(documents).map(([name, text]) =>
      [`${prefix}/modules/${name}`, repository(`${name}.yaml`, text)] as const
    ),
    [`${prefix}/rpms/lib`, repository("lib.spec", "Name: lib\n")]
  ])
  const url = yield* FacesServer.start(sources, prefix, {
    ORCH_ALLOW_SCRATCH: "true",
    ORCH_PLATFORMS: "el8,el9",
    ORCH_RPMS_REPOSITORY: `${prefix}/rpms/`,
    ORCH_MODULES_REPOSITORY: `${prefix}/modules/`
  })
  const call = (method: string, path: string, body?: unknown) =>
    Effect.promise(async () => {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      return { status: response.status, body: await response.json() as any }
    })
  return {
    call,
    submit: (name: string, more = {}) =>
      call("POST", "/module-build-service/2/module-builds/", {
        scmurl: `${prefix}/modules/${name}?#${commit}`,
        branch: "1",
        ...more
      })
  }
})

const xmdOf = (text: string): any => {
  const [read] = Modulemd.read(text).documents
  assert(read?._tag === "ModuleStreamV2")
  return JSON.parse(JSON.stringify(Xmd.toJson(read.xmd!)))
}

const lib = "lib: {rationale: Test}"
const contexts =
  "{one: {buildrequires: {platform: el8}, requires: {platform: el8}}, two: {buildrequires: {platform: el9}, requires: {platform: el9}}}"

describe("the document of a build", () => {
  it.live(
    "says what is built from where, for which architectures, and of one context only",
    () =>
      Effect.gen(function*() {
        const { call, submit } = yield* serve({
          bare: document({ xmd: `mbs_options: {contexts: ${contexts}}`, components: [lib] }),
          more: document({
            xmd: `mbs_options: {contexts: ${contexts}, blocked_packages: [lib]}, own: kept`,
            components: [lib]
          })
        })
        const { body: [one, two], status } = yield* submit("bare")
        assert.strictEqual(status, 201)
        assert.deepStrictEqual([one.context, two.context], ["one", "two"])
        const xmd = xmdOf(one.modulemd)
        assert.notProperty(xmd, "mbs_options")
        assert.deepInclude(xmd.mbs, { static_context: "TRUE", mse: "TRUE", commit })
        assert.match(one.modulemd, /arches: \[x86_64\]/)
        assert.include(one.modulemd, `repository: ${prefix}/rpms/lib`)
        assert.include(one.modulemd, "ref: master")
        const kept = xmdOf((yield* submit("more")).body[1].modulemd)
        assert.deepStrictEqual(kept.mbs_options, { blocked_packages: ["lib"] })
        assert.strictEqual(kept.own, "kept")

        const again = yield* submit("bare", {
          scmurl: undefined,
          branch: undefined,
          modulemd: two.modulemd,
          scratch: true
        })
        assert.strictEqual(again.status, 201, JSON.stringify(again.body))
        assert.deepStrictEqual(again.body.map((build: any) => build.context), ["two_1"])
        assert.deepStrictEqual(xmdOf(again.body[0].modulemd).mbs.scmurl, "")

        const typed = yield* call("POST", "/orch/v1/module-builds/", { scmurl: `${prefix}/modules/more?#${commit}` })
        const { body: shown } = yield* call("GET", `/orch/v1/module-builds/${typed.body[0].id}`)
        assert.deepStrictEqual(xmdOf(shown.modulemd).mbs.rpms, { lib: { ref: commit } })
      }).pipe(Effect.scoped),
    60_000
  )

  it.live("that asks for what the farm cannot do is built, with a word about it", () =>
    Effect.gen(function*() {
      const { call, submit } = yield* serve({
        wishing: document({
          buildrequires: "platform: [el8]",
          xmd: "mbs_options: {blocked_packages: [bash], shiny: true}",
          components: [lib]
        })
      })
      const { body: [build] } = yield* submit("wishing")
      const { body: { messages } } = yield* call("GET", `/module-build-service/1/module-builds/${build.id}/messages`)
      const told = messages.map(({ message }: { message: string }) => message).join("\n")
      assert.include(told, "xmd.mbs_options.blocked_packages has no effect: the build system memory cannot do that")
      assert.include(told, "xmd.mbs_options.shiny is not known here")
    }).pipe(Effect.scoped), 60_000)
})
