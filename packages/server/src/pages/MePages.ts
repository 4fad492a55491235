/** `/me`. How somebody wants to be told is a form of the page itself. */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import { NoticePreference } from "@orch/api/orch/NoticesApi"
import * as Blocks from "@orch/web/Blocks"
import * as FeedPage from "@orch/web/FeedPage"
import * as MePage from "@orch/web/MePage"
import * as Effect from "effect/Effect"
import type { Asked, PageModule, Posted } from "./PageModule.ts"

const preferences = "/orch/v1/notices/preference"

const shown = Effect.fnUntraced(
  function*(
    { ask, now, prefix, viewer }: Asked,
    said: MePage.Content["said"],
    status: number,
    given?: NoticePreference
  ) {
    const feed = yield* ask(Blocks.address("/orch/v1/feed/", { q: FeedPage.mine, limit: 20 }), Feed)
    const preference = given ?? (yield* ask(preferences, NoticePreference))
    return { status, page: MePage.page({ feed, preference, said, viewer, now, prefix }) }
  }
)

/** What a form says; lines without anything are none. */
const preferenceIn = (form: URLSearchParams): NoticePreference => {
  const text = (name: string) => (form.get(name) ?? "").trim()
  const orNull = (value: string) => value === "" ? null : value
  return {
    mail: form.get("mail") === "yes",
    address: orNull(text("address")),
    webhook: orNull(text("webhook")),
    follow: text("follow").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "")
  }
}

const saved = (asked: Posted) => {
  const given = preferenceIn(asked.form)
  return asked.send(preferences, given, NoticePreference, "PUT").pipe(
    Effect.flatMap((taken) => shown(asked, "saved", 200, taken)),
    Effect.catchIf(
      ({ status }) => status === 400,
      ({ message }) => shown(asked, { problem: message }, 400, given)
    )
  )
}

export const pages: ReadonlyArray<PageModule> = [
  { address: "/me", make: (asked) => shown(asked, undefined, 200), post: saved }
]
