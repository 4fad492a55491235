/** `/packages/NAME`. */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import { ReachedNode } from "@orch/api/orch/GraphApi"
import { listed } from "@orch/api/orch/Listed"
import { ReleaseSummary } from "@orch/api/orch/ReleasesApi"
import { SearchHit } from "@orch/api/orch/SearchApi"
import * as Blocks from "@orch/web/Blocks"
import * as PackagePage from "@orch/web/PackagePage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, missing, type PageModule } from "./PageModule.ts"

/** Things of one kind that a page shows. */
const most = 20

const none = { items: [], total: 0 }

const shown = Effect.fnUntraced(function*({ ask, features, now, params, prefix }: Asked) {
  const name = params["name"] ?? ""
  // What RPM allows in names; everything else names no package.
  if (!/^[\w.+-]{1,200}$/.test(name)) return yield* Effect.fail(missing("package"))
  const [builds, hits, dependants, releases] = yield* Effect.all([
    ask(Blocks.address("/orch/v1/feed/", { q: `package:${name}`, limit: most }), Feed),
    ask(Blocks.address("/orch/v1/search", { q: name }), Schema.Array(SearchHit)),
    ask(
      Blocks.address("/orch/v1/graph/dependants", { node: `rpms/${name}`, limit: most }),
      Schema.Struct({ total: Schema.Number, items: Schema.Array(ReachedNode) })
    ).pipe(Effect.catchIf(({ status }) => status === 404, () => Effect.succeed(none))),
    features.has("releases")
      ? ask(Blocks.address("/orch/v1/releases/", { package: name, limit: most }), listed(ReleaseSummary))
      : Effect.succeed(none)
  ])
  const packageBuilds = hits.filter(({ kind }) => kind === "package-build")
  return {
    status: 200,
    page: PackagePage.page({ name, builds, packageBuilds, dependants, releases, now, prefix })
  }
})

export const pages: ReadonlyArray<PageModule> = [{ address: "/packages/:name", make: shown }]
