/** What a hub is asked for one batch of a module, and that leaving questions out does nothing twice. */
import { assert, describe, it } from "@effect/vitest"
import { KojiBuildSystem, KojiHub, type KojiSettings } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { BuiltComponent, Interface, Submission, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as farm from "./farm.ts"

const plan = { ...farm.plan, packages: ["alpha", "beta", "gamma"] }

const connect = (options: FakeKojiHub.Options = {}, settings: Partial<KojiSettings.KojiSettings> = {}) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub(options)
    const another = Effect.gen(function*() {
      const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
      return yield* KojiBuildSystem.make(koji, { ...farm.settings, ...settings })
    })
    return { hub, another, system: yield* another }
  })

const requestOf = (component: string) =>
  farm.request({ component, key: `${plan.key}/${component}/1`, outcome: "closed" })

const taskOf = (one: Submission | undefined): TaskId => {
  if (one?._tag !== "Accepted") throw new Error(one === undefined ? "no answer" : one.reason)
  return one.task
}

const ended = (system: Interface, tasks: ReadonlyArray<TaskId>, isBrief: boolean) =>
  system.observe(tasks, { isBrief }).pipe(
    Effect.delay("5 millis"),
    Effect.repeat({ until: (seen) => seen.every(({ state }) => state === "closed") }),
    Effect.timeout("20 seconds")
  )

/** Requests while `effect` runs. */
const counted = <A, E, R>(hub: FakeKojiHub.FakeKojiHub, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = hub.requests()
    const answer = yield* effect
    return { answer, requests: hub.requests() - before }
  })

const buildsOf = (hub: FakeKojiHub.FakeKojiHub, component: string) =>
  hub.tasks().filter(({ method, request }) => method === "build" && String(request[0]).includes(`/${component}#`))

