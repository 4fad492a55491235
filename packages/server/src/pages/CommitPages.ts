/** `/commits`: which commit is built for all of several places. */
import { Repository, StorageNode } from "@orch/api/shaman/RepositoriesApi"
import * as Blocks from "@orch/web/Blocks"
import * as CommitsPage from "@orch/web/commits/CommitsPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Asked, PageModule } from "./PageModule.ts"

const Found = Schema.Struct({ items: Schema.Array(Repository), next: Schema.NullOr(Schema.String) })

/** Records of one page: with places a dozen commits have one for each place. */
const most = 200
const listed = 50

const commits = Effect.fnUntraced(function*({ ask, now, origin, params, prefix, query }: Asked) {
  const said = (name: string) => (query.get(name) ?? params[name] ?? "").trim()
  const asked = {
    project: said("project"),
    ref: said("ref"),
    flavor: said("flavor"),
    sha1: said("sha1"),
    status: said("status")
  }
  const at = query.getAll("at").join(",").trim()
  const before = said("before")
  const distros = at.replace(/\s+/g, "")
  const none = { items: [], next: null }
  const search = (more: Readonly<Record<string, string | number>>) =>
    ask(Blocks.address("/orch/v1/repositories", { ...asked, distros, ...more }), Found)
  const page = (
    answer: typeof Found.Type,
    found: typeof Found.Type,
    nodes: ReadonlyArray<StorageNode>,
    problem?: string
  ) =>
    CommitsPage.page({
      ...asked,
      at,
      before,
      answer: answer.items,
      found: found.items,
      next: found.next,
      nodes,
      problem,
      now,
      prefix,
      origin
    })
  const nodes = yield* ask("/orch/v1/storage-nodes", Schema.Array(StorageNode))
  return yield* Effect.all([
    distros === "" || asked.project === "" ? Effect.succeed(none) : search({ common_sha1: "true", status: "ready" }),
    search({
      status: asked.status === "" ? "any" : asked.status,
      limit: distros === "" ? listed : most,
      ...(before === "" ? {} : { before })
    })
  ]).pipe(
    Effect.map(([answer, found]) => ({ status: 200, page: page(answer, found, nodes) })),
    // A question that cannot be understood stays in its fields, with what is wrong with it.
    Effect.catch((refused) =>
      refused.status === 400
        ? Effect.succeed({ status: 400, page: page(none, none, nodes, refused.message) })
        : Effect.fail(refused)
    )
  )
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/commits", make: commits },
  { address: "/commits/:project", make: commits },
  { address: "/commits/:project/:ref", make: commits }
]
