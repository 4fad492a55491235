/**
 * The three faces that modules are submitted through, with everything behind them but the world: sources in memory, a farm
 * that nobody works for. Builds are stored and never begin, so that a test can submit thousands.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { ModuleBuildsApi } from "@orch/api/orch/ModuleBuildsApi"
import { RidaApi } from "@orch/api/rida/RidaApi"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import { createServer } from "node:http"
import * as PgCommandQueue from "../../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../../src/database/PgOutbox.ts"
import { FarmQueue } from "../../../src/farmqueue/FarmQueue.ts"
import { QueueHistory } from "../../../src/farmqueue/QueueHistory.ts"
import { ModuleLocations } from "../../../src/farms/ModuleLocations.ts"
import * as Guard from "../../../src/http/Guard.ts"
import * as InvalidRequestsLayer from "../../../src/http/InvalidRequestsLayer.ts"
import * as MbsFace from "../../../src/mbs/face/MbsFace.ts"
import { MbsBuilds } from "../../../src/mbs/MbsBuilds.ts"
import { MbsImport } from "../../../src/mbs/MbsImport.ts"
import * as MbsRecording from "../../../src/mbs/MbsRecording.ts"
import * as ModuleBuildsHandlers from "../../../src/modulebuilds/face/ModuleBuildsHandlers.ts"
import * as RidaHandlers from "../../../src/modulebuilds/face/RidaHandlers.ts"
import * as ModuleBuildsLayer from "../../../src/modulebuilds/ModuleBuildsLayer.ts"
import * as StreamSettings from "../../../src/modulebuilds/submission/StreamSettings.ts"
import { submissionBytes } from "../../../src/modulebuilds/submission/SubmissionSettings.ts"
import * as ServerConfig from "../../../src/ServerConfig.ts"
import * as ServerLayer from "../../../src/ServerLayer.ts"
import * as Databases from "../../support/Databases.ts"
import * as NoSessions from "../../support/NoSessions.ts"

/** Nothing waits for the farm here, and nothing did. */
const emptyQueue = Layer.merge(
  Layer.succeed(FarmQueue, {
    queue: Effect.succeed({ entries: [], isMore: false, running: [], leased: [], nodes: [] }),
    finished: () => Effect.succeed([]),
    deadLetters: Effect.succeed(0)
  }),
  Layer.succeed(QueueHistory, { recent: Effect.succeed([]), take: Effect.void })
)

/** A commit with its one file. */
export interface Commit {
  readonly time: number
  readonly path: string
  readonly bytes: Uint8Array
}

/** Repositories by URL: commits by name; a reference that is none is the first of them. */
export type Sources = ReadonlyMap<string, ReadonlyMap<string, Commit>>

const failure = (
  reason: SourceControlError["reason"],
  what: SourceControlError["what"],
  repository: string
): SourceControlError => new SourceControlError({ reason, what, repository, message: `no ${what} in ${repository}` })

const sourceControl = (sources: Sources, prefix: string) => {
  const commits = (repository: string) => {
    const found = sources.get(repository)
    return found === undefined ? Effect.fail(failure("missing", "repository", repository)) : Effect.succeed(found)
  }
  const authorize = (repository: string) =>
    repository.startsWith(prefix) ? Effect.void : Effect.fail(failure("forbidden", "url", repository))
  const at = (repository: string, commit: string) =>
    Effect.flatMap(commits(repository), (found) => {
      const one = found.get(commit)
      return one === undefined ? Effect.fail(failure("missing", "reference", repository)) : Effect.succeed(one)
    })
  return Layer.succeed(SourceControl, {
    authorize,
    resolve: (references) =>
      Effect.forEach(
        references,
        ({ ref, repository }) =>
          Effect.andThen(authorize(repository), commits(repository)).pipe(
            Effect.match({
              onFailure: (error) => ({ _tag: "Unresolved" as const, repository, ref, error }),
              onSuccess: (found) => {
                const commit = ref !== undefined && found.has(ref) ? ref : [...found.keys()][0]!
                return { _tag: "Resolved" as const, repository, ref, commit }
              }
            })
          )
      ),
    readFile: ({ commit, path, repository }) =>
      Effect.flatMap(
        at(repository, commit),
        (one) => one.path === path ? Effect.succeed(one.bytes) : Effect.fail(failure("missing", "file", repository))
      ),
    readTree: ({ commit, repository }) =>
      Effect.map(at(repository, commit), ({ bytes, path }) => ({
        entries: new Map([[path, { kind: "file" as const, size: bytes.length }]]),
        contents: new Map([[path, bytes]])
      })),
    commit: (repository, commit) => Effect.map(at(repository, commit), ({ time }) => ({ commit, time })),
    onBranch: () => Effect.succeed(true),
    changedFiles: () => Effect.succeed([]),
    checkout: (repository) => Effect.fail(failure("missing", "repository", repository))
  })
}

const api = HttpApi.make("orch").add(RidaApi).add(ModuleBuildsApi)

/** Serves the faces; answers their URL. Sources are allow-listed below `prefix`. */
export const start = Effect.fnUntraced(function*(
  sources: Sources,
  prefix: string,
  environment: Readonly<Record<string, string>>
) {
  const config = Result.getOrThrow(ServerConfig.fromEnvironment({ ...environment, ORCH_SCM_ALLOW: prefix }))
  const rules = StreamSettings.resolution(config)
  const platforms = { platforms: config.platforms, arches: ["x86_64"] }
  const layer = HttpRouter.serve(
    Layer.mergeAll(
      HttpApiBuilder.layer(api).pipe(
        Layer.provide([RidaHandlers.layer, ModuleBuildsHandlers.layer]),
        Layer.provide(emptyQueue),
        Layer.provide(InvalidRequestsLayer.layer)
      ),
      MbsFace.layer
    ).pipe(Layer.provide(Guard.layer(submissionBytes(config)).pipe(Layer.provide(NoSessions.layer)))),
    { disableLogger: true, disableListenLog: true }
  ).pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provide(Layer.mergeAll(ServerLayer.submission, MbsBuilds.layer, MbsImport.layer, ServerLayer.access(config))),
    Layer.provide(ModuleBuildEngine.layer),
    Layer.provide(Layer.merge(ModuleBuildsLayer.layer([MbsRecording.projection(rules)]), PgOutbox.layer)),
    Layer.provide(PgCommandQueue.layer({ pollInterval: "1 second", lease: "15 seconds" })),
    Layer.provide([
      sourceControl(sources, prefix),
      MemoryBuildSystem.layer({ capabilities: platforms }),
      Layer.succeed(ModuleLocations, { of: () => undefined })
    ]),
    Layer.provide(Databases.databases[0]!.layer),
    Layer.provide(ServerLayer.settings(config)),
    Layer.provide(Logger.layer([]))
  )
  const context = yield* Layer.build(layer)
  const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
  return HttpServer.formatAddress(address)
})
