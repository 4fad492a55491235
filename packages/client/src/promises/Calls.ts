/** Runs calls of the Effect client as promises and async iterables that fail with `RequestFailed`. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import { AlbsClient } from "../AlbsClient.ts"
import type { Options } from "../ClientOptions.ts"
import { OrchClient } from "../OrchClient.ts"
import * as RequestFailures from "../RequestFailures.ts"

type Client = OrchClient["Service"]

/** One client's way of calling: each function fails with `RequestFailed`. */
export interface Calls {
  readonly options: Options
  readonly run: <A, E>(call: (client: Client) => Effect.Effect<A, E>) => Promise<A>
  /** The same over the build system's interface. */
  readonly runAlbs: <A, E>(call: (client: AlbsClient["Service"]) => Effect.Effect<A, E>) => Promise<A>
  /** Begins when it is iterated, anew each time; leaving the loop ends the requests behind it. */
  readonly iterate: <A, E>(call: (client: Client) => Stream.Stream<A, E>) => AsyncIterable<A>
  readonly close: () => Promise<void>
}

/** Calls of one client, which is made with the first of them. */
export const make = (options: Options): Calls => {
  const runtime = ManagedRuntime.make(Layer.merge(OrchClient.layer(options), AlbsClient.layer(options)))
  const described = <A, E>(stream: Stream.Stream<A, E, OrchClient>) =>
    Stream.catch(stream, (error) => Stream.unwrap(Effect.map(RequestFailures.describe(error), Stream.fail)))
  const promised = <A, E>(effect: Effect.Effect<A, E, OrchClient | AlbsClient>) =>
    runtime.runPromise(
      Effect.catch(effect, (error) => Effect.flatMap(RequestFailures.describe(error), Effect.fail))
    )
  return {
    options,
    run: (call) => promised(Effect.flatMap(OrchClient, call)),
    runAlbs: (call) => promised(Effect.flatMap(AlbsClient, call)),
    iterate: <A, E>(call: (client: Client) => Stream.Stream<A, E>): AsyncIterable<A> => ({
      [Symbol.asyncIterator]: () => {
        const stream = described(Stream.unwrap(Effect.map(OrchClient, call)))
        let inner: AsyncIterator<A> | undefined
        const start = async () =>
          inner ??= Stream.toAsyncIterableWith(stream, await runtime.context())[Symbol.asyncIterator]()
        return {
          next: async () => (await start()).next(),
          return: async () => (await inner?.return?.()) ?? { done: true, value: undefined }
        }
      }
    }),
    close: () => runtime.dispose()
  }
}
