/** What every command that talks to a server takes: where it is, and in which form to answer. */
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { OrchClient } from "../OrchClient.ts"
import * as RequestFailures from "../RequestFailures.ts"
import { CommandFailed, explain } from "./CommandFailed.ts"

/**
 * The flags `--url`, `--token`, `--user` and `--json`, and the variables of the environment that stand in for the first
 * three.
 */
export const flags = {
  url: Flag.String("url").pipe(
    Flag.withDescription("Where the server is (ORCH_URL; http://127.0.0.1:8080)"),
    Flag.withFallbackConfig(Config.String("ORCH_URL")),
    Flag.withDefault("http://127.0.0.1:8080")
  ),
  token: Flag.String("token").pipe(
    Flag.withDescription("Token to send (better in ORCH_TOKEN: arguments can be seen by others)"),
    Flag.withFallbackConfig(Config.String("ORCH_TOKEN")),
    Flag.optional
  ),
  user: Flag.String("user").pipe(
    Flag.withDescription("name:password to send where a token is not taken (better in ORCH_USER)"),
    Flag.withFallbackConfig(Config.String("ORCH_USER")),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Answer in JSON"), Flag.withDefault(false))
}

/** What those flags came to. */
export interface Given {
  readonly url: string
  readonly token: Option.Option<string>
  readonly user?: Option.Option<string>
}

/** Runs with a client; whatever goes wrong is told in words and ends the command with its exit code. */
export const run = <A, E, R>(
  given: Given,
  call: (client: OrchClient["Service"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, CommandFailed, Exclude<R, OrchClient>> =>
  Effect.flatMap(OrchClient, call).pipe(
    Effect.provide(OrchClient.layer({
      url: given.url,
      token: Option.getOrUndefined(given.token),
      basic: Option.getOrUndefined(given.user ?? Option.none())
    })),
    Effect.catch((error) =>
      Effect.flatMap(
        error instanceof CommandFailed ? Effect.succeed(error) : Effect.map(
          RequestFailures.describe(error),
          (failure) =>
            explain(failure, given.url, Option.isSome(given.token) || Option.isSome(given.user ?? Option.none()))
        ),
        Effect.fail
      )
    )
  )
