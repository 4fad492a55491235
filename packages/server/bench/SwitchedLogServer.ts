/**
 * The server of the environment's settings, whose log is switched off and on again by SIGUSR2, for what the log costs: two servers differ by
 * more than that.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Redaction from "../src/Redaction.ts"
import * as ServerConfig from "../src/ServerConfig.ts"
import * as ServerLayer from "../src/ServerLayer.ts"

const loggers = new Set<Logger.Logger<unknown, unknown>>([Redaction.json])
process.on("SIGUSR2", () => {
  if (!loggers.delete(Redaction.json)) loggers.add(Redaction.json)
})

const config = Result.getOrThrow(ServerConfig.fromEnvironment(process.env))
ServerLayer.layer(config).pipe(
  Layer.provide(Layer.succeed(Logger.CurrentLoggers, loggers)),
  Layer.launch,
  NodeRuntime.runMain()
)
