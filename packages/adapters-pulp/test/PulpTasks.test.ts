/** Tasks are followed together to their ends, whatever the end is. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as CorrelationId from "../src/CorrelationId.ts"
import * as Publications from "../src/Publications.ts"
import type { PulpConnection } from "../src/PulpConnection.ts"
import * as PulpDispatch from "../src/PulpDispatch.ts"
import * as PulpTask from "../src/PulpTask.ts"
import * as Repositories from "../src/Repositories.ts"
import type * as FakePulp from "../src/testing/FakePulp.ts"
import { withFake } from "./Connections.ts"

const give = Effect.fnUntraced(function*({ client }: PulpConnection, path: string, json: Record<string, string>) {
  const { json: answer } = yield* client.send({ method: "POST", path, json })
  return (yield* client.decode(PulpTask.Dispatched, `POST ${path}`, answer)).task
})

const publishing = Effect.fnUntraced(function*(connection: PulpConnection, name: string) {
  const { latest_version_href } = yield* Repositories.ensure(connection.client, name)
  return yield* give(connection, "publications/rpm/rpm/", { repository_version: latest_version_href })
})

const until = (holds: () => boolean) =>
  Effect.gen(function*() {
    while (!holds()) yield* Effect.sleep("5 millis")
  })

const polls = ({ seen }: FakePulp.FakePulp) =>
  seen.filter(({ method, path }) => method === "GET" && path === "tasks/").length

describe("tasks of Pulp", () => {
  it.live("are asked about together", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const tasks = yield* Effect.forEach(
          Array.from({ length: 100 }, (_, index) => `r${index}`),
          (name) => publishing(connection, name),
          { concurrency: 8 }
        )
        const following = yield* Effect.forkChild(
          Effect.forEach(tasks, (task) => connection.tasks.follow(task), { concurrency: "unbounded" })
        )
        yield* until(() => polls(pulp) >= 9)
        pulp.releaseTasks()
        const ended = yield* Fiber.join(following)
        assert.strictEqual(new Set(ended.map(({ pulp_href }) => pulp_href)).size, 100)
        for (const task of ended) assert.strictEqual(PulpTask.created(task, "publication").length, 1)
        // Forty paths fit into one question, so a hundred tasks take three at a time.
        assert.isBelow(polls(pulp), 300)
        const questions = pulp.seen.filter(({ path }) => /^tasks\/.+/.test(path))
        assert.deepStrictEqual(questions, [])
      }), { more: { tasks: { pollMillis: { shortest: 5, longest: 20 } } } }))

  it.live("end by being canceled as well", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const task = yield* publishing(connection, "one")
        const following = yield* Effect.forkChild(Effect.flip(connection.tasks.follow(task)))
        yield* until(() => polls(pulp) > 0)
        yield* connection.tasks.cancel(task)
        const error = yield* Fiber.join(following)
        assert.strictEqual(error.reason, "canceled")
        assert.strictEqual(error.task, task)
        // Once more is fine, and so is one that completed or is not there.
        yield* connection.tasks.cancel(task)
        pulp.releaseTasks()
        const other = yield* publishing(connection, "two")
        yield* connection.tasks.follow(other)
        yield* connection.tasks.cancel(other)
        yield* connection.tasks.cancel(other.replace(/[0-9a-f]{12}\/$/, "000000000000/"))
      })
    ))

  it.live("are canceled when they wait or run too long", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const [running, another] = [yield* publishing(connection, "one"), yield* publishing(connection, "two")]
        const waiting = yield* publishing(connection, "three")
        const patience = { waitingMillis: 100, runningMillis: 100 }
        const errors = yield* Effect.forEach(
          [running, another, waiting],
          (task) => Effect.flip(connection.tasks.follow(task, patience)),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(errors.map(({ reason }) => reason), ["overdue", "overdue", "overdue"])
        const canceled = pulp.seen.filter(({ method }) => method === "PATCH").map(({ path }) => path)
        assert.strictEqual(new Set(canceled).size, 3)
      }), { more: { tasks: { pollMillis: { shortest: 5, longest: 20 } } } }))

  it.live("fail with what Pulp says, whatever that is", () =>
    withFake((connection) =>
      Effect.gen(function*() {
        const { pulp_href } = yield* Repositories.ensure(connection.client, "one")
        const remote = yield* connection.client.send({
          method: "POST",
          path: "remotes/rpm/rpm/",
          json: { name: "nowhere", url: "http://127.0.0.1:9/" }
        })
        const { pulp_href: href } = remote.json as { readonly pulp_href: string }
        const error = yield* Effect.flip(
          connection.tasks.follow(yield* give(connection, `${pulp_href}sync/`, { remote: href }))
        )
        assert.strictEqual(error.reason, "failed")
        assert.include(error.message, "Cannot connect")
      })
    ))

  it.live("are given up as gone when Pulp no longer knows them", () =>
    withFake((connection) =>
      Effect.gen(function*() {
        const nowhere = `${connection.client.root}tasks/01a223e8-0000-7000-8000-000000000000/`
        assert.strictEqual((yield* Effect.flip(connection.tasks.follow(nowhere))).reason, "gone")
      }), { more: { tasks: { pollMillis: { shortest: 1, longest: 5 } } } }))

  it.live("tell of their progress while they run", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const task = yield* publishing(connection, "one")
        const states: Array<string> = []
        const onProgress = ({ state }: PulpTask.PulpTask) => Effect.sync(() => void states.push(state))
        const following = yield* Effect.forkChild(connection.tasks.follow(task, { onProgress }))
        yield* until(() => states.includes("running"))
        pulp.releaseTasks()
        yield* Fiber.join(following)
      }), { more: { tasks: { pollMillis: { shortest: 5, longest: 20 } } } }))

  it.live("outlast a Pulp that does not answer for a while", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        pulp.holdTasks()
        const following = yield* Effect.forkChild(connection.tasks.follow(yield* publishing(connection, "one")))
        yield* until(() => polls(pulp) > 0)
        yield* Effect.promise(() => pulp.goAway(500))
        pulp.releaseTasks()
        assert.strictEqual((yield* Fiber.join(following)).state, "completed")
      })
    ))

  it.live("that lost their worker are canceled at once, and given again", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const repository = yield* Repositories.ensure(connection.client, "one")
        pulp.holdTasks()
        const work = {
          correlation: CorrelationId.make("test", "worker"),
          path: "publications/rpm/rpm/",
          json: { repository_version: repository.latest_version_href }
        }
        const performing = yield* Effect.forkChild(
          PulpDispatch.perform(connection.client, connection.tasks, work)
        )
        yield* until(() => polls(pulp) > 1)
        pulp.killWorker()
        // The task goes on running as far as Pulp says, until it cleans up, which here is never.
        yield* until(() => pulp.seen.some(({ method }) => method === "PATCH"))
        pulp.releaseTasks()
        const ended = yield* Fiber.join(performing)
        assert.strictEqual(ended.state, "completed")
        assert.isDefined(yield* Publications.find(connection.client, repository.latest_version_href))
      }), { more: { tasks: { pollMillis: { shortest: 5, longest: 20 }, workersMillis: 50 } } }))

  it.live("that lost their worker hold their repository, and work on it is done when Pulp has cleaned up", () =>
    withFake((connection, pulp) =>
      Effect.gen(function*() {
        const repository = yield* Repositories.ensure(connection.client, "one")
        pulp.holdTasks()
        const modifying = yield* Effect.forkChild(
          Repositories.modify(connection.client, connection.tasks, repository, CorrelationId.make("test", "held"), {
            add: [],
            remove: []
          })
        )
        yield* until(() => polls(pulp) > 1)
        pulp.killWorker()
        pulp.releaseTasks()
        const given = () => pulp.seen.filter(({ method, path }) => method === "POST" && path.endsWith("modify/")).length
        yield* until(() => given() === 2)
        yield* Effect.sleep("50 millis")
        assert.isUndefined(modifying.pollUnsafe())
        pulp.cleanUpWorkers()
        assert.strictEqual(yield* Fiber.join(modifying), 0)
      }), { more: { tasks: { pollMillis: { shortest: 5, longest: 20 }, workersMillis: 50 } } }))
})

describe("a correlation id", () => {
  it("is a UUID, the same for a key and different for another", () => {
    const id = CorrelationId.make("change", "/a/", "1")
    assert.match(id, /^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
    assert.strictEqual(CorrelationId.make("change", "/a/", "1"), id)
    assert.notStrictEqual(CorrelationId.make("change", "/a/1", ""), id)
  })
})
