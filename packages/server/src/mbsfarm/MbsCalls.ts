/**
 * Requests to a Module Build Service: bounded in time and size, with the token that its file holds at that moment, and remembering since
 * when it has not answered.
 */
import type { Waiting } from "@orch/core/farm/Waiting"
import { BuildSystemError } from "@orch/core/ports/BuildSystemError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as MbsShapes from "./MbsShapes.ts"

/** What a service is asked with. */
export interface Options {
  /** Its root, without a slash at the end. */
  readonly url: string
  /** The file of the token that is sent; without it none is sent. */
  readonly tokenFile: string | undefined
  /** Milliseconds until an answer is given up. */
  readonly timeout: number
}

/** An answer that is no failure of the service: what it refuses is for whoever asked to judge. */
export type Answer =
  | { readonly _tag: "Good"; readonly body: unknown }
  | { readonly _tag: "Refused"; readonly status: number; readonly message: string }

/** How the service was when it was last asked. */
export interface Known {
  /** Milliseconds since the epoch; 0 before the first answer. */
  readonly heardAt: number
  readonly away: Waiting | undefined
  /** Since when it has not known the token, where it answers. */
  readonly locked: Waiting | undefined
}

/** What is asked of it. */
export interface MbsCalls {
  /** Such as `mbs mbs.example.org`. */
  readonly system: string
  readonly call: (
    operation: string,
    request: { readonly method: "GET" | "POST" | "PATCH"; readonly path: string; readonly body?: unknown },
    timeout?: number
  ) => Effect.Effect<Answer, BuildSystemError>
  readonly known: () => Known
  /** Where a build is to be seen. */
  readonly urlOf: (id: string) => string
}

/** Where builds are, below the root. */
export const builds = "/module-build-service/2/module-builds/"

/** A verbose module build has its modulemd and a row for each package: thousands of them fit. */
const maxBytes = 32 * 1024 * 1024

const decodeRefusal = Schema.decodeUnknownOption(Schema.fromJsonString(MbsShapes.Refusal))

const messageOf = (status: number, body: Buffer): string => {
  const said = decodeRefusal(body.toString("utf8"))
  return said._tag === "Some" ? said.value.message.slice(0, 2000) : `status ${status}`
}

/** Statuses of which the same request may succeed later. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** What asks this service. */
export const make = (options: Options): MbsCalls => {
  const system = `mbs ${URL.parse(options.url)?.host ?? options.url}`
  let known: Known = { heardAt: 0, away: undefined, locked: undefined }

  const unreachable = (operation: string, reason: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const waiting = { on: system, since: known.away?.since ?? at, reason }
      known = { ...known, away: waiting }
      return Effect.fail(new BuildSystemError({ reason: "unreachable", operation, message: reason, waiting }))
    })

  /** A token that has expired is put right by whoever looks after it: what needs it waits meanwhile, as for a service that is away. */
  const locked = (operation: string, reason: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const waiting = { on: system, since: known.locked?.since ?? at, reason }
      known = { ...known, locked: waiting }
      return Effect.fail(new BuildSystemError({ reason: "unreachable", operation, message: reason, waiting }))
    })

  const refused = (operation: string, message: string) =>
    Effect.fail(new BuildSystemError({ reason: "refused", operation, message }))

  const tokenFor = (operation: string) =>
    options.tokenFile === undefined
      ? Effect.succeed(undefined)
      : Effect.tryPromise(() => Fs.readFile(options.tokenFile!, "utf8")).pipe(
        Effect.map((text) => text.trim()),
        Effect.catch(() => locked(operation, "the file of ORCH_MBS_FARM_TOKEN_FILE cannot be read"))
      )

  const call: MbsCalls["call"] = Effect.fnUntraced(function*(operation, { body, method, path }, timeout) {
    const token = method === "GET" ? undefined : yield* tokenFor(operation)
    const answered = yield* Effect.result(OutgoingRequest.send({
      method,
      url: `${options.url}${path}`,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMillis: timeout ?? options.timeout,
      maxBytes,
      namedBy: "operator"
    }))
    if (answered._tag === "Failure") return yield* unreachable(operation, answered.failure.message)
    const { body: given, end, status } = answered.success
    if (end === "tooLarge") return yield* refused(operation, `its answer is larger than ${maxBytes} bytes`)
    if (end === "brokenOff") return yield* unreachable(operation, "its answer broke off")
    if (isPassing(status)) return yield* unreachable(operation, `it answers with status ${status}`)
    known = { ...known, heardAt: yield* Clock.currentTimeMillis, away: undefined }
    if (status === 401) return yield* locked(operation, `it does not know the token: ${messageOf(status, given)}`)
    if (method !== "GET") known = { ...known, locked: undefined }
    if (status === 403) return yield* refused(operation, `${system} refuses: ${messageOf(status, given)}`)
    if (status >= 300) return { _tag: "Refused" as const, status, message: messageOf(status, given) }
    const read = yield* Effect.result(Effect.try(() => JSON.parse(given.toString("utf8")) as unknown))
    return read._tag === "Success"
      ? { _tag: "Good" as const, body: read.success }
      : yield* unreachable(operation, "its answer is not JSON")
  })

  return { system, call, known: () => known, urlOf: (id) => `${options.url}${builds}${id}` }
}

/** The body of a good answer, of this form. Another form is `rejected`: it will not be another one later. */
export const decoded = <A>(
  operation: string,
  schema: Schema.Codec<A, unknown>,
  body: unknown
): Effect.Effect<A, BuildSystemError> =>
  Schema.decodeUnknownEffect(schema)(body).pipe(
    Effect.mapError((error) =>
      new BuildSystemError({
        reason: "rejected",
        operation,
        message: `what it answers is not of the form of a Module Build Service: ${error.message}`,
        cause: error
      })
    )
  )
