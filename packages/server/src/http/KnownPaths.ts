/** Which paths the typed faces have, and with which methods: read from their description, so that none can be forgotten. */
import { AlbsApi, OrchApi } from "@orch/api"
import * as GatingRoutes from "@orch/api/gating/GatingRoutes"
import * as HttpApi from "effect/http-api/HttpApi"

interface KnownPath {
  readonly pattern: RegExp
  readonly methods: ReadonlyArray<string>
}

const reading = ["GET", "HEAD"] as const

/** The methods of faces that answer to any: those that somebody may mean. What else HTTP knows is offered nowhere. */
export const usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const

/** What is served beside them: the faces that dispatch themselves, logs, repositories and what nodes brought as files, and uploads in Pulp's way. */
const files: ReadonlyArray<KnownPath> = [
  { pattern: /^\/api(?:\/(?:repos|search|nodes|builds)(?:\/|$)|\/?$)/, methods: usual },
  { pattern: /^\/(?:_health|repos|search|nodes|module-build-service)(?:\/|$)/, methods: usual },
  { pattern: /^\/logs\/[^/]+$/, methods: reading },
  { pattern: /^\/repositories(\/|$)/, methods: reading },
  { pattern: /^\/pulp\/content\/artifacts\/[^/]+\/[^/]+$/, methods: reading },
  { pattern: /^\/pulp\/api\/v3\/(?:artifacts|tasks)\/(?:[^/]+\/)?$/, methods: reading },
  { pattern: /^\/pulp\/api\/v3\/uploads\/(?:[^/]+\/commit\/)?$/, methods: ["POST"] },
  { pattern: /^\/pulp\/api\/v3\/uploads\/[^/]+\/$/, methods: ["PUT"] }
]

/** `/module-builds/:id` with any one segment for each parameter, and with a slash at its end as well. */
const patternOf = (path: string): RegExp => {
  const segments = path.split("/").filter((segment) => segment !== "").map((segment) =>
    segment === "*" ? ".+" : segment.startsWith(":") ? "[^/]+" : segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  )
  return new RegExp(`^/${segments.join("/")}/?$`)
}

const endpoints = (): ReadonlyArray<KnownPath> => {
  const found: Array<KnownPath> = []
  const reader = {
    onGroup: () => {},
    onEndpoint: (
      { endpoint: { method, path } }: { readonly endpoint: { readonly method: string; readonly path: string } }
    ) => void found.push({ pattern: patternOf(path), methods: method === "GET" ? reading : [method] })
  }
  HttpApi.reflect(OrchApi, reader)
  HttpApi.reflect(AlbsApi, reader)
  return found
}

const gating = (): ReadonlyArray<KnownPath> =>
  Object.keys(GatingRoutes.rights).map((place) => {
    const [method = "", path = ""] = place.split(" ")
    return { pattern: patternOf(path), methods: method === "GET" ? reading : [method] }
  })

const ofGates = gating()

let all: ReadonlyArray<KnownPath> | undefined

/** Read when somebody asks for a path that there is not. */
const known = (): ReadonlyArray<KnownPath> => all ??= [...endpoints(), ...ofGates, ...files]

/** Whether the gates' interfaces have the path. */
export const isOfGates = (path: string): boolean => ofGates.some(({ pattern }) => pattern.test(path))

/** The methods a path offers; none where there is no such path. */
export const methodsOf = (path: string): ReadonlyArray<string> =>
  known().filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)
