/** A whole server in this process, on a free port and a directory of its own, with real git repositories beside it. */
import * as Topics from "@orch/api/topics/Topics"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type * as FarmChoice from "../../src/farms/FarmChoice.ts"
import * as ServerConfig from "../../src/ServerConfig.ts"
import * as ServerLayer from "../../src/ServerLayer.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "./Databases.ts"
import "./EmbeddedDatabase.ts"

export interface TestServer {
  readonly url: string
  /** Repositories below it are allow-listed; components without a repository are looked for in `rpms`. */
  readonly git: string
  /** What it stores in, to look at what it wrote. */
  readonly sql: SqlClient.SqlClient
}

/** Whatever a test had announced has the shape that its topic promises. */
const announcedWell = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const rows = yield* sql<{ readonly topic: string; readonly body: unknown }>`
    SELECT topic, body FROM announcement ORDER BY id LIMIT 5000`
  const problems = rows.flatMap(({ body, topic }) => Topics.problem(topic, body) ?? [])
  if (problems.length > 0) throw new Error(problems.slice(0, 5).join("\n"))
})

/** A setting that asks for the embedded database. */
export const embedded = { DATABASE_URL: "" }

/** Settings that name a new database on the PostgreSQL server, where one answers; it goes with the scope, not with a server. */
export const database = skippedServer === undefined
  ? Effect.map(temporaryDatabase, ({ url }) => ({ DATABASE_URL: url }))
  : Effect.succeed({})

/** What says which database, or which directory it is in. */
const choices = ["DATABASE_URL", "ORCH_DATA_DIR"]

/**
 * Starts a server, with a farm and a host where they are handed in; it stops with the scope, and its directory goes. Where the
 * settings do not choose a database, it is one on the PostgreSQL server, and the embedded one where none answers.
 */
export const start = (environment: Readonly<Record<string, string>> = {}, own: FarmChoice.Own = {}) =>
  Effect.gen(function*() {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => TestRepository.temporary()),
      // A git of the server that was told to end may still write.
      (directory) =>
        Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))
    )
    const git = Path.join(directory, "git")
    Fs.mkdirSync(git)
    const chosen = choices.some((name) => environment[name] !== undefined) ? {} : yield* database
    const config = Result.getOrThrow(ServerConfig.fromEnvironment({
      ORCH_PORT: "0",
      ORCH_DRAIN: "0",
      // Each session begins anew with what it knows of the schema: with twelve, that is a quarter of what a start takes.
      ORCH_DATABASE_CONNECTIONS: "4",
      ORCH_DATA_DIR: Path.join(directory, "data"),
      ORCH_SCM_ALLOW: `file://${git}`,
      ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
      ORCH_MODULES_REPOSITORY: `file://${git}/modules/`,
      ...chosen,
      ...environment
    }))
    const context = yield* Layer.build(ServerLayer.layer(config, own).pipe(Layer.provide(Logger.layer([]))))
    const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
    const sql = yield* SqlClient.SqlClient.pipe(Effect.provide(context))
    // A test may have taken the database away, and then there is nothing to look at.
    yield* Effect.addFinalizer(() => Effect.catchTag(announcedWell(sql), "SqlError", () => Effect.void))
    return { url: HttpServer.formatAddress(address), git, sql } satisfies TestServer
  })

/** A modulemd with the given components, each `name: lines under it`. */
export const modulemd = (components: Readonly<Record<string, ReadonlyArray<string>>>, platform = "el9"): string =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    "  name: demo",
    "  stream: \"1\"",
    "  summary: Test",
    "  description: For tests",
    "  license: {module: [MIT]}",
    "  dependencies:",
    `    - buildrequires: {platform: [${platform}]}`,
    `      requires: {platform: [${platform}]}`,
    "  components:",
    "    rpms:",
    ...Object.entries(components).flatMap(([name, lines]) => [
      `      ${name}:`,
      "        rationale: Test",
      ...lines.map((line) => `        ${line}`)
    ]),
    ""
  ].join("\n")
