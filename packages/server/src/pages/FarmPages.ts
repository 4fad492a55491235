/** `/farm` and what lies below it. */
import { FarmOverview, QueuePage } from "@orch/api/orch/FarmApi"
import * as Blocks from "@orch/web/Blocks"
import * as FarmPage from "@orch/web/farm/FarmPage"
import * as NodePage from "@orch/web/farm/NodePage"
import * as QueueTable from "@orch/web/farm/QueueTable"
import * as Effect from "effect/Effect"
import { type Asked, missing, offsetIn, type PageModule, textIn } from "./PageModule.ts"

/** Of the queue, as much as the page needs to say who is in front. */
const front = 100

const farm = Effect.fnUntraced(function*({ ask, now, prefix, query, viewer }: Asked) {
  const [overview, queue] = yield* Effect.all([
    ask("/orch/v1/farm/", FarmOverview),
    ask(`/orch/v1/farm/queue?limit=${front}`, QueuePage)
  ])
  const isWall = query.get("wall") === "1"
  return { status: 200, page: FarmPage.page({ farm: overview, queue, isWall, viewer, now, prefix }) }
})

const queue = Effect.fnUntraced(function*({ ask, now, prefix, query }: Asked) {
  const said = textIn(query)
  const offset = offsetIn(query)
  const filter = { arch: said("arch"), owner: said("owner"), kind: said("kind") }
  const found = yield* ask(
    Blocks.address("/orch/v1/farm/queue", { ...filter, limit: QueueTable.size, offset }),
    QueuePage
  )
  return { status: 200, page: QueueTable.page({ queue: found, ...filter, offset, now, prefix }) }
})

const node = Effect.fnUntraced(function*({ ask, now, params, prefix, viewer }: Asked) {
  const farm = yield* ask("/orch/v1/farm/", FarmOverview)
  const found = farm.nodes.find(({ name }) => name === params["name"])
  if (found === undefined) return yield* Effect.fail(missing("build node"))
  const waiting = yield* ask(
    Blocks.address("/orch/v1/farm/queue", { kind: "node", arch: found.arches[0], limit: 20 }),
    QueuePage
  )
  return { status: 200, page: NodePage.page({ node: found, farm, queue: waiting, viewer, now, prefix }) }
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/farm", make: farm },
  { address: "/farm/queue", make: queue },
  { address: "/farm/nodes/:name", make: node }
]
