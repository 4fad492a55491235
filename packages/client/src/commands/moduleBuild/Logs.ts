/** Prints the log of a component's build; with `follow`, until it has ended. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Options } from "../../ClientOptions.ts"
import * as ComponentLog from "../../ComponentLog.ts"
import type { OrchClient } from "../../OrchClient.ts"

/**
 * Writes the log of a component to standard output, byte by byte as it comes. Fails as `ComponentLog.stream` does where
 * there is no such component or no log yet; with `follow` it waits for the log first.
 */
export const print = (client: OrchClient["Service"], options: Options, id: number, name: string, follow: boolean) =>
  Stream.runForEach(
    ComponentLog.stream(client, options, id, name, follow),
    (bytes) => Effect.sync(() => void process.stdout.write(bytes))
  )
