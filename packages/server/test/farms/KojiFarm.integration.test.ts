import { assert, describe, it } from "@effect/vitest"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import { OrchClient, WatchModuleBuild } from "@orch/client"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as GitServer from "../scm/GitServer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

const hub = Effect.acquireRelease(
  Effect.promise(async () => {
    const hub = await FakeKojiHub.start({
      stepMillis: 5,
      repositoryMillis: 5,
      outcome: (component) => component === "broken" ? "fail" : "complete"
    })
    hub.addTag("el9-build")
    return hub
  }),
  (hub) => Effect.promise(() => hub.close())
)

/** A server with these hubs' profiles, and settings on top. */
const start = (urls: Readonly<Record<string, string>>, settings: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const directory = TestRepository.temporary()
    const profile = Path.join(directory, "koji.conf")
    Fs.writeFileSync(
      profile,
      Object.entries(urls).map(([name, url]) =>
        `[${name}]\nserver = ${url}\ntopurl = https://koji.example.org/kojifiles\nauthtype = password\n`
      ).join("\n")
    )
    // Koji's builders fetch from hosts only, never from directories.
    const packages = Path.join(directory, "git")
    const git = yield* GitServer.start(packages)
    const server = yield* TestServer.start({
      ORCH_SCM_ALLOW: `file://${Path.dirname(directory)},${git}`,
      ORCH_RPMS_REPOSITORY: `${git}/rpms/`,
      ORCH_BUILD_SYSTEM: "koji",
      ORCH_KOJI_PROFILE: Object.keys(urls).join(","),
      ORCH_KOJI_CONFIG: profile,
      ORCH_KOJI_USER: "orch",
      ORCH_KOJI_PASSWORD: "orchpw",
      ORCH_KOJI_PLATFORM_TAGS: "el9=el9-build",
      ORCH_RECONCILE_INTERVAL: "200",
      ORCH_KOJI_POLL_INTERVAL: "50",
      ...settings
    })
    return { ...server, packages }
  })

const publish = (
  { git, packages }: TestServer.TestServer & { readonly packages: string },
  name: string,
  components: Readonly<Record<string, ReadonlyArray<string>>>,
  platform = "el9"
) => {
  for (const one of Object.keys(components)) {
    TestRepository.make(Path.join(packages, "rpms", one)).commit({ [`${one}.spec`]: `Name: ${one}\n` })
  }
  const repository = TestRepository.make(Path.join(git, "modules", name))
  const commit = repository.commit({
    [`${name}.yaml`]: TestServer.modulemd(components, platform).replace("name: demo", `name: ${name}`)
  })
  return `file://${git}/modules/${name}?#${commit}`
}

const build = (server: TestServer.TestServer, scmurl: string) =>
  Effect.gen(function*() {
    const client = yield* OrchClient.OrchClient
    const [submitted] = yield* client.moduleBuilds.submit({ payload: { scmurl } })
    const seen = yield* Stream.runCollect(WatchModuleBuild.watch(client, submitted!.id))
    return seen.at(-1)!
  }).pipe(Effect.provide(OrchClient.OrchClient.layer({ url: server.url })), Effect.timeout("90 seconds"))

