/**
 * One request to the shaman face, taken apart: decoded path segments, the query as it was sent, who is asking.
 *
 * The path is split before it is decoded, so that a ref with a slash can be addressed as `wip%2Ffix`; shaman's server decoded
 * first and could not. What cannot be stored (NUL) or read (broken percent-encoding) is refused here.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Result from "effect/Result"
import * as PublicAddress from "../../http/PublicAddress.ts"

export interface Call {
  readonly method: string
  /** Decoded, without empty ones. */
  readonly segments: ReadonlyArray<string>
  /** The same as sent. */
  readonly rawSegments: ReadonlyArray<string>
  readonly trailingSlash: boolean
  readonly path: string
  /** Without the question mark, `""` when there is none. */
  readonly rawQuery: string
  readonly query: ReadonlyArray<readonly [string, string]>
  readonly request: HttpServerRequest
}

/** Splits a request; the failure is a text for the client. */
export const parse = (request: HttpServerRequest): Result.Result<Call, string> => {
  const url = request.url
  const mark = url.indexOf("?")
  const path = mark < 0 ? url : url.slice(0, mark)
  const rawQuery = mark < 0 ? "" : url.slice(mark + 1)
  const rawSegments = path.split("/").filter((segment) => segment !== "")
  const segments: Array<string> = []
  for (const segment of rawSegments) {
    try {
      segments.push(decodeURIComponent(segment))
    } catch {
      return Result.fail(`the path holds a broken percent-encoding: ${segment}`)
    }
  }
  const query = [...new URLSearchParams(rawQuery)]
  if (segments.some(hasNul) || query.some(([key, value]) => hasNul(key) || hasNul(value))) {
    return Result.fail("the address holds a NUL character")
  }
  return Result.succeed({
    method: request.method,
    segments,
    rawSegments,
    trailingSlash: path.endsWith("/"),
    path,
    rawQuery,
    query,
    request
  })
}

const hasNul = (text: string): boolean => text.includes("\0")

/** The one value of a query parameter; the failure is a text for the client when it was given twice. */
export const single = (call: Call, name: string): Result.Result<string | undefined, string> => {
  const values = call.query.filter(([key]) => key === name)
  return values.length > 1
    ? Result.fail(`the parameter ${name} was given ${values.length} times`)
    : Result.succeed(values[0]?.[1])
}

/** The address of this path with a slash at its end: below the public URL where one is set, else without a host. */
export const slashed = (call: Call, publicUrl: string | undefined): string =>
  PublicAddress.location(publicUrl, `${call.path}/${call.rawQuery === "" ? "" : `?${call.rawQuery}`}`)
