/** Addresses that lead to others: those of pages that people came from, and those that say what somebody means rather than its number. */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import * as Blocks from "@orch/web/Blocks"
import * as Effect from "effect/Effect"
import { type Asked, missing, type PageModule, part } from "./PageModule.ts"

const to = (address: (params: Asked["params"]) => string, isForEver: boolean) => ({ params }: Asked) =>
  Effect.succeed({ go: address(params), isForEver })

/** The filter of a module's stream; quotes keep what is in a name together. */
const filterOf = ({ name = "", stream = "" }: Asked["params"]): string =>
  [["name", name], ["stream", stream]].map(([key, value]) => `${key}:"${value!.replaceAll("\"", "")}"`).join(" ")

/** The newest build of a stream that is ready. */
const latest = ({ ask, params }: Asked) =>
  Effect.flatMap(
    ask(Blocks.address("/orch/v1/feed/", { q: `${filterOf(params)} state:ready -kind:scratch`, limit: 1 }), Feed),
    ({ items: [newest] }) =>
      newest === undefined
        ? Effect.fail(missing("ready build of this stream"))
        : Effect.succeed({ go: `/builds/${newest.id}`, isForEver: false })
  )

export const pages: ReadonlyArray<PageModule> = [
  { address: "/build/:id", make: to(({ id }) => `/builds/${part(id)}`, true) },
  { address: "/release/:id", make: to(({ id }) => `/releases/${part(id)}`, true) },
  {
    address: "/modules/:name/:stream",
    make: to((params) => Blocks.address("/builds", { q: filterOf(params) }), false)
  },
  { address: "/modules/:name/:stream/latest", make: latest }
]
