/** `/commits`: which commit is built for all of several places. */
import { Repository, StorageNode } from "@orch/api/shaman/RepositoriesApi"
import * as Blocks from "@orch/web/Blocks"
import * as CommitsPage from "@orch/web/commits/CommitsPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answered, type Asked, type PageModule } from "./PageModule.ts"

const Found = Schema.Struct({ items: Schema.Array(Repository), next: Schema.NullOr(Schema.String) })

/** Records of one page: with places a dozen commits have one for each place. */
const most = 200
const listed = 50

const commits = Effect.fnUntraced(function*({ ask, now, origin, params, prefix, query, viewer }: Asked) {
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
  const nodes = yield* ask("/orch/v1/storage-nodes", Schema.Array(StorageNode))
  const answers = Effect.all([
    distros === "" || asked.project === "" ? Effect.succeed(none) : search({ common_sha1: "true", status: "ready" }),
    search({
      status: asked.status === "" ? "any" : asked.status,
      limit: distros === "" ? listed : most,
      ...(before === "" ? {} : { before })
    })
  ])
  return yield* answered(answers, (both, problem) => {
    const [answer, found] = both ?? [none, none]
    return CommitsPage.page({
      ...asked,
      at,
      before,
      answer: answer.items,
      found: found.items,
      next: found.next,
      nodes,
      problem,
      viewer,
      now,
      prefix,
      origin
    })
  })
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/commits", make: commits },
  { address: "/commits/:project", make: commits },
  { address: "/commits/:project/:ref", make: commits }
]
