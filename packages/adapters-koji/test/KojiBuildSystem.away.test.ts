/** A hub that is away, slow, or does not let us in: nobody is kept from starting, everybody is told, and work goes on by itself. */
import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem, KojiCall, KojiHub, type KojiSettings, RetryPolicy } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import * as Waiting from "@orch/core/farm/Waiting"
import { BuildSystem, type Interface } from "@orch/core/ports/BuildSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as farm from "./farm.ts"

/** Gives up fast, so that trouble is seen. */
const hasty = { ...farm.retry, patience: "50 millis" } as const

const connect = (
  options: FakeKojiHub.Options = {},
  settings: Partial<KojiSettings.KojiSettings> = {},
  hubOptions: Partial<KojiHub.Options> = {}
) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    const koji = yield* KojiHub.scoped({ ...farm.hubOptions(hub), retry: hasty, ...hubOptions })
    return { hub, koji, system: yield* KojiBuildSystem.make(koji, { ...farm.settings, ...settings }) }
  })

const condition = (system: Interface) => Effect.map(system.conditions!(60_000), ([one]) => one!)

const away = () => ({ kind: "bad-gateway" }) as const

const request = (component: string) =>
  farm.request({ component, key: `${farm.plan.key}/${component}/1`, outcome: "closed" })

describe("a hub that is away when a build system is made on it", () => {
  it.live("fails no layer", () =>
    Layer.build(KojiBuildSystem.layer({
      name: "nowhere",
      server: "http://127.0.0.1:1/kojihub",
      login: { _tag: "Anonymous" },
      retry: hasty,
      settings: farm.settings
    })).pipe(
      Effect.map((context) => Context.get(context, BuildSystem).capabilities),
      Effect.map(({ arches, provisional }) => {
        assert.deepStrictEqual(arches, ["x86_64"])
        assert.strictEqual(provisional?.[0]?.waiting.on, "hub nowhere")
      }),
      Effect.scoped
    ))

  it.live(
    "says since when and why in what fails, and in its condition, and is used when it is back",
    () =>
      Effect.gen(function*() {
        const { hub, system } = yield* connect({ inject: away })
        assert.isDefined(system.capabilities.provisional)
        const first = yield* Effect.flip(system.prepare(farm.plan))
        assert.deepStrictEqual([first.reason, first.waiting?.on], ["unreachable", "hub fake"])
        yield* Effect.sleep("20 millis")
        const second = yield* Effect.flip(system.prepare(farm.plan))
        assert.strictEqual(second.waiting?.since, first.waiting?.since)
        assert.match(
          Waiting.describe(second.waiting!),
          /^waiting for hub fake since 20..-..-..T..:..:..Z: .*HTTP 502.*hub behind it/
        )
        const seen = yield* condition(system)
        assert.isFalse(seen.available)
        assert.deepStrictEqual(seen.waiting?.since, first.waiting?.since)
        assert.match(seen.advice ?? "", /hub behind it is not/)
        hub.inject(undefined)
        yield* condition(system).pipe(
          Effect.delay("200 millis"),
          Effect.repeat({ until: ({ available }) => available }),
          Effect.timeout("20 seconds")
        )
        assert.isUndefined(system.capabilities.provisional)
        assert.isDefined((yield* farm.prepared(system, farm.plan)).id)
        assert.deepStrictEqual(yield* condition(system), { system: "hub fake", available: true, remarks: [] })
      }).pipe(Effect.scoped),
    30_000
  )

  it.live("builds for the architectures that it had when it was last seen", () =>
    Effect.gen(function*() {
      let kept: KojiSettings.Remembered | undefined
      const memory = { load: () => kept, save: (known: KojiSettings.Remembered) => void (kept = known) }
      yield* connect({}, { memory })
      assert.deepStrictEqual(kept?.tagArches, { "el9-build": ["x86_64"] })
      kept = { arches: ["s390x"], tagArches: { "el9-build": ["aarch64", "s390x"] } }
      const { system } = yield* connect({ inject: away }, { memory })
      assert.isDefined(system.capabilities.provisional)
      assert.deepStrictEqual(system.capabilities.platformArches, { el9: ["aarch64", "s390x"] })
      assert.deepStrictEqual(system.capabilities.arches, ["aarch64", "s390x"])
    }).pipe(Effect.scoped))

  it.live("does not keep a start waiting when it says nothing at all", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ inject: () => ({ kind: "silence" }) }, {}, { retry: RetryPolicy.standard })
      const seen = yield* condition(system)
      assert.isFalse(seen.available)
      assert.match(seen.waiting?.reason ?? "", /no answer within 3 seconds/)
    }).pipe(Effect.scoped), 30_000)

  it.live("tells others at once while somebody tries to reach it", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ inject: away })
      hub.inject(() => ({ kind: "silence" }))
      const before = hub.requests()
      const errors = yield* Effect.forEach([1, 2, 3, 4], () => Effect.flip(system.observe([])), {
        concurrency: "unbounded"
      })
      assert.isTrue(errors.every(({ reason }) => reason === "unreachable"))
      assert.isAtMost(hub.requests() - before, 1)
    }).pipe(Effect.scoped))
})

