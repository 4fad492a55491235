/** Finding anything by one field. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** Something that was found. */
export const SearchHit = Schema.Struct({
  kind: Schema.Literals([
    "build",
    "module",
    "package",
    "package-build",
    "release",
    "repository",
    "node",
    "owner",
    "task"
  ]),
  /** What it is called among its kind: a number, or a name. */
  id: Schema.String,
  title: Schema.String,
  state: Schema.NullOr(Schema.String),
  /** Of modules and packages the newest module build that has them; of tasks the build they are of. */
  build: Schema.NullOr(Schema.Number),
  /** How well it fits: `id` and `name` are exact. */
  by: Schema.Literals(["id", "name", "commit", "prefix"])
}).annotate({ identifier: "SearchHit" })
/** Something that was found. */
export interface SearchHit extends Schema.Schema.Type<typeof SearchHit> {}

/** `GET /orch/v1/search?q=`: at most five of each kind, what fits best first. */
export class SearchApi extends HttpApiGroup.make("search")
  .add(
    HttpApiEndpoint.get("find", "/search", {
      /** A number, a name or its beginning, `name:stream`, seven digits of a commit or more, or a URL. */
      query: { q: Schema.String },
      success: Schema.Array(SearchHit),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Search" }))
{}
