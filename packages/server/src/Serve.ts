/** The server inside of another program: with its settings, and with a farm and a storage of one's own. */
import type { BuildSystem, Promises as FarmFunctions } from "@orch/core/ports/BuildSystem"
import type { Promises as HostFunctions, RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as OwnModule from "./farms/OwnModule.ts"
import * as OwnPorts from "./farms/OwnPorts.ts"
import * as Redaction from "./Redaction.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as ServerLayer from "./ServerLayer.ts"
import * as StartFailure from "./StartFailure.ts"

/** What to serve with. */
export interface Options {
  /**
   * Settings by the names that `orch-server --help` lists, such as `ORCH_SCM_ALLOW`; the others have their defaults. The
   * environment is not looked at: hand in `process.env` where it should be.
   */
  readonly config?: Readonly<Record<string, string | undefined>>
  /** Where packages are built, instead of what `ORCH_BUILD_SYSTEM` says. */
  readonly farm?: FarmFunctions | Layer.Layer<BuildSystem, unknown>
  /** Where finished modules are published, instead of what `ORCH_REPOSITORY_HOST` says. */
  readonly host?: HostFunctions | Layer.Layer<RepositoryHost, unknown>
}

/** A server that answers. */
export interface Served {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Stops it: what is under way comes to its end, and nothing is lost. Resolves when it has stopped. */
  readonly stop: () => Promise<void>
}

/** Why the server does not start, in words for people. */
export class StartFailed extends Error {
  override readonly name = "StartFailed"
}

const failure = (cause: Cause.Cause<unknown>): StartFailed => {
  const error = Cause.squash(cause)
  return new StartFailed(StartFailure.describe(error) ?? Redaction.redact(Cause.pretty(cause)), { cause: error })
}

/**
 * Starts a server in this process; resolves when it answers. Rejects with `StartFailed` for settings that cannot be used, a farm or
 * host that is none, and whatever else keeps it from starting.
 *
 * ```ts
 * import { serve } from "@orch/server"
 *
 * const server = await serve({ config: { ORCH_SCM_ALLOW: "https://src.example.org/", ORCH_PORT: "8080" } })
 * console.log(server.url)
 * process.once("SIGTERM", () => server.stop())
 * ```
 */
export const serve = async ({ config = {}, farm, host }: Options): Promise<Served> => {
  const read = ServerConfig.fromEnvironment(config)
  if (Result.isFailure(read)) {
    throw new StartFailed(`The configuration cannot be used\n${read.failure.message}`, { cause: read.failure })
  }
  const logger = read.success.logFormat === "json" ? Redaction.json : Redaction.pretty
  const layer = ServerLayer.layer(read.success, {
    farm: farm === undefined ? undefined : OwnModule.layerOf(OwnPorts.buildSystem, "the option farm of serve", farm),
    host: host === undefined ? undefined : OwnModule.layerOf(OwnPorts.repositoryHost, "the option host of serve", host)
  }).pipe(Layer.provideMerge(Logger.layer([logger])))
  const scope = Scope.makeUnsafe()
  const built = await Effect.runPromiseExit(Layer.buildWithScope(layer, scope))
  if (Exit.isFailure(built)) {
    await Effect.runPromise(Scope.close(scope, built))
    throw failure(built.cause)
  }
  const { address } = Context.get(built.value, HttpServer.HttpServer)
  return {
    url: HttpServer.formatAddress(address),
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