describe("a batch at a Koji hub", () => {
  it.live("has the hub's priority by how urgent it is, which is no better than an ordinary user's; the hub says what it can build", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect({}, { priority: 10 })
      const buildroot = yield* farm.prepared(system, plan)
      const urgencies = { alpha: -20, beta: 0, gamma: 90 }
      const requests = plan.packages.map((name) => ({
        ...requestOf(name),
        urgency: urgencies[name as keyof typeof urgencies]
      }))
      yield* system.submit(buildroot, requests, { isFirstTry: true })
      assert.deepStrictEqual(
        plan.packages.map((name) => buildsOf(hub, name)[0]!.priority),
        [40, 30, 20]
      )
      // One builder of capacity 2.
      assert.strictEqual(yield* system.slots!, 1)
    }).pipe(Effect.scoped))

  it.live("is submitted in one request and admitted in one, and what it left behind is read later, of all at once", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      const requests = plan.packages.map(requestOf)
      const submitted = yield* counted(hub, system.submit(buildroot, requests, { isFirstTry: true }))
      assert.strictEqual(submitted.requests, 1)
      const tasks = submitted.answer.map(taskOf)
      const seen = yield* ended(system, tasks, true)
      assert.deepStrictEqual(seen.map(({ artifacts, log }) => [artifacts, log]), tasks.map(() => [[], undefined]))
      const built = seen.map(({ artifacts, nvr = "", task }, index): BuiltComponent => ({
        component: plan.packages[index]!,
        task,
        nvr,
        artifacts
      }))
      const admitted = yield* counted(hub, system.admit(buildroot, built))
      assert.strictEqual(admitted.requests, 1)
      assert.deepStrictEqual(yield* farm.decided(system, admitted.answer), { _tag: "Ready" })
      // Who asks for everything gets everything, whoever asked in brief before.
      const whole = yield* ended(system, tasks, false)
      assert.deepStrictEqual(
        yield* system.results!(built),
        whole.map(({ artifacts, log }) => ({ artifacts, log: log! }))
      )
      assert.isTrue(whole.every(({ artifacts }) => artifacts.length > 0))
    }).pipe(Effect.scoped))

  it.live("says what its source packages ask for, what it offers and what its buildroots held, in a request for each kind of thing", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      const build = Effect.fnUntraced(function*(component: string) {
        const [submitted] = yield* system.submit(buildroot, [requestOf(component)])
        const [seen] = yield* ended(system, [taskOf(submitted)], true)
        const { artifacts, nvr = "", task } = seen!
        return { component, task, nvr, artifacts } satisfies BuiltComponent
      })
      const alpha = yield* build("alpha")
      yield* farm.decided(system, yield* system.admit(buildroot, [alpha]))
      const beta = yield* build("beta")
      const { answer, requests } = yield* counted(
        hub,
        system.inputs!([alpha, beta, { ...beta, nvr: "nobody-1-1", component: "nobody" }])
      )
      assert.strictEqual(requests, 4)
      const [ofAlpha, ofBeta, ofNobody] = answer
      assert.deepStrictEqual(ofBeta!.requires, ["beta-tool", "rpmlib(CompressedFileNames)"])
      assert.deepStrictEqual(ofBeta!.provides, ["beta", "beta(noarch)"])
      const isAlpha = ({ name, source }: { readonly name: string; readonly source?: string }) =>
        name === "alpha" && source === "alpha"
      assert.isTrue(ofBeta!.buildroot?.some(isAlpha))
      assert.isFalse(ofAlpha!.buildroot?.some(isAlpha) ?? false)
      assert.deepStrictEqual(ofNobody, {})
    }).pipe(Effect.scoped))

  it.live("is admitted once more as if nothing had been done before, whatever of it has been", () =>
    Effect.gen(function*() {
      const { another, hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      const tasks = (yield* system.submit(buildroot, plan.packages.map(requestOf))).map(taskOf)
      const built = (yield* ended(system, tasks, true)).map(({ artifacts, nvr = "", task }, index) => ({
        component: plan.packages[index]!,
        task,
        nvr,
        artifacts
      }))
      yield* system.admit(buildroot, built.slice(0, 2))
      const tag = buildroot.id
      for (const one of [system, yield* another]) {
        assert.deepStrictEqual(yield* farm.decided(one, yield* one.admit(buildroot, built)), { _tag: "Ready" })
        assert.sameMembers([...hub.tagged(tag)], built.map(({ nvr }) => nvr))
      }
    }).pipe(Effect.scoped))

  it.live("is shown where it was hidden until it is built, when it is admitted at once", () =>
    Effect.gen(function*() {
      const { system } = yield* connect()
      const buildroot = yield* farm.prepared(system, { ...plan, blocked: ["beta"] })
      const tasks = (yield* system.submit(buildroot, plan.packages.map(requestOf), { isFirstTry: true })).map(taskOf)
      const built = (yield* ended(system, tasks, true)).map(({ artifacts, nvr = "", task }, index) => ({
        component: plan.packages[index]!,
        task,
        nvr,
        artifacts
      }))
      assert.deepStrictEqual(yield* farm.decided(system, yield* system.admit(buildroot, built)), { _tag: "Ready" })
    }).pipe(Effect.scoped))

  it.live("is built once though two servers take it for their first try", () =>
    Effect.gen(function*() {
      const { another, hub, system } = yield* connect({
        // Long enough for a task that nobody needs to be canceled before it ends.
        stepMillis: (name) => name === "beta" ? 60_000 : 5
      })
      const buildroot = yield* farm.prepared(system, plan)
      const other = yield* another
      // It has seen the target, too, and knows nothing of what the first one does now.
      yield* farm.prepared(other, plan)
      const first = yield* system.submit(buildroot, ["alpha", "beta"].map(requestOf), { isFirstTry: true })
      const second = yield* other.submit(buildroot, ["beta", "gamma"].map(requestOf), { isFirstTry: true })
      assert.strictEqual(taskOf(second[0]), taskOf(first[1]))
      assert.deepStrictEqual(second.map((one) => one._tag === "Accepted" && one.adopted), [true, false])
      const canceled = 3
      assert.deepStrictEqual(
        buildsOf(hub, "beta").map(({ id, state }) => state === canceled ? "canceled" : String(id)),
        [String(taskOf(first[1])), "canceled"]
      )
      const third = yield* (yield* another).submit(buildroot, [requestOf("beta")])
      assert.strictEqual(taskOf(third[0]), taskOf(first[1]))
    }).pipe(Effect.scoped))

  it.live("gets its target again where somebody deleted it before the repository was there", () =>
    Effect.gen(function*() {
      const { hub, system } = yield* connect()
      const buildroot = yield* farm.prepared(system, plan)
      const tasks = (yield* system.submit(buildroot, [requestOf("alpha")], { isFirstTry: true })).map(taskOf)
      const [{ artifacts, nvr = "", task }] = (yield* ended(system, tasks, true)) as [
        Effect.Success<ReturnType<typeof ended>>[number]
      ]
      const [target = ""] = hub.targets()
      hub.removeTarget(target)
      const asked = yield* system.admit(buildroot, [{ component: "alpha", task, nvr, artifacts }])
      yield* farm.decided(system, asked)
      const later = (yield* system.submit(buildroot, [requestOf("beta")], { isFirstTry: true })).map(taskOf)
      yield* ended(system, later, true)
      assert.deepStrictEqual(hub.targets(), [target])
    }).pipe(Effect.scoped))
})

describe("messages of a Koji hub", () => {
  it.live("have a batch asked about when all of it has ended, and at once when some of it failed", () =>
    Effect.gen(function*() {
      const messages = yield* Queue.unbounded<{
        readonly tasks: ReadonlyArray<number>
        readonly tags: ReadonlyArray<string>
        readonly change: "closed" | "ended" | "under-way"
      }>()
      const { hub, system } = yield* connect({ stepMillis: 60_000 }, {
        macrosPackage: false,
        pollBudget: "1 hour",
        messages: Stream.fromQueue(messages)
      })
      const buildroot = yield* farm.prepared(system, plan)
      const tasks = (yield* system.submit(buildroot, plan.packages.map(requestOf))).map(taskOf)
      yield* Effect.forkScoped(Stream.runDrain(system.hints))
      const asked = Effect.map(
        counted(hub, Effect.andThen(Effect.sleep("80 millis"), system.observe(tasks))),
        ({ requests }) => requests
      )
      const tell = (task: TaskId, change: "closed" | "ended" | "under-way") =>
        Queue.offer(messages, { tasks: [Number(task)], tags: [], change })
      for (const change of ["under-way", "closed"] as const) {
        yield* tell(tasks[0]!, change)
        yield* tell(tasks[1]!, change)
        assert.strictEqual(yield* asked, 0)
      }
      yield* tell(tasks[2]!, "closed")
      assert.strictEqual(yield* asked, 1)
      yield* tell(tasks[2]!, "ended")
      assert.strictEqual(yield* asked, 1)
    }).pipe(Effect.scoped))
})
