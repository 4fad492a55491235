/**
 * What keeps web pages of others from using this server through somebody's browser: the name a request is addressed to must be
 * one of ours, and a page of another origin changes nothing. Answers say how browsers may use them.
 */
import * as SiteMap from "@orch/web/SiteMap"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Access } from "../auth/Access.ts"
import { isLoopback } from "../auth/Loopback.ts"
import { answerTo } from "./Fallbacks.ts"
import type { Values } from "./HttpSettings.ts"

/** The name in a `Host` header or an origin, without its port; `undefined` for what is none. */
export const hostName = (authority: string): string | undefined => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(authority.trim())
  return match?.[1]?.toLowerCase()
}

/** Which names this server may be called by. */
export const isOurs = ({ allowedHosts, host, publicUrl }: Values) => {
  const named = new Set(
    [...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).host])]
      .flatMap((one) => hostName(one) ?? [])
  )
  const isAny = allowedHosts.includes("*") || (named.size === 0 && !isLoopback(host))
  return (name: string | undefined): boolean =>
    isAny || (name !== undefined && (isLoopback(name) || named.has(name) || name === hostName(host)))
}

/** The same of whole authorities, such as `orch.example.org:8080`: most requests name the one before. */
export const namesUs = (ours: (name: string | undefined) => boolean): (authority: string) => boolean => {
  let last: string | undefined
  return (authority) => {
    if (authority === last) return true
    const isNamed = ours(hostName(authority))
    if (isNamed) last = authority
    return isNamed
  }
}

const safe = (method: string): boolean => method === "GET" || method === "HEAD" || method === "OPTIONS"

/** The origin a browser says a request comes from; `undefined` where it is no browser's, `null` where it is hidden. */
const originOf = ({ headers }: HttpServerRequest.HttpServerRequest): string | null | undefined => {
  const { origin } = headers
  if (origin === undefined) return headers["sec-fetch-site"] === "cross-site" ? null : undefined
  return origin === "null" ? null : URL.parse(origin)?.host ?? null
}

/** What a browser sends by itself for a form, without asking the server first. */
const isFormLike = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^\s*(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)/i.test(contentType)

/** Where forms of pages go; those look themselves at where they come from. */
const takesForms = ({ url }: HttpServerRequest.HttpServerRequest): boolean => url === "/act" || SiteMap.takesForms(url)

const isBrowser = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["origin"] !== undefined || headers["sec-fetch-site"] !== undefined || headers["referer"] !== undefined

const protections = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin"
}

const framing = "frame-ancestors 'none'"

/** What an answer with this `Content-Security-Policy` says to browsers. */
export const protectionsOf = (policy: string | undefined): Readonly<Record<string, string>> => ({
  ...protections,
  "content-security-policy": policy === undefined
    ? framing
    : policy.includes("frame-ancestors")
    ? policy
    : `${policy}; ${framing}`
})

const withProtections = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(response, protectionsOf(response.headers["content-security-policy"]))

/** Whether a request names the server more than once, which proxies and servers read differently (RFC 9112, 3.2). */
export const isNamedTwice = ({ rawHeaders = [] }: { readonly rawHeaders?: ReadonlyArray<string> }): boolean => {
  let times = 0
  // Names stand at even places, values after them.
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === "host") times++
  }
  return times > 1
}

/** What is wrong with the address of a request. */
const addressProblem = (
  request: HttpServerRequest.HttpServerRequest,
  ours: (authority: string) => boolean
): HttpServerResponse.HttpServerResponse | undefined => {
  const { host } = request.headers
  const target = request.originalUrl
  if (isNamedTwice(request.source)) return answerTo(request, 400, "The request has more than one Host header")
  if (!target.startsWith("/") && target !== "*") {
    const url = URL.parse(target)
    if (url === null || !/^https?:$/.test(url.protocol) || url.host === "") {
      return answerTo(request, 400, "The request names no address that can be read")
    }
    if (!ours(url.host)) {
      return answerTo(request, 421, "This server is not called so; ORCH_ALLOWED_HOSTS names its names")
    }
  }
  if (/%00/i.test(target)) return answerTo(request, 400, "The address holds a NUL character")
  return host === undefined || ours(host)
    ? undefined
    : answerTo(request, 421, "This server is not called so; ORCH_ALLOWED_HOSTS names its names")
}

/** A middleware for all routes. */
export const layer = (values: Values) => {
  const ours = namesUs(isOurs(values))
  return HttpRouter.middleware(
    Effect.map(Access, ({ isOpen }) => (effect) =>
      Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        const problem = addressProblem(request, ours)
        if (problem !== undefined) return withProtections(problem)
        if (!safe(request.method)) {
          const origin = originOf(request)
          if (origin === null || (origin !== undefined && !ours(origin))) {
            return withProtections(answerTo(request, 403, "Pages of other origins may not change anything here"))
          }
          if (isOpen && !takesForms(request) && isFormLike(request.headers["content-type"]) && isBrowser(request)) {
            return withProtections(
              answerTo(request, 415, "Browsers have to send JSON with Content-Type: application/json")
            )
          }
        }
        return withProtections(yield* effect)
      })),
    { global: true }
  )
}
