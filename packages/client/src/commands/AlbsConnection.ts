/** The same as `Connection` for commands that speak the build system's interface. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AlbsClient } from "../AlbsClient.ts"
import type { CommandFailed } from "./CommandFailed.ts"
import * as Connection from "./Connection.ts"

/** The client. */
export type Client = AlbsClient["Service"]

/** Runs with a client; whatever goes wrong is told in words and ends the command with its exit code. */
export const run = <A, E>(
  said: Connection.Said,
  call: (client: Client) => Effect.Effect<A, E>
): Effect.Effect<A, CommandFailed> =>
  Effect.flatMap(Connection.find(said), (given) =>
    Effect.flatMap(AlbsClient, call).pipe(
      Effect.provide(AlbsClient.layer({
        url: given.url,
        token: Option.getOrUndefined(given.token),
        basic: Option.getOrUndefined(given.user)
      })),
      Effect.catch((error) => Connection.failed(error, given))
    ))
