/**
 * Asks Red Hat's Product Pages which releases have happened, since a released platform is built for under its support stream.
 *
 * A schedule's task may stand for the release before its general availability does. What cannot be told has not happened:
 * a product whose pages do not answer is built for as before.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as JsonRequest from "../../outgoing/JsonRequest.ts"
import { StreamSettings } from "./StreamSettings.ts"

export interface Interface {
  /** Those of these releases (`rhel-8-2.1`) whose day is over, by UTC. */
  readonly released: (releases: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>>
}

/** For each answer; the same as in the Module Build Service. */
const timeout = 15_000
/** A schedule has some hundreds of tasks of a hundred bytes. */
const mostBytes = 4 * 1024 * 1024

const Day = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/))
const Schedule = Schema.Array(Schema.Struct({ name: Schema.String, date_finish: Schema.NullOr(Day) }))
const Release = Schema.Struct({ ga_date: Schema.optionalKey(Schema.NullOr(Day)) })

const ask = <A>(url: string, schema: Schema.Codec<A, unknown>): Effect.Effect<A | undefined> =>
  JsonRequest.ask(url, schema, { timeoutMillis: timeout, maxBytes: mostBytes }).pipe(
    Effect.catch(({ message }) =>
      Effect.as(
        Effect.logWarning(`Product Pages do not answer; the release is taken not to have happened: ${message}`),
        undefined
      )
    )
  )

const alike = (text: string): string => text.trim().toLowerCase()

export class ProductPages
  extends Context.Service<ProductPages, Interface>()("@orch/server/modulebuilds/submission/ProductPages")
{
  static readonly layer: Layer.Layer<ProductPages, never, StreamSettings> = Layer.effect(
    ProductPages,
    Effect.gen(function*() {
      const { productPagesTasks, productPagesUrl } = yield* StreamSettings
      const base = `${(productPagesUrl ?? "").replace(/\/+$/, "")}/api/v7/releases/`

      /** When the first of the configured tasks that the release has is finished. */
      const scheduled = Effect.fnUntraced(function*(release: string) {
        if (productPagesTasks.length === 0) return undefined
        const url = `${base}${encodeURIComponent(release)}/schedule-tasks/?fields=name,date_finish`
        const tasks = yield* ask(url, Schedule)
        return productPagesTasks.map((name) => tasks?.find((task) => alike(task.name) === alike(name)))
          .find((task) => task !== undefined)?.date_finish
      })

      const available = (release: string) =>
        Effect.map(ask(`${base}${encodeURIComponent(release)}/?fields=ga_date`, Release), (found) => found?.ga_date)

      const isReleased = Effect.fnUntraced(function*(release: string) {
        const today = new Date(yield* Clock.currentTimeMillis).toISOString().slice(0, 10)
        const isOver = (day: string | null | undefined) => typeof day === "string" && day < today
        return isOver(yield* scheduled(release)) || isOver(yield* available(release))
      })

      return ProductPages.of({
        released: (releases) =>
          productPagesUrl === undefined
            ? Effect.succeed(new Set())
            : Effect.map(Effect.filter(releases, isReleased, { concurrency: 4 }), (found) => new Set(found))
      })
    })
  )
}
