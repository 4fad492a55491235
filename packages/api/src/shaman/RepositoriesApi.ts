/**
 * Repositories and storage nodes in this server's own form: typed, paged, with the common commit by architecture and flavor that
 * shaman's clients compute for themselves. The records are the ones shaman's face serves.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** A repository record; both names of its release where they are known. */
export const Repository = Schema.Struct({
  url: Schema.String,
  chacra_url: Schema.String,
  ref: Schema.String,
  sha1: Schema.String,
  distro: Schema.String,
  distro_version: Schema.NullOr(Schema.String),
  distro_codename: Schema.NullOr(Schema.String),
  /** UTC, as `2026-11-21 22:18:19.941603+00:00`. */
  modified: Schema.String,
  status: Schema.String,
  flavor: Schema.String,
  project: Schema.String,
  archs: Schema.Array(Schema.String),
  extra: Schema.Json
}).annotate({ identifier: "Repository" })
export interface Repository extends Schema.Schema.Type<typeof Repository> {}

/**
 * A message about a repository. `chacra_url` says which one; what is absent stays as it is recorded. The first message
 * about one must also carry ref, sha1, flavor, distro and distro_version.
 */
export const RepositoryPost = Schema.Struct({
  chacra_url: Schema.String,
  status: Schema.String,
  ref: Schema.optionalKey(Schema.String),
  sha1: Schema.optionalKey(Schema.String),
  flavor: Schema.optionalKey(Schema.String),
  distro: Schema.optionalKey(Schema.String),
  distro_version: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  archs: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Architectures to take away. */
  archs_removed: Schema.optionalKey(Schema.Array(Schema.String)),
  extra: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "RepositoryPost" })
export interface RepositoryPost extends Schema.Schema.Type<typeof RepositoryPost> {}

/**
 * A storage node and its place in the rotation. Times are UTC; `weight` is 1 to 100, `down_count` failed probes in a
 * row.
 */
export const StorageNode = Schema.Struct({
  host: Schema.String,
  healthy: Schema.Boolean,
  draining: Schema.Boolean,
  weight: Schema.Number,
  down_count: Schema.Number,
  last_used: Schema.String,
  last_check: Schema.NullOr(Schema.String)
}).annotate({ identifier: "StorageNode" })
export interface StorageNode extends Schema.Schema.Type<typeof StorageNode> {}

const text = Schema.optionalKey(Schema.String)
const writer = { authorization: text }
const host = { host: Schema.String }

/**
 * Search and record repositories, and keep the storage nodes, below `/orch/v1`. Writing takes the key of the repository
 * service in `Authorization`.
 */
export class RepositoriesApi extends HttpApiGroup.make("repositories")
  .add(
    /**
     * `distros`: `centos/9,ubuntu/22.04/x86_64` (also `centos.9`, `ubuntu`). With `common_sha1=true` only the newest commit built
     * for all of them: one repository each, in the order asked. `status` is a word such as `ready`, or `any`; without it a common
     * commit is one that is ready, and a list shows every status. `before` and `limit` page; `next` is the `before` of the next page.
     */
    HttpApiEndpoint.get("search", "/repositories", {
      query: {
        project: text,
        ref: text,
        sha1: text,
        flavor: text,
        status: text,
        distros: text,
        arch: text,
        common_sha1: Schema.optionalKey(Schema.Literals(["true", "false"])),
        before: text,
        limit: text
      },
      success: Schema.Struct({ items: Schema.Array(Repository), next: Schema.NullOr(Schema.String) }),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /** Records or changes a repository; `late` when the message was overtaken by a newer one and changed nothing. */
    HttpApiEndpoint.post("post", "/repositories/:project", {
      params: { project: Schema.String },
      headers: writer,
      payload: RepositoryPost,
      success: Schema.Struct({ outcome: Schema.Literals(["created", "updated", "late", "deleted"]) }),
      error: [BadRequest, Unauthorized, Unavailable]
    }).annotate(Right, "record"),
    /** Marks a repository as part of a release, which keeps it for ever; null takes the mark away. */
    HttpApiEndpoint.post("promote", "/repository-promotions", {
      headers: writer,
      payload: Schema.Struct({ chacra_url: Schema.String, release: Schema.NullOr(Schema.String) }),
      success: HttpApiSchema.NoContent,
      error: [BadRequest, Unauthorized, NotFound, Unavailable]
    }).annotate(Right, "record"),
    HttpApiEndpoint.get("nodes", "/storage-nodes", { success: Schema.Array(StorageNode), error: Unavailable }).annotate(
      Right,
      "read"
    ),
    /** The next node of the rotation; takes its turn. */
    HttpApiEndpoint.post("nextNode", "/storage-nodes/next", {
      headers: writer,
      success: Schema.Struct({ url: Schema.String }),
      error: [Unauthorized, NotFound, Unavailable]
    }).annotate(Right, "record"),
    HttpApiEndpoint.put("registerNode", "/storage-nodes/:host", {
      params: host,
      headers: writer,
      success: StorageNode,
      error: [BadRequest, Unauthorized, Unavailable]
    }).annotate(Right, "record"),
    HttpApiEndpoint.patch("adjustNode", "/storage-nodes/:host", {
      params: host,
      headers: writer,
      payload: Schema.Struct({
        weight: Schema.optionalKey(Schema.Number),
        draining: Schema.optionalKey(Schema.Boolean)
      }),
      success: StorageNode,
      error: [BadRequest, Unauthorized, NotFound, Unavailable]
    }).annotate(Right, "record"),
    HttpApiEndpoint.delete("removeNode", "/storage-nodes/:host", {
      params: host,
      headers: writer,
      success: HttpApiSchema.NoContent,
      error: [Unauthorized, NotFound, Unavailable]
    }).annotate(Right, "record")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Repositories and storage nodes" }))
{}
