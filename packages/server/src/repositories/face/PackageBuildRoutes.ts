/** `/api/builds/…`: reports of package builds as Jenkins jobs post them and teuthology reads them. */
import * as PackageBuildWire from "@orch/api/shaman/PackageBuildWire"
import * as Effect from "effect/Effect"
import { Repositories } from "../Repositories.ts"
import { RepositoriesConfig } from "../RepositoriesConfig.ts"
import * as Answer from "./Answer.ts"
import type * as Call from "./Call.ts"
import * as Posting from "./Posting.ts"

/** `/api/builds/`: refs with builds, by project. */
export const overview = Effect.fnUntraced(function*(call: Call.Call) {
  const rows = yield* (yield* Repositories).reportOverview
  return Answer.json(call, Object.fromEntries(rows.map(({ name, refs }) => [name, refs])))
})

const post = Effect.fnUntraced(function*(call: Call.Call, project: string) {
  const decoded = yield* Posting.receive(call, project, PackageBuildWire.decodePost)
  if (decoded._tag === "Failure") return decoded.failure
  yield* (yield* Repositories).report(decoded.success)
  return Answer.accepted
})

/** `/api/builds/(project)/[(ref)/[(sha1)/]]`. */
export const tree = Effect.fnUntraced(function*(call: Call.Call) {
  const [, , project = "", ref, sha1, ...rest] = call.segments
  const repositories = yield* Repositories
  if (ref === undefined && call.method === "POST") return yield* post(call, project)
  if (rest.length > 0) return Answer.notFound(call)
  const { releases } = yield* RepositoriesConfig
  const found = ref === undefined
    ? yield* repositories.reportRefs(project)
    : sha1 === undefined
    ? yield* repositories.reportSha1s(project, ref)
    : (yield* repositories.reports(project, ref, sha1))?.map((record) => PackageBuildWire.encode(releases, record))
  if (found === undefined) return Answer.notFound(call)
  if (call.method !== "GET") return Answer.notAllowed(call, "GET", ...(ref === undefined ? ["POST"] : []))
  return Answer.json(call, found)
})
