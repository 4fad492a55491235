/** How links and redirects of an answer begin. */
import * as Context from "effect/Context"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/** ORCH_PUBLIC_URL without a slash at its end; `undefined` where it is not set. */
export const PublicUrl: Context.Reference<string | undefined> = Context.Reference("@orch/server/http/PublicUrl", {
  defaultValue: (): string | undefined => undefined
})

/** Below which path the server is reached, without a slash at its end: `/orch` of `https://example.org/orch`, mostly empty. */
export const prefix = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "")

/**
 * The address of a path for a link in a body: below the public URL, else below the host that was asked. What names the host was
 * checked before (see `Origins`).
 */
export const link = (publicUrl: string | undefined, request: HttpServerRequest, path: string): string => {
  if (publicUrl !== undefined) return `${publicUrl}${path}`
  const scheme = request.headers["x-forwarded-proto"] === "https" ? "https" : "http"
  return `${scheme}://${request.headers["host"] ?? "localhost"}${path}`
}

/** The address of a path for `Location`: below the public URL, else the path alone. Never `//host/path`, which is another host. */
export const location = (publicUrl: string | undefined, path: string): string =>
  `${publicUrl ?? ""}/${path.replace(/^[/\\]+/, "")}`
