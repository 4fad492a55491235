import { assert, describe, it } from "@effect/vitest"
import { defaults } from "@orch/core/builderpool/PoolLease"
import * as Matching from "@orch/core/builderpool/PoolMatching"
import * as PoolTask from "@orch/core/builderpool/PoolTask"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { BuilderPool, layer, type Offer, type PoolSettings } from "../../src/builders/BuilderPool.ts"
import * as HandOut from "../../src/builders/statements/HandOutStatement.ts"
import { databases, skippedServer } from "../support/Databases.ts"

const offer = (id: number, owner: string, fields: Partial<Offer> = {}): Offer => ({
  id,
  life: "package-build",
  process: id,
  part: `p/${id}`,
  attempt: 1,
  arch: "x86_64",
  package: `p${id}`,
  url: `https://git.example.org/rpms/p${id}.git`,
  owner,
  class: "",
  priority: 0,
  path: 0,
  seconds: 300,
  payload: { id },
  ...fields
})
const asking: HandOut.Asking = { node: "n1", arches: ["x86_64", "src"], excluded: [] }
const settings: PoolSettings = { ...defaults, millis: 60_000, tries: 2, reservations: [] }
/** So many characters that take three bytes each and are not alike, so that they cannot be packed. */
const long = (length: number): string =>
  Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + (index * 7_919) % 20_000)).join("")
