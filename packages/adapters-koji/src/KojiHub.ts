/**
 * A hub, ready to be called: anonymous reads on connections of their own, writes on a small pool of sessions, many calls in
 * one request wherever there are many.
 *
 * Writes are never repeated blindly. `ResultLost` tells the caller that a write may have happened, and `converge` turns
 * "read, then write what is missing" into an operation that can be repeated until it holds.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as CircuitBreaker from "./CircuitBreaker.ts"
import * as HubHealth from "./HubHealth.ts"
import * as HubSession from "./HubSession.ts"
import * as HubTransport from "./HubTransport.ts"
import { adler32 } from "./internal/adler32.ts"
import * as KojiCall from "./KojiCall.ts"
import { HubUnreachable, type KojiError, type KojiFault, ResultLost } from "./KojiError.ts"
import type * as RetryPolicy from "./RetryPolicy.ts"
import type { Plain } from "./XmlRpc.ts"
import * as XmlRpc from "./XmlRpc.ts"

/** What one of many calls came to. */
export type Answer = Result.Result<Plain, KojiFault>

/** Calls of one hub. All of them fail with `KojiError` where the hub gives no answer. */
export interface KojiHub {
  readonly name: string
  readonly server: URL
  /** Whether it can be used, and since when not. */
  readonly health: HubHealth.HubHealth
  /** As of the last answer's `Koji-Version` header; `undefined` before 1.35. */
  readonly announcedVersion: () => string | undefined
  /** One anonymous read. */
  readonly read: (call: KojiCall.KojiCall) => Effect.Effect<Plain, KojiError>
  /** Many anonymous reads, in as few requests as the hub's body limit allows; one answer each. */
  readonly readAll: (calls: ReadonlyArray<KojiCall.KojiCall>) => Effect.Effect<ReadonlyArray<Answer>, KojiError>
  /** Reads under the login, such as one's own permissions. */
  readonly readAsUser: (calls: ReadonlyArray<KojiCall.KojiCall>) => Effect.Effect<ReadonlyArray<Answer>, KojiError>
  readonly write: (call: KojiCall.KojiCall) => Effect.Effect<Plain, KojiError>
  /** Many writes; a failing one is undone alone. `ResultLost` may mean that any part was done. */
  readonly writeAll: (calls: ReadonlyArray<KojiCall.KojiCall>) => Effect.Effect<ReadonlyArray<Answer>, KojiError>
  /** Stores a file below the hub's work directory and compares size and digest; answers its path there. */
  readonly upload: (directory: string, filename: string, bytes: Uint8Array) => Effect.Effect<string, KojiError>
  /** Ends the sessions and connections. */
  readonly close: Effect.Effect<void>
}

/** Which hub, as whom, and with how much patience. */
export interface Options {
  readonly name: string
  readonly server: string
  readonly login: HubSession.Login
  readonly tls?: HubTransport.Options["tls"]
  readonly timeoutMillis?: number | undefined
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  readonly breaker?: CircuitBreaker.Options | undefined
  /** Sessions for writes; the hub runs the calls of one session in turn. */
  readonly sessions?: number | undefined
  /** False for hubs that show nothing to strangers. */
  readonly anonymousReads?: boolean | undefined
}

/** The hub's default `MaxRequestLength` is 4 MiB; the rest is the envelope. */
const maxBatchBytes = 3_500_000
/** One multicall is one transaction at the hub. */
const maxBatchCalls = 1_000
/** As the stock client uploads. */
const chunkBytes = 1024 * 1024

const elementBytes = (call: KojiCall.KojiCall): number =>
  Result.match(XmlRpc.format({ _tag: "Call", method: call.method, params: call.params }), {
    onSuccess: (text) => Buffer.byteLength(text) + 200,
    onFailure: () => 0
  })

/** Splits calls into requests that a hub takes. */
export const batches = (calls: ReadonlyArray<KojiCall.KojiCall>): ReadonlyArray<ReadonlyArray<KojiCall.KojiCall>> => {
  const out: Array<Array<KojiCall.KojiCall>> = []
  let bytes = Infinity
  for (const call of calls) {
    const size = elementBytes(call)
    const current = out.at(-1)
    if (current === undefined || bytes + size > maxBatchBytes || current.length >= maxBatchCalls) {
      out.push([call])
      bytes = size
    } else {
      current.push(call)
      bytes += size
    }
  }
  return out
}