describe("a hub that does not let us in", () => {
  it.live.each(
    [
      [
        "blocks the account",
        (hub: FakeKojiHub.FakeKojiHub, on: boolean) => hub.block("orch", on),
        /koji enable-user orch/
      ],
      [
        "has the account locked",
        (hub: FakeKojiHub.FakeKojiHub, on: boolean) => hub.lock("orch", on),
        /account of its own/
      ]
    ] as const
  )("%s, and is waited for, and used again later", ([, shut, advice]) =>
    Effect.gen(function*() {
      const { hub, koji, system } = yield* connect({}, { macrosPackage: false })
      const buildroot = yield* farm.prepared(system, farm.plan)
      shut(hub, true)
      const error = yield* Effect.flip(system.submit(buildroot, [request("alpha")]))
      assert.deepStrictEqual([error.reason, error.isRetryable], ["unreachable", true])
      assert.match(error.message, advice)
      // What strangers may ask is answered all the same, and must not look as if all were well.
      yield* koji.read(KojiCall.make("getAPIVersion"))
      const seen = yield* condition(system)
      assert.isFalse(seen.available)
      assert.match(seen.advice ?? "", advice)
      shut(hub, false)
      const [answer] = yield* system.submit(buildroot, [request("alpha")])
      assert.strictEqual(answer?._tag, "Accepted")
      assert.isTrue((yield* condition(system)).available)
    }).pipe(Effect.scoped))

  it.live("lets us go on as soon as a missing permission is given", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ users: [{ name: "orch", password: "orchpw", permissions: ["tag"] }] })
      assert.strictEqual((yield* Effect.flip(system.prepare(farm.plan))).reason, "refused")
      hub.grant("orch", "target")
      assert.isDefined((yield* system.prepare(farm.plan)).id)
    }).pipe(Effect.scoped))
})

describe("settings that do not fit the hub", () => {
  it.live("are told by the names they were made under, and nothing else is", () =>
    Effect.gen(function*() {
      const names = { platformTags: "TAGS", channel: "CHANNEL", contentGenerator: "GENERATOR", moduleTags: "MODULES" }
      const { system } = yield* connect({}, {
        platformTags: { el9: "el9-build", el10: "el10-build" },
        channel: "modules",
        publishing: { contentGenerator: "somebody-else", moduleTags: ["{}-modules"] },
        names
      })
      const { available, remarks } = yield* condition(system)
      assert.isTrue(available)
      assert.lengthOf(remarks, 5, remarks.join("\n"))
      assert.match(remarks[0]!, /^TAGS has el10=el10-build: the hub has no such tag; .*set TAGS/)
      assert.match(remarks[1]!, /^CHANNEL is modules/)
      assert.match(remarks[2]!, /^GENERATOR is somebody-else.*grant-cg-access --new orch somebody-else/)
      assert.match(remarks[3]!, /^MODULES gives el9-modules for el9/)
      const { system: fitting } = yield* connect({}, { publishing: { contentGenerator: "orch-cg" } })
      assert.deepStrictEqual((yield* condition(fitting)).remarks, [])
    }).pipe(Effect.scoped))
})

describe("a hub that answers questions about settings in another shape", () => {
  it.live("is used all the same", () =>
    Effect.gen(function*() {
      const hub = yield* farm.startHub()
      const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
      const odd: KojiHub.KojiHub = {
        ...koji,
        readAll: (calls) =>
          Effect.map(koji.readAll(calls), (answers) =>
            answers.map((answer, index) =>
              calls[index]?.method === "listCGs" ? Result.succeed({ cg: "odd" }) : answer
            ))
      }
      const publishing = { contentGenerator: "orch-cg" }
      const system = yield* KojiBuildSystem.make(odd, { ...farm.settings, publishing, macrosPackage: false })
      assert.isUndefined(system.capabilities.provisional)
      assert.isDefined((yield* system.prepare(farm.plan)).id)
    }).pipe(Effect.scoped))
})

