/** Connections to the database that break while something is written: 503 and nothing half written, never 500. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestRepository from "../scm/TestRepository.ts"
import * as CuttableWay from "../support/CuttableWay.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const skipped = skippedServer === undefined ? "" : ` (skipped: ${skippedServer})`

describe.skipIf(skippedServer !== undefined)(`a server whose connections to the database are cut${skipped}`, () => {
  it.live(
    "answers 503 and asks to try again, and what it accepted is there",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { url: database } = yield* temporaryDatabase
        const way = yield* CuttableWay.make(new URL(database))
        const through = new URL(database)
        through.host = `127.0.0.1:${way.port}`
        const { git, url } = yield* TestServer.start({
          DATABASE_URL: through.href,
          ORCH_ALLOW_YAML: "true",
          ORCH_PLATFORMS: "el9"
        })
        TestRepository.make(`${git}/rpms/slow`).commit({ "slow.spec": "Name: slow\n" })
        const statuses = new Map<number, number>()
        const accepted: Array<number> = []
        const submit = (n: number) =>
          Effect.promise(async () => {
            const document = TestServer.modulemd({ slow: [] }).replace("name: demo", `name: cut${n}`)
            const reply = await fetch(`${url}/orch/v1/module-builds/`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ yaml_modulemd: document })
            })
            const body = await reply.json() as unknown
            statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
            if (reply.status === 201) accepted.push((body as ReadonlyArray<{ readonly id: number }>)[0]!.id)
            if (reply.status === 503) assert.match(reply.headers.get("retry-after") ?? "", /^\d+$/)
          })
        const cutting = yield* Effect.forkChild(
          Effect.forEach(
            Array.from({ length: 60 }, (_, n) => 3 + (n * 7) % 40),
            (pause) => Effect.andThen(Effect.sleep(pause), Effect.sync(way.cut))
          )
        )
        yield* Effect.forEach(Array.from({ length: 60 }, (_, n) => n), submit, { concurrency: 6, discard: true })
        yield* Fiber.join(cutting)
        assert.deepStrictEqual([...statuses.keys()].filter((status) => ![201, 503].includes(status)), [])
        yield* Effect.promise(async () => {
          for (let n = 0; n < 100; n++) {
            if ((await fetch(`${url}/health/ready`)).status === 200) return
            await new Promise((resolve) => setTimeout(resolve, 100))
          }
          assert.fail("the server did not recover")
        })
        yield* submit(60)
        assert.isNotEmpty(accepted)
        for (const id of accepted) {
          const reply = yield* Effect.promise(() => fetch(`${url}/orch/v1/module-builds/${id}`))
          assert.strictEqual(reply.status, 200)
        }
      })),
    120_000
  )
})
