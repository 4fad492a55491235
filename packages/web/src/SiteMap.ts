/**
 * Every page there is: its address as the router writes it, who may see it, and where it stands in the navigation.
 *
 * The guard takes the rights from here and the navigation its order, so that no page is served without a right and none is
 * linked that is not there.
 */

/** What an installation may have or not, as its settings say. */
export type Feature = "accounts" | "gates" | "package-builds" | "releases"

/** A page's place. */
export interface Place {
  /** As an endpoint declares it; see `Right` of `@orch/api`. */
  readonly right: "public" | "read" | "known" | "administer"
  /** Its words in the navigation; pages without are reached from others. */
  readonly label?: string
  /** What has to be there for it to be linked. */
  readonly needs?: Feature
  /** Whether forms are sent to its own address. */
  readonly takesForms?: true
  /** Linked for administrators only. */
  readonly forAdministrators?: true
}

/** All of them; those with words stand in the navigation in this order. */
export const places = {
  "/builds": { right: "read", label: "Builds" },
  "/builds.atom": { right: "read" },
  "/builds/:id": { right: "read" },
  "/builds/:id/explain": { right: "read" },
  "/builds/:id/:component": { right: "read" },
  "/builds/:id/compare/:other": { right: "read" },
  "/builds/:id/:component/log": { right: "read" },
  "/builds/:id/:component/:attempt/log": { right: "read" },
  "/build/:id": { right: "read" },
  "/modules/:name/:stream": { right: "read" },
  "/modules/:name/:stream/latest": { right: "read" },
  "/submit": { right: "read", label: "Plan", takesForms: true },
  "/package-builds": { right: "read", label: "Package builds", needs: "package-builds" },
  "/package-builds/:id": { right: "read" },
  "/package-builds/:id/:task/log": { right: "read" },
  "/packages/:name": { right: "read" },
  "/releases": { right: "read", label: "Releases", needs: "releases" },
  "/release/:id": { right: "read" },
  "/releases/:id": { right: "read", takesForms: true },
  "/campaigns": { right: "read", label: "Campaigns" },
  "/campaigns/:id": { right: "read" },
  "/campaigns/:id/table": { right: "read" },
  "/impact": { right: "read" },
  "/commits": { right: "read", label: "Repositories" },
  "/commits/:project": { right: "read" },
  "/commits/:project/:ref": { right: "read" },
  "/gates": { right: "read", label: "Gates", needs: "gates" },
  "/history": { right: "read", label: "History" },
  "/farm": { right: "read", label: "Farm" },
  "/farm/queue": { right: "read" },
  "/farm/nodes/:name": { right: "read" },
  "/reference": { right: "public", label: "API" },
  "/reference/:group": { right: "public" },
  "/admin": { right: "administer", label: "Administration", forAdministrators: true },
  "/admin/settings": { right: "administer" },
  "/admin/audit": { right: "administer" },
  "/find": { right: "read" },
  "/me": { right: "known", takesForms: true },
  "/sign-in": { right: "public" },
  "/about": { right: "public", label: "About" }
} as const satisfies Readonly<Record<`/${string}`, Place>>

/** The address of a page as the router writes it. */
export type Address = keyof typeof places

const entries = Object.entries(places) as ReadonlyArray<readonly [Address, Place]>

/** The right that each page needs, by `METHOD ADDRESS`. */
export const rights: Readonly<Record<string, Place["right"]>> = Object.fromEntries(
  entries.flatMap(([address, { right, takesForms }]) => [
    [`GET ${address}`, right],
    ...(takesForms === true ? [[`POST ${address}`, right]] : [])
  ])
)

const formPaths = entries.flatMap(([address, place]) =>
  place.takesForms === true ? [new RegExp(`^${address.replaceAll(/:\w+/g, "[^/]+")}$`)] : []
)

/** Whether forms are sent to this address of a page; it may have a query. */
export const takesForms = (url: string): boolean => {
  const path = url.replace(/\?.*/s, "")
  return formPaths.some((pattern) => pattern.test(path))
}

/** What the navigation links for somebody, in order. */
export const navigation = (
  features: ReadonlySet<Feature>,
  isAdministrator: boolean
): ReadonlyArray<{ readonly address: Address; readonly label: string }> =>
  entries.flatMap(([address, { forAdministrators, label, needs }]) =>
    label === undefined || (needs !== undefined && !features.has(needs)) ||
      (forAdministrators === true && !isAdministrator)
      ? []
      : [{ address, label }]
  )
