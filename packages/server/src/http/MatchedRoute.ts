/**
 * Which route a request was for, for whoever measures: the pattern of the path and never the path, of which there are endlessly
 * many. The router's routes are noted by the guard; a face behind a wildcard notes what it matched itself.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"

type Request = Pick<HttpServerRequest, "source">

/** What a request is called that no route matched. */
const unmatched = "none"

const routes = new WeakMap<object, string>()

/** Keeps the pattern with the request; the last one counts. */
export const note = ({ source }: Request, pattern: string): void => void routes.set(source, pattern)

/** The pattern that was noted for the request. */
export const of = ({ source }: Request): string => routes.get(source) ?? unmatched
