/** How whoever asks wants to be told, on the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import { NoticePreferences } from "../NoticePreferences.ts"

const isWebhook = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)

/** One address and nothing else: no list, no name, no line of a header. */
const isAddress = (text: string): boolean => /^[^\s@,;<>()"\\]{1,64}@[^\s@,;<>()"\\]{1,255}$/.test(text)

export const layer = HttpApiBuilder.group(
  OrchApi,
  "notices",
  Effect.fn(function*(handlers) {
    const preferences = yield* NoticePreferences
    const mine = Effect.gen(function*() {
      const { name } = yield* CurrentCaller
      const { address, follow, mail, webhook } = (yield* whenAway(preferences.of([name]))).get(name)!
      return { address, follow, mail, webhook }
    })
    return handlers.handleAll({
      preference: () => mine,
      prefer: Effect.fnUntraced(function*(
        { payload: { address = null, follow = [], mail = true, webhook = null } }
      ) {
        if (address !== null && !isAddress(address)) {
          return yield* ErrorBody.badRequest("address must be one mail address, such as alice@example.org")
        }
        if (webhook !== null && !isWebhook(webhook)) {
          return yield* ErrorBody.badRequest("webhook must be an http or https address")
        }
        const { name } = yield* CurrentCaller
        yield* whenAway(preferences.put({ name, address, follow, mail, webhook }))
        return yield* mine
      })
    })
  })
)
