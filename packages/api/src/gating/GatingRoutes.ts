/**
 * The paths of the gates' three established interfaces (ResultsDB 2.0, WaiverDB 1.0, Greenwave 1.0) and the right that each needs.
 *
 * Their clients know `/api/v2.0` and `/api/v1.0`. Below `/resultsdb`, `/waiverdb` and `/greenwave` each is there alone, for clients
 * of an installation that kept them on hosts of their own.
 */
import type { RightName } from "../Right.ts"

/** One route: a path as the router writes it. */
export interface GatingRoute {
  readonly service: "resultsdb" | "waiverdb" | "greenwave"
  readonly method: "GET" | "POST"
  readonly path: string
  readonly right: RightName
}

const resultsdb = (method: "GET" | "POST", path: string, right: RightName): GatingRoute => ({
  service: "resultsdb",
  method,
  path: `/api/v2.0${path}`,
  right
})
const waiverdb = (method: "GET" | "POST", path: string, right: RightName): GatingRoute => ({
  service: "waiverdb",
  method,
  path: `/api/v1.0${path}`,
  right
})
const greenwave = (method: "GET" | "POST", path: string, right: RightName): GatingRoute => ({
  service: "greenwave",
  method,
  path: `/api/v1.0${path}`,
  right
})

/** All of them, by the service they belong to. */
export const routes = {
  resultsLanding: resultsdb("GET", "/", "read"),
  resultsHealth: resultsdb("GET", "/healthcheck", "public"),
  results: resultsdb("GET", "/results", "read"),
  latestResults: resultsdb("GET", "/results/latest", "read"),
  result: resultsdb("GET", "/results/:id", "read"),
  postResult: resultsdb("POST", "/results", "record"),
  /** All of them, and one by its name, which may hold slashes. */
  testcases: resultsdb("GET", "/testcases/*", "read"),
  postTestcase: resultsdb("POST", "/testcases", "record"),
  groups: resultsdb("GET", "/groups", "read"),
  group: resultsdb("GET", "/groups/:uuid", "read"),
  groupResults: resultsdb("GET", "/groups/:uuid/results", "read"),
  postGroup: resultsdb("POST", "/groups", "record"),
  waivers: waiverdb("GET", "/waivers", "read"),
  waiver: waiverdb("GET", "/waivers/:id", "read"),
  postWaiver: waiverdb("POST", "/waivers", "known"),
  filteredWaivers: waiverdb("POST", "/waivers/+filtered", "read"),
  waiversBySubjects: waiverdb("POST", "/waivers/+by-subjects-and-testcases", "read"),
  waiverPermissions: waiverdb("GET", "/permissions", "read"),
  waiverConfig: waiverdb("GET", "/config", "read"),
  waiverAbout: waiverdb("GET", "/about", "public"),
  decision: greenwave("POST", "/decision", "read"),
  policies: greenwave("GET", "/policies", "read"),
  subjectTypes: greenwave("GET", "/subject_types", "read"),
  validateGatingYaml: greenwave("POST", "/validate-gating-yaml", "read"),
  gateAbout: greenwave("GET", "/about", "public"),
  gateVersion: greenwave("GET", "/version", "public")
} as const satisfies Readonly<Record<string, GatingRoute>>

/** The name of a route. */
export type GatingRouteName = keyof typeof routes

/**
 * Where a route is served: at the path its clients know, and below the name of its service. What two services have at one path is
 * served there by Greenwave.
 */
export const placesOf = (name: GatingRouteName): ReadonlyArray<string> => {
  const { path, service } = routes[name]
  return name === "waiverAbout" ? [`/${service}${path}`] : [path, `/${service}${path}`]
}

/** The right of each place, by `METHOD PATH`. */
export const rights: Readonly<Record<string, RightName>> = Object.fromEntries(
  (Object.keys(routes) as ReadonlyArray<GatingRouteName>).flatMap((name) =>
    placesOf(name).map((path) => [`${routes[name].method} ${path}`, routes[name].right] as const)
  )
)
