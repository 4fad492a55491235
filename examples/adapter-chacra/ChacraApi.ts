/**
 * chacra's HTTP API as an uploader needs it: binaries file by file, one repository's metadata, its rebuild.
 *
 * Trailing slashes always (chacra redirects without), HTTP Basic on writes. Failures become the port's closed reasons: only
 * `unreachable` is worth a retry.
 */
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"

export interface Connection {
  /** Such as `https://chacra.example.org`, without a slash at its end. */
  readonly url: string
  readonly user: string
  readonly key: string
  /** Milliseconds one request may take, uploads included. */
  readonly timeoutMillis: number
}

/** What chacra knows of a file. `checksum` is its sha512. */
export interface Binary {
  readonly name: string
  readonly checksum: string
}

/** What chacra knows of a repository; it is settled when none of the three flags stands. */
export interface Repo {
  readonly path: string | null
  readonly needs_update: boolean
  readonly is_queued: boolean
  readonly is_updating: boolean
  readonly extra: unknown
}

const reasonOf = (status: number): RepositoryHostError["reason"] =>
  status === 401 || status === 403 ? "refused" : status === 404 ? "gone" : status >= 500 ? "unreachable" : "rejected"

const failed = (operation: string, response: Response) =>
  Effect.flatMap(Effect.promise(() => response.text().catch(() => "")), (text) =>
    Effect.fail(
      new RepositoryHostError({
        reason: reasonOf(response.status),
        operation,
        message: `chacra answered ${response.status} to ${operation}: ${text.slice(0, 200)}`
      })
    ))

const send = (connection: Connection, operation: string, path: string, init: RequestInit = {}) =>
  Effect.tryPromise({
    try: (signal) =>
      fetch(connection.url + path, {
        ...init,
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(connection.timeoutMillis)]),
        headers: {
          accept: "application/json",
          ...(init.method === undefined || init.method === "HEAD"
            ? {}
            : { authorization: `Basic ${Buffer.from(`${connection.user}:${connection.key}`).toString("base64")}` }),
          ...init.headers
        }
      }),
    catch: (cause) =>
      new RepositoryHostError({
        reason: "unreachable",
        operation,
        message: `chacra does not answer to ${operation}`,
        cause
      })
  })

const json = <A>(operation: string, response: Response) =>
  Effect.tryPromise({
    try: () => response.json() as Promise<A>,
    catch: (cause) =>
      new RepositoryHostError({
        reason: "unreachable",
        operation,
        message: `chacra's answer to ${operation} is no JSON`,
        cause
      })
  })

/** GET of JSON; undefined for 404. */
export const read = Effect.fnUntraced(function*<A>(connection: Connection, operation: string, path: string) {
  const response = yield* send(connection, operation, path)
  if (response.status === 404) {
    yield* Effect.promise(() => response.arrayBuffer())
    return undefined
  }
  return response.ok ? yield* json<A>(operation, response) : yield* failed(operation, response)
})

const write = Effect.fnUntraced(function*(connection: Connection, operation: string, path: string, init: RequestInit) {
  const response = yield* send(connection, operation, path, init)
  if (!response.ok) return yield* failed(operation, response)
  yield* Effect.promise(() => response.arrayBuffer())
})

/** Puts a file into a directory, in place of one of that name. The answer says nothing of what arrived: compare checksums. */
export const upload = (connection: Connection, directory: string, name: string, content: Blob) => {
  const body = new FormData()
  body.set("file", content, name)
  body.set("force", "1")
  return write(connection, `upload ${name}`, directory, { method: "POST", body })
}

/** Deletes a file; one that is not there is fine. */
export const remove = (connection: Connection, path: string) =>
  Effect.catchIf(
    write(connection, "delete a file", path, { method: "DELETE" }),
    (error) => error.reason === "gone",
    () => Effect.void
  )

export const postJson = (connection: Connection, operation: string, path: string, body: unknown) =>
  write(connection, operation, path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" }
  })
