/** What build nodes of both generations call: alive, a task, done. */
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import * as BuildWire from "@orch/api/albs/BuildWire"
import { Ok } from "@orch/api/albs/TestWire"
import * as NodeReport from "@orch/core/packagebuild/NodeReport"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { BuilderPool } from "../BuilderPool.ts"

type Routes = Readonly<Record<string, (call: AlbsCall.AlbsCall) => AlbsCall.Answer<AlbsCallers | BuilderPool>>>

const requireNode = (call: AlbsCall.AlbsCall) =>
  Effect.flatMap(AlbsCallers, (callers) => callers.require(call.request, "node"))

const getTask = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const { name } = yield* requireNode(call)
  const asked = yield* AlbsCall.body(call, BuildWire.GetTask, "request")
  const task = yield* (yield* BuilderPool).handOut({
    node: name,
    arches: asked.supported_arches,
    excluded: asked.excluded_packages ?? []
  }, (asked.wait ?? 0) * 1000)
  // An empty answer has to be JSON as well: nodes read `null` as nothing to do.
  return HttpServerResponse.jsonUnsafe(
    task === undefined ? null : withOrigin({ ...(task.payload as object), lease: task.token }, call.origin)
  )
})

/** Addresses of ours are stored as paths, since each node may reach us under another name. */
const withOrigin = (payload: object, origin: string): unknown =>
  JSON.parse(JSON.stringify(payload).replaceAll("\"orch://self/", `"${origin}/`))

/** Every problem that makes a report unreadable, whatever the task. */
const malformed = ({ artifacts }: BuildWire.BuildDone) => [
  ...(artifacts.length > NodeReport.maxArtifacts
    ? [{
      loc: ["body", "artifacts"],
      type: "value_error",
      msg: `At most ${NodeReport.maxArtifacts} artifacts are taken`
    }]
    : []),
  ...artifacts.flatMap(({ name, sha256 }, index) => [
    ...(NodeReport.isFileName(name)
      ? []
      : [{
        loc: ["body", "artifacts", index, "name"],
        type: "value_error",
        msg: "The name of a file without a path is expected"
      }]),
    ...(typeof sha256 !== "string" || NodeReport.isSha256(sha256)
      ? []
      : [{
        loc: ["body", "artifacts", index, "sha256"],
        type: "value_error",
        msg: "64 hexadecimal digits are expected"
      }])
  ]).slice(0, 100)
]

/** When the node says that it began with the task. */
const startedAt = (stats: BuildWire.BuildDone["stats"]): number | undefined => {
  const task = stats?.["build_node_task"]
  const start = typeof task === "object" && task !== null
    ? (task as { readonly start_ts?: unknown }).start_ts
    : undefined
  return typeof start === "string" ? AlbsTime.parse(start) : undefined
}

/** A report as it is kept until the build has heard of it. */
const report = (done: BuildWire.BuildDone) => {
  const started = startedAt(done.stats)
  return {
    status: done.status,
    artifacts: done.artifacts.map(({ cas_hash, href, name, sha256, type }) => ({
      name,
      type,
      href,
      ...(typeof sha256 === "string" ? { sha256: sha256.toLowerCase() } : {}),
      ...(typeof cas_hash === "string" ? { casHash: cas_hash } : {})
    })),
    ...(typeof done.git_commit_hash === "string" ? { commit: done.git_commit_hash } : {}),
    ...(done.stats === undefined || done.stats === null ? {} : { stats: done.stats }),
    ...(started === undefined ? {} : { startedAt: started })
  }
}

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Routes = {
  "albsBuildNode.ping": Effect.fnUntraced(function*(call) {
    const { name } = yield* requireNode(call)
    const { active_tasks } = yield* AlbsCall.body(call, BuildWire.Ping, "node_status")
    yield* (yield* BuilderPool).renew(name, active_tasks)
    return AlbsCall.answer(Schema.Struct({}), {})
  }),
  "albsBuildNode.getTask": getTask,
  "albsBuildNode.getTaskOfOld": getTask,
  "albsBuildNode.buildDone": Effect.fnUntraced(function*(call) {
    const { name } = yield* requireNode(call)
    const done = yield* AlbsCall.body(call, BuildWire.BuildDone, "build_done")
    const problems = malformed(done)
    if (problems.length > 0) return yield* AlbsFailure.invalid(problems)
    return yield* (yield* BuilderPool).report(name, done.task_id, done.lease ?? undefined, report(done)).pipe(
      Effect.as(AlbsCall.answer(Ok, { ok: true })),
      // Nodes take 409 for done already, and forget the task.
      Effect.catchTag("LateReport", () => Effect.succeed(AlbsCall.answer(Ok, { ok: false }, 409))),
      Effect.catchTag("UnknownTask", ({ message }) => Effect.fail(AlbsFailure.notFound(message)))
    )
  })
}
