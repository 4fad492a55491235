/** Who is told of announcements, and how far each has got. */
import type { Listener } from "@orch/core/ports/Announcer"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as AnnouncementNumbers from "../database/AnnouncementNumbers.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as Announcements from "./Announcements.ts"
import type { Values } from "./AnnouncingSettings.ts"
import * as BusAnnouncer from "./BusAnnouncer.ts"
import * as WebhookAnnouncer from "./WebhookAnnouncer.ts"

/** Somebody who is told; `behind` counts announcements that were not brought there yet. */
export interface ToldListener extends Listener {
  readonly kind: "webhook" | "amqp" | "mqtt"
  readonly behind: number
}

/** Those that the settings name. */
export class ToldListeners extends Context.Service<ToldListeners, {
  readonly all: Effect.Effect<ReadonlyArray<ToldListener>, StoreUnavailable>
}>()("@orch/server/announcing/ToldListeners") {}

/** By the cursors in the outbox. */
export const layer = ({ buses, webhooks }: Values): Layer.Layer<ToldListeners, never, SqlClient.SqlClient> =>
  Layer.effect(
    ToldListeners,
    Effect.map(SqlClient.SqlClient, (sql) => ({
      all: Effect.gen(function*() {
        const [row] = yield* sql<{ readonly last: bigint }>`SELECT last FROM ${sql.literal(AnnouncementNumbers.table)}`
        const cursors = yield* sql<{ readonly listener: string; readonly sequence: bigint }>`
          SELECT listener, sequence FROM listener_cursor`
        const known = new Map(cursors.map(({ listener, sequence }) => [listener, Number(sequence)]))
        const line = (kind: ToldListener["kind"], cursor: string, { address, id, topics }: Listener) => ({
          id,
          kind,
          address,
          topics,
          behind: Math.max(0, Number(row!.last) - (known.get(cursor) ?? 0))
        })
        return [
          ...webhooks.map((one) => line("webhook", Announcements.cursor(WebhookAnnouncer.kind, one.id), one)),
          ...buses.map((one) => line(one.protocol, Announcements.cursor(BusAnnouncer.kind, one.id), one))
        ]
      }).pipe(asUnavailable("ToldListeners.all"))
    }))
  )