describe("load", () => {
  it.live("a large request is not sent again while the hub is still at it", () =>
    Effect.gen(function*() {
      const slow: FakeKojiHub.Options["inject"] = ({ methods }) =>
        methods.filter((method) => method === "packageListAdd").length > 100
          ? { kind: "latency", millis: 900 }
          : undefined
      const { hub, system } = yield* connect({ inject: slow }, {}, {
        retry: { ...farm.retry, deadline: "300 millis" }
      })
      const packages = Array.from({ length: 300 }, (_, n) => `component-${n}`)
      yield* system.prepare({ ...farm.plan, packages })
      const added = hub.journal.filter(({ method }) => method === "packageListAdd")
      // Two tags, and the macros package in one of them.
      assert.lengthOf(added, 2 * 300 + 1)
    }).pipe(Effect.scoped), 30_000)

  it("gives a request the time that its work takes", () => {
    const policy = RetryPolicy.standard
    const longest = 120_000
    const deadline = (attempt: number, calls: number, bytes = 1000) =>
      RetryPolicy.deadlineMillis(policy, attempt, { calls, bytes }, longest)
    assert.deepStrictEqual([deadline(1, 1), deadline(2, 1), deadline(9, 1)], [4000, 12_000, longest])
    assert.isAtLeast(deadline(1, 602), 30_000)
    assert.isAtLeast(deadline(1, 3000), 150_000)
    assert.isAtLeast(deadline(1, 1, 1024 * 1024), 20_000)
    assert.isAtLeast(RetryPolicy.patienceMillis(policy, { calls: 602, bytes: 1 }), 2 * deadline(1, 602) - 8000)
  })
})

describe("what happens at the hub meanwhile", () => {
  it.live("a target that somebody removed is made again for the next components", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ version: "1.34.0" }, { macrosPackage: false })
      const buildroot = yield* farm.prepared(system, farm.plan)
      const target = hub.targets()[0]!
      hub.removeTarget(target)
      const [answer] = yield* system.submit(buildroot, [request("alpha")])
      assert.strictEqual(answer?._tag, "Accepted", JSON.stringify(answer))
      assert.deepStrictEqual(hub.targets(), [target])
    }).pipe(Effect.scoped))

  it.live("a repository that is ready is taken, whatever became of the request for it", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ kojira: false }, { macrosPackage: false, repositoryPatience: "1 hour" })
      const buildroot = yield* farm.prepared(system, farm.plan)
      hub.addBuild("alpha-1.0-1", "git+https://git.example.org/rpms/alpha#a")
      const asked = yield* system.admit(buildroot, [{
        component: "alpha",
        task: "build:1" as never,
        nvr: "alpha-1.0-1",
        artifacts: []
      }])
      assert.strictEqual((yield* system.observeRepositories([asked]))[0]?._tag, "Pending")
      hub.loseRequests()
      hub.makeRepository(`${buildroot.id}-build`)
      assert.deepStrictEqual(yield* farm.decided(system, asked), { _tag: "Ready" })
    }).pipe(Effect.scoped))
})

describe("a hub that goes away while work there takes its time", () => {
  it.live("is found out within seconds, without a question before", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({ stepMillis: 600_000 }, { pollBudget: "1 hour", macrosPackage: false })
      yield* system.submit(yield* farm.prepared(system, farm.plan), [request("alpha")])
      const before = hub.requests()
      yield* KojiBuildSystem.watched(system)
      yield* Effect.sleep("6 seconds")
      assert.isTrue((yield* condition(system)).available)
      assert.strictEqual(hub.requests(), before)
      yield* Effect.promise(() => hub.close())
      const [{ available, waiting }] = (yield* system.conditions!(1e9).pipe(
        Effect.delay("1 second"),
        Effect.repeat({ until: ([one]) => one?.available === false }),
        Effect.timeout("10 seconds")
      )) as [Effect.Success<ReturnType<typeof condition>>]
      assert.isFalse(available)
      assert.include(waiting?.reason, "ECONNREFUSED")
    }).pipe(Effect.scoped), 60_000)
})

describe("hints", () => {
  it.live("name tasks and repositories when it is time to ask, and messages of the hub have them asked about at once", () =>
    Effect.gen(function*() {
      const messages = Stream.fromEffect(Effect.delay(
        Effect.sync(() => ({ tasks: hinted, tags: [] })),
        "150 millis"
      ))
      const hinted: Array<number> = []
      const { system } = yield* connect({}, { pollBudget: "1 hour", messages })
      const buildroot = yield* farm.prepared(system, farm.plan)
      const [answer] = yield* system.submit(buildroot, [request("alpha")])
      assert(answer?._tag === "Accepted")
      hinted.push(Number(answer.task))
      // Without the message, the task would be asked about after a second.
      const [hint] = yield* Stream.runCollect(Stream.take(system.hints, 1)).pipe(Effect.timeout("900 millis"))
      assert.strictEqual(hint, answer.task)
      assert.strictEqual((yield* system.observe([answer.task]))[0]?.state, "closed")
    }).pipe(Effect.scoped))

  it.live("come for repositories, too", () =>
    Effect.gen(function*() {
      const { system } = yield* connect({ repositoryMillis: 60_000 }, { pollInterval: "50 millis", linger: 0 })
      const { awaits, id } = yield* system.prepare(farm.plan)
      const [hint] = yield* Stream.runCollect(Stream.take(system.repositoryHints!, 1)).pipe(Effect.timeout("5 seconds"))
      assert.deepStrictEqual(hint, { buildroot: id, id: awaits ?? "" })
    }).pipe(Effect.scoped))
})