const clear = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM builder_task`
  yield* sql`DELETE FROM builder_node`
})

if (skippedServer !== undefined) describe.skip(`on PostgreSQL: ${skippedServer}`, () => it("is not run", () => {}))

for (const { layer: database, name } of databases) {
  const pool = layer(settings).pipe(Layer.provideMerge(database))
  describe(name, () => {
    it.layer(pool, { excludeTestServices: false })("a hand-out", (it) => {
      it.effect("goes to one node, for a time, and its report counts once", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a")])
          const task = yield* builders.handOut(asking)
          assert.deepStrictEqual(task?.payload, { id: 1 })
          assert.isUndefined(yield* builders.handOut({ ...asking, node: "n2" }))
          assert.strictEqual(
            (yield* Effect.flip(builders.report("n2", 1, undefined, {}))).message,
            "another node has the task"
          )
          assert.strictEqual(
            (yield* Effect.flip(builders.report("n1", 1, 7, {}))).message,
            "the task was handed out anew since"
          )
          yield* builders.report("n1", 1, task?.token, { status: "done" })
          assert.strictEqual(
            (yield* Effect.flip(builders.report("n1", 1, undefined, {}))).message,
            "the task has been reported already"
          )
          assert.strictEqual((yield* Effect.flip(builders.report("n1", 99, undefined, {})))._tag, "UnknownTask")
        }))

      it.effect("lapses unless the node is heard of, goes to the next one, and is given up after enough tries", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a")])
          yield* builders.handOut(asking)
          yield* TestClock.adjust("40 seconds")
          yield* builders.renew("n1", [1])
          yield* builders.renew("n2", [1])
          yield* TestClock.adjust("40 seconds")
          assert.strictEqual(yield* builders.expire, 0)
          yield* TestClock.adjust("21 seconds")
          assert.strictEqual(yield* builders.expire, 1)
          // Silent for a while, and nobody else took it: it is still the first node's.
          yield* builders.renew("n1", [1])
          assert.isUndefined(yield* builders.handOut({ ...asking, node: "n2" }))
          yield* TestClock.adjust("61 seconds")
          assert.strictEqual(yield* builders.expire, 1)
          assert.isDefined(yield* builders.handOut({ ...asking, node: "n2" }))
          assert.strictEqual(
            (yield* Effect.flip(builders.report("n1", 1, undefined, {}))).message,
            "another node has the task"
          )
          yield* TestClock.adjust("61 seconds")
          yield* builders.expire
          assert.isUndefined(yield* builders.handOut(asking))
          const [told] = yield* builders.untold("package-build", 10)
          assert.strictEqual(told?.state, "abandoned")
        }))

      it.effect("of a withdrawn task counts for nothing; a later attempt is offered again", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a")])
          yield* builders.handOut(asking)
          yield* builders.withdraw("package-build", 1, [{ task: "p/1", attempt: 1 }])
          assert.strictEqual(
            (yield* Effect.flip(builders.report("n1", 1, undefined, {}))).message,
            "the task was canceled"
          )
          yield* builders.offer([offer(1, "a")])
          assert.isUndefined(yield* builders.handOut(asking), "the same attempt stays as it is")
          yield* builders.offer([offer(1, "a", { attempt: 2 })])
          assert.isDefined(yield* builders.handOut(asking))
        }))

      it.effect("is not made to a node that is being drained, nor of what it refuses", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a", { url: "https://x/Kernel.git" })])
          assert.isUndefined(yield* builders.handOut({ ...asking, excluded: ["", "kernel"] }))
          yield* builders.adjustNode("n1", { draining: true })
          assert.isUndefined(yield* builders.handOut(asking))
          assert.strictEqual((yield* builders.explain(1))._tag, "NoNode")
          yield* builders.adjustNode("n1", { draining: false, slots: 2 })
          assert.deepStrictEqual((yield* builders.nodes).map((node) => [node.name, node.slots, node.draining]), [[
            "n1",
            2,
            false
          ]])
          assert.strictEqual((yield* builders.explain(1))._tag, "Turn")
          assert.isDefined(yield* builders.handOut(asking))
        }))

      it.effect("is one statement for nodes that ask together, whatever each of them builds, and none for who went away", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.adjustNode("n3", { draining: true })
          yield* builders.offer([1, 2, 3, 4].map((id) => offer(id, "a", { arch: id === 4 ? "aarch64" : "x86_64" })))
          const nodes = ["n1", "n1", "n2", "n3", "n4", "n5"]
          const handed = yield* Effect.forEach(
            nodes,
            (node, index) => builders.handOut({ ...asking, node, ...(index === 4 ? { arches: ["aarch64"] } : {}) }),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(handed.map((task) => task?.payload), [
            { id: 1 },
            { id: 2 },
            { id: 3 },
            undefined,
            { id: 4 },
            undefined
          ])
          assert.deepStrictEqual((yield* builders.leasedTo("n1")).map(({ id }) => Number(id)), [1, 2])

          yield* builders.offer([offer(5, "a")])
          const gone = yield* Effect.forkChild(builders.handOut(asking), { startImmediately: true })
          yield* Effect.yieldNow
          yield* Effect.yieldNow
          yield* Fiber.interrupt(gone)
          // Where this machine is slow, it has got its task before it goes.
          if (Exit.isSuccess(yield* Fiber.await(gone))) return
          const task = yield* Effect.repeat(builders.handOut({ ...asking, node: "n2" }), {
            until: (found) => found !== undefined,
            times: 1_000
          })
          assert.deepStrictEqual(task?.payload, { id: 5 })
          yield* builders.report("n2", 5, task?.token, { status: "done" })
        }))

      it.effect("is reported beside others that are reported at the same time, twice or late, and counts once", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([1, 2, 3, 4].map((id) => offer(id, "a")))
          const handed = yield* Effect.forEach(["n1", "n2", "n3"], (node) => builders.handOut({ ...asking, node }))
          const said: ReadonlyArray<[string, number, number | undefined]> = [
            ["n2", 1, undefined],
            ["n1", 1, handed[0]?.token],
            ["n1", 1, handed[0]?.token],
            ["n2", 2, 7],
            ["n2", 2, undefined],
            ["n3", 3, handed[2]?.token],
            ["n3", 4, undefined],
            ["n3", 99, undefined]
          ]
          const answers = yield* Effect.forEach(
            said,
            ([node, id, token], index) =>
              builders.report(node, id, token, { index }).pipe(
                Effect.map((task) => Number(task.id)),
                Effect.catchTag("LateReport", ({ reason }) => Effect.succeed(reason)),
                Effect.catchTag("UnknownTask", () => Effect.succeed("UnknownTask"))
              ),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(answers, [
            "Reported",
            1,
            "Reported",
            "Reported",
            2,
            3,
            "NeverHandedOut",
            "UnknownTask"
          ])
          const news = yield* builders.untold("package-build", 10)
          assert.deepStrictEqual(news.map(({ report }) => report), [{ index: 1 }, { index: 4 }, { index: 5 }])
        }))

      it.effect("is made of a task with the longest address that builds may have", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a", { url: `https://x/KERNEL/${long(2_030)}` })])
          assert.isUndefined(yield* builders.handOut({ ...asking, excluded: ["kernel"] }))
          assert.deepStrictEqual((yield* builders.handOut(asking))?.payload, { id: 1 })
        }))

      it.effect("is an owner's next task as soon as the last slot for the first one is taken", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          const sql = yield* SqlClient.SqlClient
          yield* builders.adjustNode("n1", { slots: 2 })
          yield* sql`UPDATE builder_node SET arches = '{x86_64,src}', seen_at = 0`
          yield* builders.offer([
            offer(1, "ann", { process: 1 }),
            offer(2, "bob", { process: 4, path: 1 }),
            offer(3, "bob", { process: 2, arch: "src" }),
            offer(4, "eve", { process: 3, arch: "src" })
          ])
          const limits = { reservations: [{ class: "release", arch: "x86_64", slots: 1 }] }
          const got: Array<number> = []
          for (let left = 3; left > 0;) {
            const nodes = Array.from({ length: left }, () => "n1")
            const answers = yield* HandOut.handOut({ ...asking, nodes }, limits, 1, 2)
            got.push(...answers.flatMap(({ id }) => id === null ? [] : [Number(id)]))
            left = answers.filter(({ id, isMore }) => id === null && isMore).length
          }
          assert.deepStrictEqual(got, [1, 3, 4])
        }))

      it.effect("tells of what happened until that was heard, as it stood", () =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          yield* builders.offer([offer(1, "a")])
          yield* builders.handOut(asking)
          const started = yield* builders.untold("package-build", 10)
          assert.deepStrictEqual(started.map(({ state }) => state), ["leased"])
          yield* builders.report("n1", 1, undefined, { status: "done" })
          yield* builders.tell(started)
          const [ended] = yield* builders.untold("package-build", 10)
          assert.deepStrictEqual([ended?.state, ended?.report], ["reported", { status: "done" }])
          yield* builders.tell([ended!])
          assert.isEmpty(yield* builders.untold("package-build", 10))
        }))

      it.effect("takes as long as builds of the package took", () =>
        Effect.gen(function*() {
          const builders = yield* BuilderPool
          yield* builders.took(
            [10, 900, 30].map((seconds, index) => ({ task: index, package: "chan", arch: "src", seconds, at: index }))
          )
          yield* builders.took([
            { task: 7, package: long(2_000), arch: "src", seconds: 1, at: 1 },
            { task: 8, package: "chan", arch: "src", seconds: 20, at: 3 },
            { task: 8, package: "chan", arch: "src", seconds: 20, at: 3 }
          ])
          const expected = yield* builders.durations(["chan", "other"])
          assert.strictEqual(expected("chan", "x86_64"), 20)
          assert.isUndefined(expected("other", "src"))
        }))

      const small = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 })))
      const draw = Arbitrary.all([small, small, small, small, small])
      it.effect.prop("chooses for nodes that ask together as the model does for one after the other", [
        Arbitrary.array(draw, { maxLength: 60 }),
        Arbitrary.all([small, small, small, small]),
        Arbitrary.schema(Schema.Literals([1, 1, 2, 5, 12])),
        // With many owners there are more of them than a statement looks at.
        Arbitrary.schema(Schema.Literals([1, 9]))
      ], ([draws, [perOwner, perOwnerArch, reserved, slots], asking, owners]) =>
        Effect.gen(function*() {
          yield* clear
          const builders = yield* BuilderPool
          const sql = yield* SqlClient.SqlClient
          const offers = draws.map(([owner, arch, priority, path, group], index) =>
            offer(index + 1, `o${owner}.${index % owners}`, {
              arch: ["src", "x86_64", "aarch64", "x86_64", "src"][arch]!,
              class: group === 4 ? "release" : "",
              priority: priority % 2,
              path,
              process: 1 + index % 5,
              url: `https://x/${priority === 4 ? "KERNEL" : "other"}.git`
            })
          )
          yield* builders.offer(offers)
          const leased = offers.filter((_, index) => draws[index]![4] === 0).map(({ id }) => id)
          yield* sql`
            UPDATE builder_task SET state = 'leased', node = 'n9', until = 99999999
            WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(leased)}::text::jsonb)::bigint))`
          yield* builders.adjustNode("n1", { slots: slots + 1 })
          yield* sql`UPDATE builder_node SET arches = '{x86_64,src}', seen_at = 0`
          const limits: Matching.Limits = {
            ...(perOwner === 0 ? {} : { perOwner: perOwner * 2 }),
            ...(perOwnerArch === 0 ? {} : { perOwnerArch }),
            reservations: reserved === 0 ? [] : [
              { class: "release", arch: "x86_64", slots: reserved },
              { class: "other", arch: "x86_64", slots: perOwner % 2 }
            ],
            capacity: new Map([["x86_64", slots + 1], ["src", slots + 1]])
          }
          let tasks = offers.map((one) =>
            PoolTask.make({
              ...one,
              build: one.process,
              class: one.class === "" ? undefined : one.class,
              state: leased.includes(one.id) ? "leased" : "queued"
            })
          )
          const node = { arches: ["x86_64", "src"], excluded: ["kernel"] }
          const expected = Array.from({ length: asking }, () => {
            const one = { ...node, node: "n1", draining: false }
            const chosen = Matching.choose(tasks, one, Matching.active(tasks), limits)?.id
            tasks = tasks.map((task) => task.id === chosen ? { ...task, state: "leased" as const } : task)
            return chosen
          })
          const actual: Array<number | undefined> = Array.from({ length: asking }, () => undefined)
          let waiting = actual.map((_, index) => index)
          let statements = 0
          while (waiting.length > 0) {
            const answers = yield* HandOut.handOut({ ...node, nodes: waiting.map(() => "n1") }, limits, 1, 2)
            statements++
            for (const { asked, id } of answers) if (id !== null) actual[waiting[asked - 1]!] = Number(id)
            const before = waiting.length
            waiting = answers.flatMap(({ asked, id, isMore }) => id === null && isMore ? [waiting[asked - 1]!] : [])
            assert.isBelow(waiting.length, before, "somebody gets something whenever there is more")
          }
          assert.deepStrictEqual(actual, expected)
          assert.isAtMost(statements, asking + 1)
        }), { arbitrary: { runs: 300 } })
    })
  })
}

