/** The paths of PDC's REST interface that are answered, and the right that each needs. */
import type { RightName } from "../Right.ts"

/** The kinds of records, by the part of the path that names them. */
export const resources = {
  modules: { writes: true },
  "release-component-relationships": { writes: true },
  "release-components": { writes: true },
  "global-components": { writes: true },
  "component-relationship-types": { writes: false },
  changesets: { writes: false }
} as const satisfies Readonly<Record<string, { readonly writes: boolean }>>

/** The name of a kind of records. */
export type ResourceName = keyof typeof resources

/** Where the interface begins. */
export const root = "/rest_api/v1"

const methods = { collection: ["POST", "PUT", "PATCH", "DELETE"], one: ["PUT", "PATCH", "DELETE"] } as const

/** One route: a path as the router writes it. */
export interface PdcRoute {
  readonly resource: ResourceName
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly path: string
  readonly right: RightName
  /** Whether the path names one record. */
  readonly isOne: boolean
}

/** All routes. */
export const routes: ReadonlyArray<PdcRoute> = (Object.keys(resources) as ReadonlyArray<ResourceName>).flatMap(
  (resource) => {
    const path = `${root}/${resource}/`
    const one = `${path}:id/`
    const { writes } = resources[resource]
    const reads: ReadonlyArray<PdcRoute> = [
      { resource, method: "GET", path, right: "read", isOne: false },
      { resource, method: "GET", path: one, right: "read", isOne: true }
    ]
    return writes
      ? [
        ...reads,
        ...methods.collection.map((method): PdcRoute => ({ resource, method, path, right: "import", isOne: false })),
        ...methods.one.map((method): PdcRoute => ({ resource, method, path: one, right: "import", isOne: true }))
      ]
      : reads
  }
)

/** The right of each route, by `METHOD PATH`. */
export const rights: Readonly<Record<string, RightName>> = Object.fromEntries(
  routes.map(({ method, path, right }) => [`${method} ${path}`, right])
)
