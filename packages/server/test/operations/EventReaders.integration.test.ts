/** Many who read the stream of events from its beginning: each gets all of it, and the server stays ready meanwhile. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { get, type IncomingMessage } from "node:http"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as TestServer from "../support/TestServer.ts"

const readers = 200
const builds = 12

/** Opens the stream at its beginning and keeps what comes. */
const open = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<{ readonly response: IncomingMessage; readonly text: () => string }>((resolve, reject) => {
        get(`${url}/orch/v1/events`, { headers: { "last-event-id": "0" }, agent: false }, (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (chunk) => text += chunk).on("error", () => {})
          resolve({ response, text: () => text })
        }).on("error", reject)
      })
    ),
    ({ response }) => Effect.sync(() => response.destroy())
  )

const ids = (text: string): ReadonlyArray<number> =>
  [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))

describe.skipIf(skippedServer !== undefined)(
  `the stream of events${skippedServer === undefined ? "" : ` [skipped: ${skippedServer}]`}`,
  () => {
    it.live(
      "is read from its beginning by hundreds, each event once and in order, while the server stays ready",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const { url: database } = yield* temporaryDatabase
          const { git, url } = yield* TestServer.start({ DATABASE_URL: database, ORCH_ALLOW_YAML: "true" })
          TestRepository.make(`${git}/rpms/slow`).commit({ "slow.spec": "Name: slow\n" })
          const submit = (name: string) =>
            Effect.promise(() =>
              fetch(`${url}/orch/v1/module-builds/`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify({
                  yaml_modulemd: TestServer.modulemd({ slow: [] }).replace("name: demo", `name: ${name}`)
                })
              }).then(({ status }) => status)
            )
          for (let n = 0; n < builds; n++) assert.strictEqual(yield* submit(`early${n}`), 201)
          const streams = yield* Effect.forEach(Array.from({ length: readers }), () => open(url), { concurrency: 50 })
          // The first bytes are there at once, also of a stream without news.
          assert.isTrue(streams.every(({ response }) => response.statusCode === 200))
          for (let n = 0; n < 10; n++) {
            assert.strictEqual((yield* Effect.promise(() => fetch(`${url}/health/ready`))).status, 200)
          }
          assert.strictEqual(yield* submit("late"), 201)
          const last = yield* Effect.promise(async () => {
            const reply = await fetch(`${url}/orch/v1/module-builds/?name=late`)
            const { items } = await reply.json() as { readonly items: ReadonlyArray<{ readonly id: number }> }
            return items[0]!.id
          })
          const has = (text: string): boolean => text.includes(`"id":${last},`)
          yield* Effect.sleep("50 millis").pipe(
            Effect.repeat({ until: () => streams.every(({ text }) => has(text())) }),
            Effect.timeout("60 seconds")
          )
          const [first, ...others] = streams.map(({ text }) => ids(text()))
          assert.deepStrictEqual([...first!].toSorted((a, b) => a - b), first)
          assert.lengthOf(first!, new Set(first).size)
          const common = Math.min(first!.length, ...others.map(({ length }) => length))
          assert.isAbove(common, 0)
          for (const other of others) assert.deepStrictEqual(other.slice(0, common), first!.slice(0, common))
        })),
      180_000
    )
  }
)
