/** How pages and what belongs to them are sent: what they may load, how long they may be kept, compressed where a browser takes that. */
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"

/** Nothing but files of this server, nothing written into the page, nothing around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'"
].join("; ")

type Asking = Pick<HttpServerRequest.HttpServerRequest, "headers">

/** Below this many characters, compressing costs more than it saves. */
const small = 1000

const sent = (
  { headers: asked }: Asking,
  text: string,
  contentType: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  vary = "accept-encoding, accept, user-agent"
): HttpServerResponse.HttpServerResponse => {
  const packs = text.length > small &&
    /(?:^|,)\s*gzip\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/i.test(asked["accept-encoding"] ?? "")
  const all = { ...headers, vary }
  return packs
    ? HttpServerResponse.uint8Array(gzipSync(text), {
      status,
      contentType,
      headers: { ...all, "content-encoding": "gzip" }
    })
    : HttpServerResponse.text(text, { status, contentType, headers: all })
}

/** A page, with the tag of its content: 304 for whoever has it already. */
export const page = (request: Asking, html: string, status: number): HttpServerResponse.HttpServerResponse => {
  const etag = `W/"${createHash("sha256").update(html).digest("base64url").slice(0, 27)}"`
  const headers = {
    "cache-control": "no-cache",
    "content-security-policy": policy,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    etag
  }
  return status === 200 && request.headers["if-none-match"]?.split(/,\s*/).includes(etag) === true
    ? HttpServerResponse.empty({ status: 304, headers })
    : sent(request, html, "text/html; charset=utf-8", status, headers)
}

/** A page as plain text, for terminals: the same address answers browsers otherwise. */
export const text = (request: Asking, content: string, status: number): HttpServerResponse.HttpServerResponse =>
  sent(request, content, "text/plain; charset=utf-8", status, {
    "cache-control": "no-cache",
    "content-security-policy": "sandbox"
  })

/** What is no page, of the same address space: told anew each time, unless it is what a program has already. */
export const file = (request: Asking, text: string, type: string): HttpServerResponse.HttpServerResponse => {
  const etag = `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`
  const headers = { "cache-control": "no-cache", "content-security-policy": "sandbox", etag }
  return request.headers["if-none-match"]?.split(/,\s*/).includes(etag) === true
    ? HttpServerResponse.empty({ status: 304, headers })
    : sent(request, text, type, 200, headers)
}

/** A style sheet, a script, an icon. */
export const asset = (
  request: Asking,
  { forEver, text, type }: { readonly text: string; readonly type: string; readonly forEver: boolean }
): HttpServerResponse.HttpServerResponse =>
  sent(request, text, type, 200, {
    "cache-control": forEver ? "public, max-age=31536000, immutable" : "public, max-age=3600"
  }, "accept-encoding")
