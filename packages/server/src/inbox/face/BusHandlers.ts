/** The message bus of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Topics from "@orch/api/topics/Topics"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as Schema from "effect/Schema"
import { ToldListeners } from "../../announcing/ToldListeners.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import { time } from "../../http/Timestamp.ts"
import { BrokerSessions } from "../BrokerSessions.ts"
import { Inbox } from "../Inbox.ts"

const timeOrNull = (millis: number | null | undefined) => millis === null || millis === undefined ? null : time(millis)

export const layer = HttpApiBuilder.group(
  OrchApi,
  "bus",
  Effect.fn(function*(handlers) {
    const inbox = yield* Inbox
    const sessions = yield* BrokerSessions
    const { all: told } = yield* ToldListeners

    const heard = Effect.gen(function*() {
      const counted = new Map((yield* inbox.sources).map((row) => [row.source, row]))
      return (yield* sessions.states).map(({ reason, since, source }) => {
        const row = counted.get(source.id)
        return {
          id: source.id,
          kind: source.protocol,
          address: source.address,
          topics: source.topics,
          believed: [...source.believed],
          connected: reason === undefined,
          since: time(since),
          reason: reason ?? null,
          received: row?.received ?? 0,
          repeated: row?.repeated ?? 0,
          refused: row?.refused ?? 0,
          last_refusal: row?.last_refusal ?? null,
          passed_on: row?.passed_on ?? 0,
          waiting: row?.waiting ?? 0,
          failed: row?.failed ?? 0,
          last_at: timeOrNull(row?.last_at)
        }
      })
    })

    return handlers.handleAll({
      status: () => whenAway(Effect.all({ told, heard })),
      messages: Effect.fnUntraced(function*({ query: { before, limit, state } }) {
        if (before !== undefined && !/^\d{1,15}$/.test(before)) {
          return yield* ErrorBody.badRequest("before must be the number of a message")
        }
        const page = yield* Paging.parse(limit === undefined ? {} : { limit }, 100)
        const rows = yield* whenAway(
          inbox.messages(state, before === undefined ? undefined : Number(before), page.limit)
        )
        return rows.map(({ received_at, state: is, ...row }) => ({
          ...row,
          state: is as "waiting" | "handled" | "failed",
          received_at: time(received_at)
        }))
      }),
      retry: Effect.fnUntraced(function*({ params: { number } }) {
        const found = /^\d{1,15}$/.test(number) && (yield* whenAway(inbox.retry(Number(number))))
        if (!found) return yield* ErrorBody.notFound("No message of that number has failed")
      }),
      topics: () =>
        Effect.succeed(
          Object.entries(Topics.all).map(([topic, { about, subject, version }]) => ({
            topic,
            version,
            schema: Topics.schemaName(topic),
            about,
            subject
          }))
        ),
      topic: ({ params }) => {
        const topic = Topics.find(params.topic)
        return topic === undefined
          ? Effect.fail(ErrorBody.notFound(`There is no topic ${params.topic.slice(0, 100)}`))
          : Effect.succeed(Topics.jsonSchema(params.topic, topic) as Readonly<Record<string, Schema.Json>>)
      }
    })
  })
)
