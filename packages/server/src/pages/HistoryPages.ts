/** `/history`. */
import { RefInterval, StaleComponent } from "@orch/api/orch/HistoryApi"
import * as Blocks from "@orch/web/Blocks"
import * as HistoryPage from "@orch/web/history/HistoryPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Asked, PageModule } from "./PageModule.ts"

const Refs = Schema.Array(Schema.Struct({
  number: Schema.Number,
  repository: Schema.String,
  ref: Schema.String,
  commit: Schema.NullOr(Schema.String),
  since: Schema.NullOr(Schema.String)
}))

const root = "/orch/v1/history"
const { size } = HistoryPage

interface Found extends Pick<HistoryPage.Content, "intervals" | "next" | "refs" | "stale"> {}

const nothing: Found = { refs: [], intervals: [], stale: [], next: undefined }

const isFull = (items: ReadonlyArray<unknown>): boolean => items.length === size

const history = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const said = (name: string) => (query.get(name) ?? "").trim()
  const asked = { repository: said("repository"), ref: said("ref"), commit: said("commit").toLowerCase() }
  const { commit, ref, repository } = asked
  const find = (): Effect.Effect<Found, { readonly status: number; readonly message: string }> => {
    if (commit !== "") {
      return ask(Blocks.address(`${root}/commits`, { repository, commit, limit: size }), Schema.Array(RefInterval))
        .pipe(
          Effect.map((intervals) => ({ ...nothing, intervals }))
        )
    }
    if (ref !== "") {
      return ask(
        Blocks.address(`${root}/intervals`, { repository, ref, limit: size, before: said("before") }),
        Schema.Array(RefInterval)
      ).pipe(
        Effect.map((intervals) => ({
          ...nothing,
          intervals,
          next: isFull(intervals) ? { before: intervals.at(-1)!.from } : undefined
        }))
      )
    }
    return Effect.all([
      ask(Blocks.address(`${root}/refs`, { repository, limit: size, after: said("after") }), Refs),
      ask(Blocks.address(`${root}/stale`, { repository, limit: size }), Schema.Array(StaleComponent))
    ]).pipe(
      Effect.map(([refs, stale]) => ({
        ...nothing,
        refs,
        stale,
        next: isFull(refs) ? { after: String(refs.at(-1)!.number) } : undefined
      }))
    )
  }
  const page = (found: Found, problem: string | undefined) =>
    HistoryPage.page({ ...asked, ...found, problem, now, prefix })
  return yield* find().pipe(
    Effect.map((found) => ({ status: 200, page: page(found, undefined) })),
    Effect.catch((refused) =>
      refused.status === 400 || refused.status === 404
        ? Effect.succeed({ status: refused.status, page: page(nothing, refused.message) })
        : Effect.fail(refused)
    )
  )
})

export const pages: ReadonlyArray<PageModule> = [{ address: "/history", make: history }]