describe("module builds on a Koji hub", () => {
  it.live(
    "five components end ready, each batch tagged before the next begins, all in the module's tag",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const fake = yield* hub
        const server = yield* start({ fake: fake.url })
        const ended = yield* build(
          server,
          publish(server, "kojid", {
            k1: ["buildorder: 0"],
            k2: ["buildorder: 0"],
            k3: ["buildorder: 1"],
            k4: ["buildorder: 1"],
            k5: ["buildorder: 2"]
          })
        )
        assert.strictEqual(ended.state, "ready", `${ended.state_reason} ${JSON.stringify(ended.components)}`)
        const tag = `module-kojid-1-${ended.version}-${ended.context}`
        const tagged = fake.tagged(tag).map((nvr) => nvr.split("-")[0])
        assert.deepStrictEqual([...tagged].sort(), ["k1", "k2", "k3", "k4", "k5"])
        assert.isBelow(
          Math.max(tagged.indexOf("k1"), tagged.indexOf("k2")),
          Math.min(tagged.indexOf("k3"), tagged.indexOf("k4"))
        )
        const [platform] = yield* Effect.promise(async () => {
          const mbs = `${server.url}/module-build-service/2/module-builds/?base_module_br_stream=el9`
          return (await (await fetch(mbs)).json() as any).items.map(({ buildrequires }: any) => buildrequires.platform)
        })
        assert.deepInclude(platform, { stream: "el9", koji_tag: "el9-build" })
        assert.strictEqual(ended.repository?.url, `https://koji.example.org/kojifiles/repos/${tag}/latest/`)
        const submissions = fake.tasks().filter(({ method }) => method === "build")
        assert.lengthOf(submissions, 6, "five components and the macros")
      })),
    120_000
  )

  it.live("are imported with the documents that final-modulemd answers", () =>
    Effect.scoped(Effect.gen(function*() {
      const fake = yield* hub
      const server = yield* start({ fake: fake.url }, { ORCH_KOJI_CONTENT_GENERATOR: "orch-cg" })
      const ended = yield* build(server, publish(server, "final", { alpha: [], beta: ["buildonly: true"] }))
      assert.strictEqual(ended.state, "ready", ended.state_reason)
      const answered = yield* Effect.promise(async () => {
        const response = await fetch(`${server.url}/module-build-service/2/final-modulemd/${ended.id}`)
        return await response.json() as Readonly<Record<string, string>>
      })
      const [main, devel] = [...fake.uploads()].filter(([path]) => path.endsWith("/modulemd.x86_64.txt"))
        .map(([, bytes]) => Buffer.from(bytes).toString("utf8"))
      assert.strictEqual(answered["x86_64"], main)
      assert.match(main!, /alpha-0:\S+\.noarch/)
      assert.match(main!, /alpha-0:\S+\.src/)
      assert.notMatch(main!, /beta-0:/)
      assert.match(devel!, /beta-0:\S+\.src/)
    })), 120_000)

  it.live(
    "show the package that gives macros as a component, and what stays out of the buildroot in the document",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const fake = yield* hub
        const server = yield* start({ fake: fake.url })
        const call = (path: string) =>
          Effect.promise(async () => await (await fetch(`${server.url}/module-build-service/2/${path}`)).json() as any)
        const lib = yield* build(server, publish(server, "lib", { l1: [] }))
        assert.strictEqual(lib.state, "ready", lib.state_reason)
        const { items } = yield* call(`component-builds/?module_build=${lib.id}&verbose=true`)
        const macros = items.find((one: any) => one.package === "module-build-macros")
        const task = fake.tasks().find(({ method }) => method === "build")!.id
        const nvr = items.find((one: any) => one.package === "l1").nvr.replace("l1-1.0", "module-build-macros-0.1")
        assert.deepInclude(macros, { batch: 1, format: "rpms", nvr, state: 1, state_name: "COMPLETE", task_id: task })
        assert.strictEqual(macros.state_trace.at(-1).state_name, "COMPLETE")
        const shown = yield* call(`module-builds/${lib.id}?verbose=true`)
        assert.include(shown.component_builds, macros.id)
        assert.deepStrictEqual(Object.keys(shown.tasks.rpms).sort(), ["l1", "module-build-macros"])
        assert.deepStrictEqual(shown.buildrequires.platform.filtered_rpms, [])
        assert.notInclude(shown.modulemd, "module-build-macros")
        const found = yield* call(`component-builds/?build_time_only=true&tagged=true&tagged_in_final=false`)
        assert.deepStrictEqual(found.items.map((one: any) => one.id), [macros.id])
      })),
    120_000
  )

  it.live("a component that fails ends the module, named", () =>
    Effect.scoped(Effect.gen(function*() {
      const fake = yield* hub
      const server = yield* start({ fake: fake.url })
      const ended = yield* build(server, publish(server, "kfails", { fine: [], broken: [] }))
      assert.strictEqual(ended.state, "failed")
      assert.strictEqual(ended.state_reason, "Component(s) broken failed to build.")
    })), 120_000)

  it.live(
    "several hubs build side by side, each what is for its platforms",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const [one, two] = [yield* hub, yield* hub]
        two.addTag("f41-build")
        const server = yield* start({ one: one.url, two: two.url }, {
          ORCH_KOJI_PLATFORM_TAGS: "el9=el9-build,f41=two:f41-build"
        })
        const [here, there] = yield* Effect.all([
          build(server, publish(server, "here", { a: [], b: ["buildorder: 1"] })),
          build(server, publish(server, "there", { c: [], d: ["buildorder: 1"] }, "f41"))
        ], { concurrency: 2 })
        assert.deepStrictEqual(
          [here.state, there.state],
          ["ready", "ready"],
          `${here.state_reason} ${there.state_reason}`
        )
        const tagOf = ({ context, name, version }: typeof here) => `module-${name}-1-${version}-${context}`
        const names = (fake: typeof one, ended: typeof here) =>
          fake.tagged(tagOf(ended)).map((nvr) => nvr.split("-")[0]).sort()
        assert.deepStrictEqual([names(one, here), names(one, there)], [["a", "b"], []])
        assert.deepStrictEqual([names(two, here), names(two, there)], [[], ["c", "d"]])
        assert.isTrue(there.components.every(({ task }) => task?.startsWith("two/") === true))
        assert.include(there.repository?.url, `/repos/${tagOf(there)}/latest/`)
      })),
    120_000
  )
})
