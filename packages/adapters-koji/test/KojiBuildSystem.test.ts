/** What the contract does not ask of every farm: permissions, rivals, repositories that fail or are slow, filters, budgets. */
import { assert, describe, it } from "@effect/vitest"
import {
  HubCleanup,
  KojiBuildSystem,
  KojiCall,
  KojiHub,
  KojiRepositoryHost,
  type KojiSettings
} from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { BuildrootPlan, BuiltComponent, Interface, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { gunzipSync } from "node:zlib"
import * as farm from "./farm.ts"

const dist = farm.plan.distTag
const plan: BuildrootPlan = {
  ...farm.plan,
  arches: ["x86_64", "noarch"],
  packages: ["alpha", "beta", "hanging"]
}
const tag = "module-five-1.0-20261121000000-c0ffee42"

const connect = (options: FakeKojiHub.Options = {}, settings: Partial<KojiSettings.KojiSettings> = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
    return { hub, koji, system: yield* KojiBuildSystem.make(koji, { ...farm.settings, ...settings }) }
  })

const request = (component: string, attempt = 1) =>
  farm.request({ component, key: `${plan.key}/${component}/${attempt}`, outcome: "closed" })

const settled = (system: Interface, task: TaskId) =>
  system.observe([task]).pipe(
    Effect.map(([seen]) => seen!),
    Effect.delay("3 millis"),
    Effect.repeat({ until: ({ state }) => state !== "free" && state !== "open" }),
    Effect.timeout("20 seconds")
  )

const built = Effect.fnUntraced(function*(system: Interface, component: string) {
  const buildroot = yield* farm.prepared(system, plan)
  const [submission] = yield* system.submit(buildroot, [request(component)])
  if (submission?._tag !== "Accepted") return yield* Effect.die(submission?.reason)
  const { artifacts, nvr } = yield* settled(system, submission.task)
  const build: BuiltComponent = { component, task: submission.task, nvr: nvr!, artifacts }
  return { buildroot, build }
})

const repository = Effect.fnUntraced(function*(system: Interface, component: string) {
  const { build, buildroot } = yield* built(system, component)
  const asked = yield* system.admit(buildroot, [build])
  return yield* farm.decided(system, asked)
})

