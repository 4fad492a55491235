/** The server's entry point: reads the environment, and runs until it is told to stop. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import packageJson from "../package.json" with { type: "json" }
import * as Redaction from "./Redaction.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as ServerLayer from "./ServerLayer.ts"
import * as StartFailure from "./StartFailure.ts"

const usage = `orch-server: orchestrates the builds of interdependent packages

Usage:
  orch-server            run the server
  orch-server config     print the configuration in force, secrets redacted
  orch-server --help     this text
  orch-server --version  the version of the server

It is configured by environment variables, shown here with their defaults:

${ServerConfig.documentation}

Examples:
  ORCH_SCM_ALLOW=https://src.example.org/ orch-server
  DATABASE_URL=postgres://orch@db.example.org/orch ORCH_HOST=0.0.0.0 orch-server
`

const run = (): void => {
  for (const name of ServerConfig.unknownVariables(process.env)) {
    console.error(`orch-server: ${name} is not a setting of the server and is ignored (see orch-server --help)`)
  }
  const config = ServerConfig.fromEnvironment(process.env)
  if (Result.isFailure(config)) {
    console.error(`orch-server: the configuration cannot be used\n${config.failure.message}`)
    process.exitCode = 2
    return
  }
  ServerConfig.forget(process.env)
  const logger = config.success.logFormat === "json" ? Redaction.json : Redaction.pretty
  ServerLayer.layer(config.success).pipe(
    Layer.provide(Logger.layer([logger])),
    Layer.launch,
    Effect.tapCause(report),
    NodeRuntime.runMain({ disableErrorReporting: true })
  )
}

/** Whatever ends the server but a signal. */
const report = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const described = StartFailure.describe(Cause.squash(cause))
  return described === undefined ? Effect.logFatal(cause) : Effect.sync(() => console.error(described))
}

const [command, ...rest] = process.argv.slice(2)
if (command === undefined) run()
else if (command === "config" && rest.length === 0) console.log(ServerConfig.print(process.env))
else if (command === "--version" || command === "-v") console.log(`orch-server v${packageJson.version}`)
else if (command === "--help" || command === "-h" || command === "help") console.log(usage)
else {
  console.error(`orch-server: unknown argument "${command}"\n\n${usage}`)
  process.exitCode = 2
}
