/** What a caller may change: what is their own, what a team lets them, and everything for those who run the place. */
import { type Action, allows } from "../people/Permission.ts"
import type { AlbsCaller } from "./AlbsCallers.ts"

/** Whose something is. */
export interface Belonging {
  /** Name of the person. */
  readonly owner: string | undefined
  /** Number of the team. */
  readonly team: number | undefined
}

/** Whether the caller may do it. */
export const may = (caller: AlbsCaller, action: Action, { owner, team }: Belonging): boolean =>
  caller.roles.has("admin") || (owner !== undefined && caller.name === owner)
  || allows(caller.person?.roles ?? [], team, action)
