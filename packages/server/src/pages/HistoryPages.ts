/** `/history`. */
import { Ref, RefInterval, StaleComponent } from "@orch/api/orch/HistoryApi"
import * as Blocks from "@orch/web/Blocks"
import * as HistoryPage from "@orch/web/history/HistoryPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answered, type Asked, type PageModule, type Refused, textIn } from "./PageModule.ts"

const root = "/orch/v1/history"
const { size } = HistoryPage

interface Found extends Pick<HistoryPage.Content, "intervals" | "next" | "refs" | "stale"> {}

const nothing: Found = { refs: [], intervals: [], stale: [], next: undefined }

const isFull = (items: ReadonlyArray<unknown>): boolean => items.length === size

const history = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const said = textIn(query)
  const asked = { repository: said("repository"), ref: said("ref"), commit: said("commit").toLowerCase() }
  const { commit, ref, repository } = asked
  const find = (): Effect.Effect<Found, Refused> => {
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
      ask(Blocks.address(`${root}/refs`, { repository, limit: size, after: said("after") }), Schema.Array(Ref)),
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
  return yield* answered(
    find(),
    (found = nothing, problem) => HistoryPage.page({ ...asked, ...found, problem, now, prefix }),
    [400, 404]
  )
})

export const pages: ReadonlyArray<PageModule> = [{ address: "/history", make: history }]
