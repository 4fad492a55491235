/**
 * A worker of a real Pulp that is killed with its task: noticed within its time to live, while Pulp goes on calling the task running. Only
 * in the long run, and only at a Pulp that is ours to hurt.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import * as CorrelationId from "../src/CorrelationId.ts"
import * as PulpTask from "../src/PulpTask.ts"
import * as Remotes from "../src/Remotes.ts"
import * as Repositories from "../src/Repositories.ts"
import { connect } from "./Connections.ts"
import * as realPulp from "./realPulp.ts"

const all = process.env["ORCH_TEST_PULP"] === "all"
const found = all ? await realPulp.find() : { missing: "ORCH_TEST_PULP=all runs it" }
const missing = "missing" in found
  ? found.missing
  : found.pulp.home === undefined
  ? "this Pulp is not ours"
  : undefined

const Worker = Schema.Struct({ name: Schema.String, current_task: Schema.NullOr(Schema.String) })

/** Takes connections and never answers, so that a sync from it does not end. */
const silence = Effect.acquireRelease(
  Effect.promise(() =>
    new Promise<{ readonly url: string; readonly close: () => void }>((resolve) => {
      const sockets = new Set<{ readonly destroy: () => void }>()
      const server = createServer((socket) => void sockets.add(socket.on("error", () => {})))
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        }
        resolve({ url: `http://127.0.0.1:${port}/`, close })
      })
    })
  ),
  ({ close }) => Effect.sync(close)
)

describe("a worker that is killed", () => {
  const title = "is noticed, its task canceled, and work on its repository waits its turn"
  if (missing !== undefined || !("pulp" in found)) return it.skip(`${title} [skipped: ${missing}]`, () => {})

  it.live(title, () =>
    Effect.scoped(Effect.gen(function*() {
      const { client, tasks } = yield* connect(found.pulp, { tasks: { workersMillis: 5000 } })
      const name = `worker-${Date.now()}`
      const repository = yield* Repositories.ensure(client, name)
      const { url } = yield* silence
      const remote = yield* Remotes.ensure(client, tasks, { name, url, policy: "immediate" })
      const { json } = yield* client.send({ method: "POST", path: `${repository.pulp_href}sync/`, json: { remote } })
      const { task } = yield* client.decode(PulpTask.Dispatched, "POST sync/", json)
      const following = yield* Effect.forkChild(Effect.flip(tasks.follow(task)))
      let victim: string | undefined
      while (victim === undefined) {
        yield* Effect.sleep("200 millis")
        const workers = yield* client.list(Worker, "workers/", { fields: "name,current_task" })
        victim = workers.find(({ current_task }) => current_task === task)?.name
      }
      realPulp.killWorker(found.pulp, victim)
      const error = yield* Fiber.join(following)
      assert.strictEqual(error.reason, "lost")
      assert.include(error.message, victim)
      // Pulp still holds the repository for it: the same reason for which the task is canceled and not waited for.
      const state = yield* client.get(Schema.Struct({ state: Schema.String }), task)
      assert.include(["canceling", "canceled"], state.state)
      const change = { add: [], remove: [] }
      const waiting = yield* Effect.forkChild(
        Repositories.modify(client, tasks, repository, CorrelationId.make("test", name), change)
      )
      yield* Effect.sleep("3 seconds")
      if (state.state === "canceling") assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(waiting)
    })), 240_000)
})