describe("KojiBuildSystem", () => {
  it.live("names the missing permission before anything is attempted", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({
        users: [{ name: "orch", password: "orchpw", permissions: ["tag"] }]
      })
      const error = yield* Effect.flip(system.prepare(plan))
      assert.strictEqual(error.reason, "refused")
      assert.include(error.message, "koji grant-permission target orch")
      assert.notInclude(hub.journal.map(({ method }) => method), "createTag")
    }).pipe(Effect.scoped))

  it.live("waits for a hub that does not let us in, and says why and what to do", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ users: [{ name: "orch", password: "other" }] })
      const error = yield* Effect.flip(system.prepare(plan))
      assert.deepStrictEqual([error.reason, error.isRetryable], ["unreachable", true])
      assert.include(error.message, "invalid username or password")
      assert.strictEqual(error.waiting?.on, "hub fake")
      const [condition] = yield* system.conditions!(60_000)
      assert.strictEqual(condition?.available, false)
      assert.include(condition?.advice, "check user name and password")
    }).pipe(Effect.scoped))

  it.live("offers the architectures of its platforms, not all that some builder has", () =>
    Effect.gen(function*() {
      const { system } = yield* connect()
      assert.deepStrictEqual(system.capabilities.arches, ["x86_64"])
      const { system: without } = yield* connect({}, { platformTags: {} })
      assert.deepStrictEqual(without.capabilities.arches, ["noarch", "x86_64"])
    }).pipe(Effect.scoped))

  it.live("hides what is blocked until it is built here, fills groups, and sets what the document asks of the tag", () =>
    Effect.gen(function*() {
      const wanted: BuildrootPlan = {
        ...plan,
        blocked: ["alpha", "elsewhere"],
        groups: { build: ["make"], "srpm-build": ["git"] },
        includeAll: false,
        dynamicBuildrequires: true
      }
      const { koji, system } = yield* connect()
      const buildTag = `${tag}-build`
      const hidden = Effect.map(
        koji.read(KojiCall.make("listPackages", [], { tagID: buildTag, inherited: false })),
        (rows) =>
          (rows as ReadonlyArray<{ readonly package_name: string; readonly blocked: boolean }>)
            .filter(({ blocked }) => blocked).map(({ package_name }) => package_name).sort()
      )
      const buildroot = yield* farm.prepared(system, wanted)
      assert.deepStrictEqual(yield* hidden, ["alpha", "elsewhere"])
      yield* farm.prepared(system, wanted)
      assert.deepStrictEqual(yield* hidden, ["alpha", "elsewhere"], "a second preparation shows nothing again")
      const { extra } = (yield* koji.read(KojiCall.make("getTag", [buildTag]))) as { extra: Record<string, unknown> }
      assert.deepInclude(extra, { repo_include_all: false, dynamic_buildrequires: true, "mock.package_manager": "dnf" })
      const groups = (yield* koji.read(KojiCall.make("getTagGroups", [buildTag]))) as ReadonlyArray<{
        readonly name: string
        readonly packagelist: ReadonlyArray<{ readonly package: string }>
      }>
      assert.deepStrictEqual(
        Object.fromEntries(groups.map(({ name, packagelist }) => [name, packagelist.map((one) => one.package).sort()])),
        { build: ["bash", "make", "module-build-macros"], "srpm-build": ["bash", "git", "module-build-macros"] }
      )
      const [submission] = yield* system.submit(buildroot, [request("alpha")])
      assert(submission?._tag === "Accepted")
      const { artifacts, nvr } = yield* settled(system, submission.task)
      const build = { component: "alpha", task: submission.task, nvr: nvr!, artifacts }
      yield* farm.decided(system, yield* system.admit(buildroot, [build]))
      assert.deepStrictEqual(yield* hidden, ["elsewhere"])
      yield* farm.prepared(system, wanted)
      assert.deepStrictEqual(yield* hidden, ["elsewhere"], "what is built here is not hidden again")
    }).pipe(Effect.scoped))

  it.live("says which tag is missing for a platform", () =>
    Effect.gen(function*() {
      const { system } = yield* connect()
      const platform = { name: "platform", stream: "f41", version: 1n, context: "00000000" }
      const error = yield* Effect.flip(system.prepare({ ...plan, platform: "f41", modules: [platform] }))
      assert.strictEqual(error.reason, "rejected")
      assert.include(error.message, "platform:f41")
    }).pipe(Effect.scoped))

  it.live("answers a preparation soon, and asks for all that wait in one request, not twice within a second", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ stepMillis: 60_000 }, { pollInterval: "1000 seconds", linger: 0 })
      const roots = yield* Effect.forEach(
        [1n, 2n, 3n, 4n, 5n],
        (version) =>
          system.prepare({ ...plan, key: `module-build-${version}`, version, distTag: `module_el9+${version}+1` })
      )
      const asked = roots.map(({ awaits, id }) => ({ buildroot: id, id: awaits ?? "" }))
      const before = hub.requests()
      yield* Effect.sleep("1100 millis")
      for (let n = 0; n < 10; n++) {
        for (const part of [asked, asked.slice(0, 2), asked.slice(3)]) {
          const states = yield* system.observeRepositories(part)
          assert.deepStrictEqual(states.map(({ _tag }) => _tag), part.map(() => "Pending"))
        }
      }
      assert.strictEqual(hub.requests() - before, 1)
    }).pipe(Effect.scoped))

  it.live("prepares anew in another process that knows nothing, without a second macros package", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect({ stepMillis: 500 }, { linger: 0 })
      const { awaits } = yield* system.prepare(plan)
      const other = yield* KojiBuildSystem.make(koji, { ...farm.settings, linger: 0 })
      assert.strictEqual((yield* other.prepare(plan)).awaits, awaits)
      yield* farm.prepared(other, plan)
      assert.isUndefined((yield* system.prepare(plan)).awaits)
      assert.lengthOf(hub.tasks().filter(({ method, parent }) => method === "build" && parent === null), 1)
    }).pipe(Effect.scoped))

  it.live("is not prepared before the repository has the macros package, however often it is asked", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ repositoryMillis: 60_000, automaticRepositories: false })
      for (let n = 0; n < 6; n++) {
        const { awaits, waiting } = yield* Effect.delay(system.prepare(plan), "20 millis")
        assert.isDefined(awaits)
        assert.match(waiting?.on ?? "", n < 5 ? /repository|task/ : /the repository of module-five-.*-build$/)
      }
      assert.lengthOf(hub.tasks().filter(({ method, parent }) => method === "newRepo" && parent === null), 1)
    }).pipe(Effect.scoped))

  it.live("says why the macros package could not be built, and builds it again when it is prepared again", () =>
    Effect.gen(function*() {
      let outcome: "fail" | "complete" = "fail"
      const { system } = yield* connect({ outcome: () => outcome })
      const { awaits, id } = yield* system.prepare(plan)
      const state = yield* farm.decided(system, { buildroot: id, id: awaits ?? "" })
      assert(state._tag === "Failed")
      assert.match(
        state.reason,
        /^module-build-macros-0\.1-1\..* could not be built: BuildError.* mock exited .*\(Koji task \d+, buildArch/
      )
      outcome = "complete"
      yield* farm.prepared(system, plan)
    }).pipe(Effect.scoped))

  it.live("names the policy that keeps the macros package from being built, and who can change it", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ policies: { build_from_srpm: "deny Only admin can do this" } })
      const { awaits, id } = yield* system.prepare(plan)
      const state = yield* farm.decided(system, { buildroot: id, id: awaits ?? "" })
      assert(state._tag === "Failed")
      assert.include(state.reason, "policy violation (build_from_srpm): Only admin can do this")
      assert.include(
        state.reason,
        "an administrator of fake can allow it under build_from_srpm in the section [policy]"
      )
    }).pipe(Effect.scoped))

  it.live("names the policy that keeps a component from being built", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ policies: { build_from_scm: "deny" } })
      const buildroot = yield* farm.prepared(system, plan)
      const [submitted] = yield* system.submit(buildroot, [
        farm.request({ key: `${plan.key}/alpha/1`, component: "alpha", outcome: "failed" })
      ])
      assert(submitted?._tag === "Accepted")
      const [seen] = yield* system.observe([submitted.task]).pipe(
        Effect.repeat({ until: ([one]) => one?.state === "failed", schedule: Schedule.spaced("5 millis") }),
        Effect.timeout("10 seconds")
      )
      assert.include(seen?.reason, "can allow it under build_from_scm")
    }).pipe(Effect.scoped))

  it.live("leaves alone what another server with the same account builds under the same key", () =>
    Effect.gen(function*() {
      const { koji, system } = yield* connect()
      const { build } = yield* built(system, "alpha")
      const other = yield* KojiBuildSystem.make(koji, farm.settings)
      const theirs = { ...plan, version: plan.version + 1n, distTag: "module_el9+7+ffffffff" }
      const buildroot = yield* farm.prepared(other, theirs)
      const [submission] = yield* other.submit(buildroot, [request("alpha")])
      assert(submission?._tag === "Accepted")
      assert.isFalse(submission.adopted)
      assert.notStrictEqual(submission.task, build.task)
      assert.match((yield* settled(other, submission.task)).nvr ?? "", /ffffffff$/)
    }).pipe(Effect.scoped))

  it.live("converges what somebody changed: arches, inheritance, packages, target", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect()
      hub.addTag("other-module")
      yield* farm.prepared(system, plan)
      const before = hub.requests()
      yield* system.prepare(plan)
      assert.strictEqual(hub.requests() - before, 1, "one look when nothing is missing")
      const module = { name: "other", stream: "1", version: 1n, context: "00000000", location: "other-module" }
      yield* koji.write({ method: "deleteBuildTarget", params: [tag] })
      yield* koji.write({ method: "editTag2", params: [`${tag}-build`, { arches: "s390x", __starstar: true }] })
      yield* system.prepare({ ...plan, packages: [...plan.packages, "gamma"], modules: [module] })
      assert.include(hub.targets(), tag)
      const read = (method: string, ...params: ReadonlyArray<string>) => koji.read({ method, params })
      assert.deepInclude(yield* read("getTag", `${tag}-build`), { arches: "x86_64" })
      const parents = (yield* read("getInheritanceData", `${tag}-build`)) as ReadonlyArray<{ name: string }>
      assert.sameMembers(parents.map(({ name }) => name), ["el9-build", "other-module"])
      assert.isNotNull(yield* read("getPackageConfig", tag, "gamma"))
    }).pipe(Effect.scoped))

  it.live("gives components the module's dist tag, by the macros package in their buildroot", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const { build } = yield* built(system, "alpha")
      assert.strictEqual(build.nvr, `alpha-1.0-1.${dist}`)
      assert.deepStrictEqual(hub.tagged(`${tag}-build`), [`module-build-macros-0.1-1.${dist}`])
      assert.deepStrictEqual(hub.tagged(tag), [], "the macros are for building only")
      const location = build.artifacts.find(({ nevra }) => nevra.endsWith(".noarch"))?.location
      assert.strictEqual(
        location,
        `https://koji.example.org/kojifiles/packages/alpha/1.0/1.${dist}/noarch/alpha-1.0-1.${dist}.noarch.rpm`
      )
    }).pipe(Effect.scoped))

  it.live("keeps out of the buildroot what modules filter and what the platform has besides them, by conflicts of the macros package", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect()
      const location = "module-other-1-1-00000000"
      const tagged = [
        [location, "lib-1.0-1"],
        [location, "lib-internal-2.0-3"],
        ["module-built-1-1-00000000", "tool-1.0-1"],
        ["module-built-1-1-00000000", "tool-internal-4.0-5"],
        ["module-built-1-1-00000000", "lib-internal-1.0-1"],
        ["module-built-1-1-00000000", "kept-internal-1.0-1"],
        // The platform has a newer tool, the very same lib, and what no module brings.
        ["platform-parent", "tool-7.0-1"],
        ["platform-parent", "glibc-2.40-1"],
        ["platform-parent", "lib-1.0-1"]
      ] as const
      const ids = new Map(Array.from(new Set(tagged.map(([tag]) => tag)), (tag) => [
        tag,
        hub.addTag(
          tag,
          "x86_64",
          tagged.flatMap(([into, nvr]) => into === tag ? [/^(.+)-[^-]+-[^-]+$/.exec(nvr)![1]!] : [])
        )
      ]))
      for (const nvr of new Set(tagged.map(([, nvr]) => nvr))) {
        hub.addBuild(nvr, `git+https://git.example.org/rpms/${nvr}#1`)
      }
      yield* koji.write({
        method: "setInheritanceData",
        params: ["el9-build", [{
          parent_id: ids.get("platform-parent")!,
          priority: 0,
          maxdepth: null,
          intransitive: false,
          noconfig: false,
          pkg_filter: ""
        }]]
      })
      yield* koji.writeAll(tagged.map((params) => ({ method: "tagBuildBypass", params })))
      const text = "document: modulemd\nversion: 2\ndata:\n  name: other\n  stream: \"1\"\n  version: 1\n" +
        "  context: \"00000000\"\n  summary: Test\n  description: Test\n  license: {module: [MIT]}\n" +
        "  filter: {rpms: [lib-internal]}\n"
      const host = KojiRepositoryHost.make(koji, { contentGenerator: "orch-cg" })
      yield* host.ensure("modules/other")
      yield* host.change("modules/other", {
        key: "module-build-1",
        add: [{ _tag: "Modulemd", id: "other:1:1:00000000:x86_64", text }],
        remove: []
      })
      const module = { name: "other", stream: "1", version: 1n, context: "00000000", location }
      const own = {
        ...module,
        name: "built",
        location: "module-built-1-1-00000000",
        filter: ["tool-internal", "kept-internal"],
        kept: ["kept-internal-0:1.0-1.noarch", "tool-internal-0:3.9-1.noarch"]
      }
      const { keptOut, macros } = yield* system.prepare({ ...plan, modules: [module, own] })
      assert.deepStrictEqual(keptOut, {
        filtered: {
          built: ["kept-internal-0:1.0-1", "tool-internal-0:4.0-5"],
          other: ["lib-internal-0:2.0-3"]
        },
        platform: ["tool-0:7.0-1.noarch"]
      })
      const [task] = hub.tasks().filter(({ method }) => method === "build")
      assert.deepInclude(macros, {
        name: "module-build-macros",
        nvr: `module-build-macros-0.1-1.${dist}`,
        task: String(task!.id)
      })
      const prepared = yield* farm.prepared(system, { ...plan, modules: [module, own], knowsKeptOut: true })
      assert.deepStrictEqual([prepared.macros?.built, prepared.keptOut], [true, undefined])
      const [, bytes] = [...hub.uploads()].find(([path]) => path.endsWith(".src.rpm")) ?? []
      const source = Buffer.from(bytes ?? [])
      const spec = gunzipSync(source.subarray(source.lastIndexOf(Buffer.from([0x1f, 0x8b, 0x08])))).toString("utf8")
      assert.deepStrictEqual(spec.match(/^Conflicts: .*$/gm), [
        "Conflicts: lib-internal = 0:2.0-3",
        "Conflicts: tool = 0:7.0-1",
        "Conflicts: tool-internal = 0:4.0-5"
      ])
    }).pipe(Effect.scoped))

  it.live.each(
    [
      ["https://git.example.org/rpms/alpha", "git+https://git.example.org/rpms/alpha"],
      // Koji does not keep the user with the build.
      ["ssh://git@git.example.org/rpms/alpha", "git+ssh://git.example.org/rpms/alpha"]
    ] as const
  )(
    "takes over a finished build of %s and the module's dist tag instead of building it again",
    ([repository, kept]) =>
      Effect.gen(function*() {
        const { hub, system } = yield* connect()
        const buildroot = yield* farm.prepared(system, plan)
        const commit = "a".repeat(40)
        hub.addBuild(`alpha-1.0-1.${dist}`, `${kept}#${commit}`)
        const alpha = { ...request("alpha"), source: { _tag: "Git" as const, repository, commit } }
        const [submission] = yield* system.submit(buildroot, [alpha])
        assert(submission?._tag === "Accepted" && submission.adopted)
        const seen = yield* settled(system, submission.task)
        assert.deepStrictEqual([seen.state, seen.nvr], ["closed", `alpha-1.0-1.${dist}`])
        assert.strictEqual(farm.begun(hub, alpha.key), 0)
        yield* system.cancel([submission.task])
      }).pipe(Effect.scoped)
  )

  it.live("does not take a task that failed hours after it began for one that still runs", () =>
    Effect.gen(function*() {
      let hours = 0
      const now = () => Date.now() + hours * 3_600_000
      const { hub, system } = yield* connect({ now, stepMillis: 3 * 3_600_000 }, { macrosPackage: false })
      const buildroot = yield* farm.prepared(system, plan)
      const first = yield* system.submit(buildroot, [request("broken")])
      hours = 5
      // Later tasks, after which nobody lists what began five hours before and runs on.
      yield* system.submit(buildroot, [request("alpha")])
      yield* system.submit(buildroot, [request("beta")])
      const [task] = first.flatMap((one) => one._tag === "Accepted" ? [one.task] : [])
      // Builders do a step whenever somebody asks after its time: how many are left depends on how often the hub was asked.
      const [seen] = yield* Effect.suspend(() => {
        hours += 3
        return Effect.delay(system.observe([task!]), "30 millis")
      }).pipe(Effect.repeat({ until: ([one]) => one?.state === "failed", times: 20 }))
      assert.strictEqual(seen?.state, "failed")
      const [again] = yield* system.submit(buildroot, [request("broken", 2)])
      assert(again?._tag === "Accepted" && !again.adopted)
      assert.strictEqual(farm.begun(hub, request("broken", 2).key), 1)
    }).pipe(Effect.scoped))

  it.live("submits again what the hub has lost", () =>
    Effect.gen(function*() {
      const { hub, koji } = yield* connect()
      // As after a restore from a backup: tasks are not listed and not known.
      let restored = false
      const lossy: KojiHub.KojiHub = {
        ...koji,
        read: (call) => restored && call.method === "getTaskInfo" ? Effect.succeed([null]) : koji.read(call),
        readAll: (calls) =>
          Effect.map(koji.readAll(calls), (answers) =>
            answers.map((answer, index) =>
              restored && calls[index]?.method === "listTasks" ? Result.succeed([]) : answer
            ))
      }
      const system = yield* KojiBuildSystem.make(lossy, { ...farm.settings, macrosPackage: false })
      const buildroot = yield* farm.prepared(system, plan)
      yield* system.submit(buildroot, [request("hanging")])
      restored = true
      const [again] = yield* system.submit(buildroot, [request("hanging")])
      assert(again?._tag === "Accepted" && !again.adopted)
      assert.strictEqual(farm.begun(hub, request("hanging").key), 2)
    }).pipe(Effect.scoped))

  it.live("takes over a build that took the NVR meanwhile, when it is of the same source", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ stepMillis: 40 })
      const buildroot = yield* farm.prepared(system, plan)
      const [submission] = yield* system.submit(buildroot, [request("alpha")])
      hub.addBuild(`alpha-1.0-1.${dist}`, `git+https://git.example.org/rpms/alpha#${"a".repeat(40)}`)
      assert(submission?._tag === "Accepted")
      assert.strictEqual((yield* settled(system, submission.task)).state, "closed")
    }).pipe(Effect.scoped))

  it.live("says whose build took the NVR when it is another one", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      hub.addBuild(`alpha-1.0-1.${dist}`, "git+https://git.example.org/fork/alpha#1")
      const [submission] = yield* system.submit(buildroot, [request("alpha")])
      assert(submission?._tag === "Accepted")
      const seen = yield* settled(system, submission.task)
      assert.strictEqual(seen.state, "failed")
      assert.include(seen.reason, "by kojira from git+https://git.example.org/fork/alpha#1")
    }).pipe(Effect.scoped))

  it.live.each(["1.34.0", "1.35.3"])(
    "tries a failed repository again on a hub of %s",
    (version) =>
      Effect.gen(function*() {
        let failures = 0
        const { system } = yield* connect({
          version,
          automaticRepositories: false,
          repositoryFails: () => ++failures === 3
        })
        assert.deepStrictEqual(yield* repository(system, "alpha"), { _tag: "Ready" })
        assert.isAtLeast(failures, 3)
      }).pipe(Effect.scoped)
  )

  it.live.each(["1.34.0", "1.35.3"])(
    "gives up a repository that fails for good on a hub of %s, and names the task",
    (version) =>
      Effect.gen(function*() {
        let failing = false
        const { system } = yield* connect({ version, automaticRepositories: false, repositoryFails: () => failing })
        const { build, buildroot } = yield* built(system, "alpha")
        failing = true
        const asked = yield* system.admit(buildroot, [build])
        const state = yield* farm.decided(system, asked)
        assert(state._tag === "Failed")
        assert.match(state.reason, /task \d+/)
      }).pipe(Effect.scoped)
  )

  it.live("makes repositories itself where nobody serves the hub's queue", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ kojira: false }, { repositoryPatience: "30 millis" })
      assert.deepStrictEqual(yield* repository(system, "alpha"), { _tag: "Ready" })
    }).pipe(Effect.scoped))

  it.live("asks again for a repository that expired before anybody looked", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect({ automaticRepositories: false })
      const { build, buildroot } = yield* built(system, "alpha")
      // Those of the preparation, so that the next one to expire is the one that is asked for.
      assert.isAtLeast(hub.expireRepositories(), 1)
      const asked = yield* system.admit(buildroot, [build])
      // Somebody else's calls keep the hub going.
      yield* koji.read({ method: "getKojiVersion", params: [] }).pipe(
        Effect.map(() => hub.expireRepositories()),
        Effect.repeat({ until: (expired) => expired > 0 })
      )
      assert.deepStrictEqual(yield* farm.decided(system, asked), { _tag: "Ready" })
    }).pipe(Effect.scoped))

  it.live("admits a build whose package is not called as its component is", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      const source = {
        _tag: "Git",
        repository: "https://git.example.org/rpms/renamed",
        commit: "a".repeat(40)
      } as const
      const [submission] = yield* system.submit(buildroot, [{ ...request("alpha"), source }])
      assert(submission?._tag === "Accepted")
      const { artifacts, nvr } = yield* settled(system, submission.task)
      assert(nvr !== undefined && nvr.startsWith("renamed-"))
      const asked = yield* system.admit(buildroot, [{ component: "alpha", task: submission.task, nvr, artifacts }])
      assert.deepStrictEqual(yield* farm.decided(system, asked), { _tag: "Ready" })
      assert.deepStrictEqual(hub.tagged(tag), [nvr])
    }).pipe(Effect.scoped))

  it.live("does not take an older repository for one that has the builds", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ repositoryMillis: 2000 })
      const { build, buildroot } = yield* built(system, "alpha")
      const asked = yield* system.admit(buildroot, [build])
      for (let n = 0; n < 3; n++) {
        const [state] = yield* Effect.delay(system.observeRepositories([asked]), "15 millis")
        assert.strictEqual(state?._tag, "Pending")
      }
    }).pipe(Effect.scoped))

  it.live("notices that a build was taken out of the tag", () =>
    Effect.gen(function*() {
      const { koji, system } = yield* connect({ repositoryMillis: 100 })
      const { build, buildroot } = yield* built(system, "alpha")
      const asked = yield* system.admit(buildroot, [build])
      yield* koji.write({ method: "untagBuild", params: [`${tag}-build`, build.nvr] })
      const state = yield* farm.decided(system, asked)
      assert(state._tag === "Failed")
      assert.include(state.reason, build.nvr)
    }).pipe(Effect.scoped))

  it.live("ends what still runs when a failed build is finished, and keeps the builds of one that succeeded", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const { build, buildroot } = yield* built(system, "alpha")
      const [hanging] = yield* system.submit(buildroot, [request("hanging")])
      assert(hanging?._tag === "Accepted")
      yield* system.finish(plan, { _tag: "Failed", reason: "beta failed" })
      assert.strictEqual((yield* settled(system, hanging.task)).state, "canceled")
      assert.deepStrictEqual(hub.targets(), [])
      yield* system.finish(plan, { _tag: "Succeeded", builds: [build] })
      assert.deepStrictEqual(hub.tagged(tag), [build.nvr])
    }).pipe(Effect.scoped))

  it.live("asks about all tasks that somebody waits for when it asks about some", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({}, { pollBudget: "200 millis" })
      const buildroot = yield* farm.prepared(system, plan)
      const submissions = yield* system.submit(buildroot, [request("alpha"), request("hanging")])
      const tasks = submissions.flatMap((one) => one._tag === "Accepted" ? [one.task] : [])
      yield* system.observe(tasks)
      yield* Effect.sleep("220 millis")
      // Whoever asks about the one that hangs learns of the other one, too, and the next question finds it known.
      yield* system.observe(tasks.slice(1))
      const before = hub.requests()
      assert.deepStrictEqual((yield* system.observe(tasks)).map(({ state }) => state), ["closed", "open"])
      assert.strictEqual(hub.requests(), before)
    }).pipe(Effect.scoped))

  it.live("asks about the same tasks no more often than its budget allows, and at once after a cancellation", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({}, { pollBudget: "1000 seconds" })
      const buildroot = yield* farm.prepared(system, plan)
      const [submission] = yield* system.submit(buildroot, [request("hanging")])
      assert(submission?._tag === "Accepted")
      yield* system.observe([submission.task])
      const before = hub.requests()
      for (let n = 0; n < 10; n++) yield* system.observe([submission.task])
      assert.isAtMost(hub.requests() - before, 1)
      yield* system.cancel([submission.task])
      assert.strictEqual((yield* system.observe([submission.task]))[0]?.state, "canceled")
    }).pipe(Effect.scoped))

  it.live("removes of ended builds what nobody wants, of others nothing, and tags only when told to", () =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect({}, { macrosPackage: false })
      const name = (version: number) => `module-five-1.0-${version}-c0ffee42`
      for (const version of [1, 2, 3, 4]) {
        yield* system.prepare({
          ...plan,
          key: `module-build-${version}`,
          version: BigInt(version),
          distTag: `m+${version}`
        })
      }
      hub.addTag("module-of-somebody-else")
      hub.addTag("module-of-somebody-else-build")
      yield* koji.write({
        method: "createBuildTarget",
        params: ["module-of-somebody-else", "module-of-somebody-else-build", "module-of-somebody-else"]
      })
      const asked: Array<string> = []
      const verdicts = new Map<string, HubCleanup.Leftover>([[name(1), "target"], [name(2), "build-tag"], [
        name(3),
        "tag"
      ]])
      const judge = (tags: ReadonlyArray<string>) =>
        Effect.sync(() => {
          asked.push(...tags)
          return verdicts
        })
      const planned = yield* HubCleanup.sweep(koji, { judge, tags: false, dryRun: true })
      assert.deepStrictEqual(planned, { targets: [name(1), name(2), name(3)], tags: [], refused: [] })
      assert.notInclude(asked, "el9-build")
      assert.deepStrictEqual(yield* HubCleanup.sweep(koji, { judge, tags: false }), planned)
      assert.sameMembers([...hub.targets()], [name(4), "module-of-somebody-else"])
      const { refused, tags } = yield* HubCleanup.sweep(koji, { judge, tags: true })
      assert.deepStrictEqual(refused, [])
      assert.deepStrictEqual(tags, [`${name(2)}-build`, `${name(3)}-build`, name(3)])
      assert.sameMembers([...hub.tags()], [
        "el9-build",
        ...[1, 4].flatMap((version) => [name(version), `${name(version)}-build`]),
        name(2),
        "module-of-somebody-else",
        "module-of-somebody-else-build"
      ])
      yield* system.prepare({ ...plan, key: "module-build-3", version: 3n, distTag: "m+3" })
      assert.include(hub.targets(), name(3))
    }).pipe(Effect.scoped))
})
