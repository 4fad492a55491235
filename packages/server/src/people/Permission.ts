/** What the roles of a team allow: a table, and one question. */

/** What people can be in a team. */
export const teamRoles = ["contributor", "manager", "observer", "product_maintainer", "signer"] as const
export type TeamRole = typeof teamRoles[number]

/** What people and machines can be without a team. */
export type PlaceRole = "packager" | "node" | "signer" | "tester"

/** What can be done to what belongs to a team. */
export type Action =
  | "create_build"
  | "change_build"
  | "delete_build"
  | "sign_build"
  | "change_product"
  | "delete_product"
  | "release"
  | "make_key"
  | "change_team"

const allowed: Readonly<Record<TeamRole, ReadonlyArray<Action>>> = {
  observer: [],
  contributor: ["create_build", "change_build"],
  signer: ["sign_build"],
  product_maintainer: ["create_build", "change_build", "change_product", "release"],
  manager: [
    "create_build",
    "change_build",
    "delete_build",
    "change_product",
    "delete_product",
    "release",
    "make_key",
    "change_team"
  ]
}

/** A role of somebody: of a team, or of the whole place where there is no team. */
export interface HeldRole {
  readonly kind: TeamRole | PlaceRole
  readonly team: number | undefined
}

/** Whether one of these roles allows it for what belongs to the team. */
export const allows = (roles: ReadonlyArray<HeldRole>, team: number | undefined, action: Action): boolean =>
  team !== undefined && roles.some((role) => role.team === team && allowed[role.kind as TeamRole].includes(action))

/** Whether one of these roles allows it for what belongs to some team. */
export const allowsSomewhere = (roles: ReadonlyArray<HeldRole>, action: Action): boolean =>
  roles.some((role) => role.team !== undefined && allowed[role.kind as TeamRole].includes(action))