const server = databases.find(({ name }) => name === "PostgreSQL")
describe.runIf(server !== undefined)("on a server, nodes that ask at the same time", () => {
  it.layer(layer(settings).pipe(Layer.provideMerge(server?.layer ?? databases[0]!.layer)))((it) => {
    it.effect("get each task once, and nobody goes away empty while there is something", () =>
      Effect.gen(function*() {
        yield* clear
        const builders = yield* BuilderPool
        yield* builders.offer(Array.from({ length: 300 }, (_, index) => offer(index + 1, `o${index % 7}`)))
        const handed = yield* Effect.forEach(
          Array.from({ length: 300 }, (_, index) => index),
          (index) => builders.handOut({ ...asking, node: `n${index % 64}` }),
          { concurrency: 64 }
        )
        const ids = handed.flatMap((task) => task === undefined ? [] : [Number(task.id)])
        assert.lengthOf(new Set(ids), ids.length)
        assert.isAtLeast(ids.length, 290)
      }))
  })
})

const limited: PoolSettings = {
  ...settings,
  perOwner: 3,
  reservations: [{ class: "urgent", arch: "x86_64", slots: 4 }],
  classes: [{ class: "urgent", by: "owner", name: "security" }]
}
describe.runIf(server !== undefined)("on a server, nodes that ask at the same time under limits", () => {
  it.layer(layer(limited).pipe(Layer.provideMerge(server?.layer ?? databases[0]!.layer)))((it) => {
    it.effect("take no more of one owner than is allowed, and leave free what is reserved", () =>
      Effect.gen(function*() {
        yield* clear
        const builders = yield* BuilderPool
        yield* builders.adjustNode("n1", { slots: 4 })
        yield* builders.handOut(asking)
        yield* builders.offer([
          ...[1, 2, 3, 4].map((id) => offer(id, `u${id}`, { class: "urgent" })),
          offer(5, "bob", { process: 9 })
        ])
        const together = yield* Effect.forEach(
          Array.from({ length: 5 }),
          () => builders.handOut(asking),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          together.map((task) => Number(task?.id)).sort(),
          [1, 2, 3, 4, 5],
          "what is reserved and used keeps nothing back"
        )
        yield* clear

        yield* builders.adjustNode("n1", { slots: 10 })
        const ask = Effect.map(
          Effect.forEach(Array.from({ length: 40 }), () => builders.handOut(asking), { concurrency: 40 }),
          (handed) => handed.flatMap((task) => task === undefined ? [] : [Number(task.id)]).length
        )
        yield* builders.offer(Array.from({ length: 30 }, (_, index) => offer(index + 1, "ann")))
        assert.strictEqual(yield* ask, 3)
        yield* builders.offer(Array.from({ length: 30 }, (_, index) => offer(index + 101, `o${index}`)))
        assert.strictEqual(yield* ask, 3, "six of ten slots are for everybody")
        const urgent = builders.classOf({ kind: "package", owner: "security", product: undefined })
        yield* builders.offer(
          Array.from({ length: 2 }, (_, index) => offer(index + 201, `s${index}`, { class: urgent }))
        )
        assert.strictEqual(yield* ask, 2, "two of four reserved slots are used, and two are kept")
      }))
  })
})
