/**
 * How a port is made of plain async functions: what they answer is checked before anybody believes it, and what they throw
 * becomes the port's error.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The reasons that errors of farms and storages have. */
export const reasons = ["unreachable", "refused", "conflict", "rejected", "gone"] as const

/** What went wrong with one call. */
export interface Fault {
  readonly reason: (typeof reasons)[number]
  readonly operation: string
  readonly message: string
  readonly cause: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** What a plain program leaves undefined, it leaves out. */
const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined).map(([key, one]) => [key, withoutUndefined(one)])
  )
}

/**
 * What was thrown, as the port says it: a thrown object with one of the `reasons` as its `reason` means that, whichever copy of
 * this package it was made with; anything else is somebody who did not answer.
 */
export const fault = (operation: string, cause: unknown): Fault => {
  const message = isObject(cause) && typeof cause["message"] === "string" ? cause["message"] : String(cause)
  const said = isObject(cause) ? reasons.find((reason) => reason === cause["reason"]) : undefined
  return { reason: said ?? "unreachable", operation, message, cause }
}

/**
 * Runs a function of an adapter; `signal` is aborted when nobody waits any more. Fails with what the function throws, and with
 * `rejected` where its answer is not of the form that the port asks for, naming the function and the place.
 */
export const call = <A, E>(
  operation: string,
  answer: Schema.Codec<A, unknown>,
  run: (signal: AbortSignal) => Promise<unknown>,
  fail: (fault: Fault) => E
): Effect.Effect<A, E> =>
  Effect.tryPromise({ try: run, catch: (cause) => fail(fault(operation, cause)) }).pipe(
    Effect.flatMap((given) =>
      Schema.decodeUnknownEffect(answer)(withoutUndefined(given)).pipe(
        Effect.mapError((error) =>
          fail({
            reason: "rejected",
            operation,
            message: `the adapter's ${operation} answers what it must not: ${error.message}`,
            cause: error
          })
        )
      )
    )
  )

/** The same for functions whose answer nobody looks at. */
export const act = <E>(
  operation: string,
  run: (signal: AbortSignal) => Promise<unknown>,
  fail: (fault: Fault) => E
): Effect.Effect<void, E> =>
  Effect.asVoid(Effect.tryPromise({ try: run, catch: (cause) => fail(fault(operation, cause)) }))

/** Names of functions that an object has to have and has not. */
export const missing = (object: unknown, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name) => !isObject(object) || typeof object[name] !== "function")
