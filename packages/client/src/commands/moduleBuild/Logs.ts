/** Prints the log of a component's build; with `follow`, until it has ended. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"

const find = Effect.fnUntraced(function*(client: OrchClient["Service"], id: number, name: string) {
  const { components } = yield* client.moduleBuilds.get({ params: { id: `${id}` } })
  const component = components.find((one) => one.name === name)
  return component ?? (yield* new CommandFailed({
    exitCode: 1,
    message: `Module build ${id} has no component ${name}; it has ${components.map((one) => one.name).join(", ")}.`
  }))
})

/**
 * Writes the log of a component to standard output, byte by byte as it comes. Fails with `CommandFailed` (exit code 1)
 * where there is no such component or no log yet; with `follow` it waits for the log first.
 */
export const print = Effect.fnUntraced(function*(
  client: OrchClient["Service"],
  server: string,
  id: number,
  name: string,
  follow: boolean
) {
  const look = find(client, id, name)
  const component = follow
    // A component that waits for others has no log yet.
    ? yield* look.pipe(Effect.repeat({
      until: ({ log_url, state }) => log_url !== null || state === "failed" || state === "canceled",
      schedule: Schedule.spaced("1 second")
    }))
    : yield* look
  if (component.log_url === null) {
    return yield* new CommandFailed({
      exitCode: 1,
      message: `${name} has no log: it is ${component.state} (${component.state_reason}).`
    })
  }
  const url = new URL(component.log_url, server)
  if (follow) url.searchParams.set("follow", "true")
  yield* HttpClient.get(url).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    HttpClientResponse.stream,
    Stream.runForEach((bytes) => Effect.sync(() => void process.stdout.write(bytes))),
    Effect.provide(FetchHttpClient.layer)
  )
})
