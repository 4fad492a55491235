/** The log of a component's build, wherever the server says it is. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Options } from "./ClientOptions.ts"
import * as OrchClient from "./OrchClient.ts"
import { RequestFailed } from "./RequestFailed.ts"

type Client = OrchClient.OrchClient["Service"]

const refused = (message: string) => new RequestFailed({ reason: "refused", message })

const find = Effect.fnUntraced(function*(client: Client, id: number, name: string) {
  const { components } = yield* client.moduleBuilds.get({ params: { id: `${id}` } })
  const component = components.find((one) => one.name === name)
  return component ?? (yield* Effect.fail(
    refused(`Module build ${id} has no component ${name}; it has ${components.map((one) => one.name).join(", ")}.`)
  ))
})

/** Absolute ones may be of another host, which learns nothing of who asks here. */
const request = (options: Options, url: URL) => {
  const plain = HttpClientRequest.get(url)
  return url.origin === new URL(options.url).origin ? OrchClient.authorize(options)(plain) : plain
}

/**
 * The bytes of the log as they come: those there are, or with `follow` all until the component's build has ended, waiting
 * for one that has not begun. Fails with `RequestFailed` (`refused`) where there is no such component or no log.
 */
export const stream = (client: Client, options: Options, id: number, name: string, follow: boolean) =>
  Stream.unwrap(Effect.gen(function*() {
    const look = find(client, id, name)
    const component = follow
      ? yield* look.pipe(Effect.repeat({
        until: ({ log_url, state }) => log_url !== null || state === "failed" || state === "canceled",
        schedule: Schedule.spaced("1 second")
      }))
      : yield* look
    if (component.log_url === null) {
      return yield* Effect.fail(refused(`${name} has no log: it is ${component.state} (${component.state_reason}).`))
    }
    const url = new URL(component.log_url, options.url)
    if (follow) url.searchParams.set("follow", "true")
    return HttpClient.execute(request(options, url)).pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      HttpClientResponse.stream
    )
  })).pipe(Stream.provide(FetchHttpClient.layer))
