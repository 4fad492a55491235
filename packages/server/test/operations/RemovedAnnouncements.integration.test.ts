/** Who comes back for announcements that were removed is told so, once, before what is still there. */
import { assert, it } from "@effect/vitest"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as EventStream from "../../src/operations/EventStream.ts"
import { any } from "../support/Databases.ts"

const first = (lastEventId: string, about: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const events = yield* EventStream.followAll(lastEventId, about)
    const [found] = yield* Stream.runCollect(Stream.take(events, 1))
    const { after, before } = JSON.parse(found?.data ?? "{}") as { readonly after?: number; readonly before?: number }
    return { event: found?.event, id: found?.id, after, before }
  })

it.live("the stream of events says what was removed", () =>
  Effect.gen(function*() {
    const outbox = yield* Outbox
    const sql = yield* SqlClient.SqlClient
    const told = (n: number) => ({ topic: "test.told", subject: `test/${n % 2}`, body: { n } })
    yield* outbox.append([told(1), told(2), told(3), told(4), told(5)], 0)
    assert.deepInclude(yield* first("1"), { event: "test.told", id: "2" })
    yield* sql`DELETE FROM announcement WHERE sequence <= 3`
    assert.deepInclude(yield* first("1"), { event: "announcements.removed", id: "3", after: 1, before: 4 })
    assert.deepInclude(yield* first("1", ["test/1", "test/0"]), { event: "announcements.removed", after: 1 })
    // With the number that it was told it goes on.
    assert.deepInclude(yield* first("3"), { event: "test.told", id: "4" })
    yield* sql`DELETE FROM announcement`
    assert.deepInclude(yield* first("4"), { event: "announcements.removed", id: "5", after: 4, before: 6 })
  }).pipe(Effect.provide(PgOutbox.layer.pipe(Layer.provideMerge(any)))))