const many = (
  calls: ReadonlyArray<KojiCall.KojiCall>,
  one: (call: KojiCall.KojiCall) => Effect.Effect<Plain, KojiError>
): Effect.Effect<ReadonlyArray<Answer>, KojiError> =>
  Effect.map(
    Effect.forEach(batches(calls), (batch) =>
      Effect.flatMap(one(KojiCall.multiCall(batch)), (answer) => {
        const results = KojiCall.multiCallResults(batch, answer)
        return results === undefined
          ? Effect.fail(
            new HubUnreachable({ reason: "malformed", method: "multiCall", text: "not one answer for each call" })
          )
          : Effect.succeed(results)
      })),
    (answers) => answers.flat()
  )

/** A hub that nothing has been asked of yet. */
export const make = (options: Options): Effect.Effect<KojiHub> =>
  Effect.gen(function*() {
    const transport = HubTransport.make({
      server: options.server,
      tls: options.tls,
      timeoutMillis: options.timeoutMillis
    })
    let announced: string | undefined
    const health = HubHealth.make(options.name, transport.server)
    const open = (login: HubSession.Login) =>
      HubSession.make({
        transport,
        login,
        retry: options.retry,
        onVersion: (version) => void (announced = version),
        health
      })
    const breaker = CircuitBreaker.make(options.breaker)
    const anonymous = yield* open({ _tag: "Anonymous" })
    const sessions = options.login._tag === "Anonymous"
      ? [anonymous]
      : yield* Effect.forEach(Array.from({ length: options.sessions ?? 2 }), () => open(options.login))
    // The session given back last is taken first, so a quiet hub sees one login only.
    const idle = [...sessions]
    const places = yield* Semaphore.make(sessions.length)
    const withSession = <A, E>(use: (session: HubSession.HubSession) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
      places.withPermit(Effect.acquireUseRelease(
        Effect.sync(() => idle.pop() ?? anonymous),
        use,
        (session) => Effect.sync(() => void idle.push(session))
      ))

    const asUser = (kind: HubSession.Kind) => (call: KojiCall.KojiCall) =>
      breaker.guard(call.method, withSession((session) => session.call(call, kind)))
    const read = options.anonymousReads === false
      ? asUser("read")
      : (call: KojiCall.KojiCall) => breaker.guard(call.method, anonymous.call(call, "read"))

    return {
      name: options.name,
      server: transport.server,
      health,
      announcedVersion: () => announced,
      read,
      readAll: (calls) => many(calls, read),
      readAsUser: (calls) => many(calls, asUser("read")),
      write: asUser("write"),
      writeAll: (calls) => many(calls, asUser("write")),
      upload: Effect.fnUntraced(function*(directory, filename, bytes) {
        // An empty file takes one empty chunk.
        for (let offset = 0; offset === 0 || offset < bytes.byteLength; offset += chunkBytes) {
          const chunk = bytes.subarray(offset, offset + chunkBytes)
          const answer = yield* breaker.guard(
            "rawUpload",
            withSession((session) => session.upload({ directory, filename, offset, chunk }))
          )
          const { size, hexdigest } = (answer ?? {}) as { readonly [name: string]: Plain | undefined }
          if (size !== chunk.byteLength || hexdigest !== adler32(chunk)) {
            return yield* new HubUnreachable({
              reason: "malformed",
              method: "rawUpload",
              text: `${filename}: the hub stored something else than what was sent`
            })
          }
        }
        return `${directory}/${filename}`
      }),
      close: Effect.andThen(
        Effect.forEach(sessions, (session) => session.logout, { concurrency: "unbounded", discard: true }),
        transport.close
      )
    } satisfies KojiHub
  })

/** A hub for the time of a scope: its sessions are ended with it. */
export const scoped = (options: Options): Effect.Effect<KojiHub, never, Scope.Scope> =>
  Effect.acquireRelease(make(options), (hub) => hub.close)

/**
 * Repeats "read what is there, write what is missing" until no write of unknown fate is left.
 *
 * The step must read afresh each time; three rounds, since two lost answers in a row to one operation are a broken hub.
 */
export const converge = <A, E, R>(
  method: string,
  step: Effect.Effect<A, E | ResultLost, R>
): Effect.Effect<A, Exclude<E, ResultLost> | HubUnreachable, R> => {
  const round = (left: number): Effect.Effect<A, Exclude<E, ResultLost> | HubUnreachable, R> =>
    Effect.catch(
      step,
      (error): Effect.Effect<A, Exclude<E, ResultLost> | HubUnreachable, R> =>
        error instanceof ResultLost
          ? left > 0
            ? round(left - 1)
            : Effect.fail(new HubUnreachable({ reason: "lost", method, text: "the hub keeps losing its answers" }))
          : Effect.fail(error as Exclude<E, ResultLost>)
    )
  return round(3)
}
