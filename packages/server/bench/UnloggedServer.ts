/** The server of the environment's settings without a log, for what the log costs. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as ServerConfig from "../src/ServerConfig.ts"
import * as ServerLayer from "../src/ServerLayer.ts"

const config = Result.getOrThrow(ServerConfig.fromEnvironment(process.env))
ServerLayer.layer(config).pipe(Layer.provide(Logger.layer([])), Layer.launch, NodeRuntime.runMain())
