/** People and teams as clients of AlmaLinux's build system read them. */
import type { TeamWire, UserWire } from "@orch/api/albs/UserWire"
import type { Person } from "./People.ts"
import type { Team } from "./Teams.ts"

/** A person; the e-mail address is for those who say who they are. */
export const person = (one: Person, isKnown: boolean): UserWire => ({
  id: one.id,
  username: one.name,
  email: isKnown ? one.email : null,
  is_active: one.isActive,
  is_superuser: one.isSuperuser,
  is_verified: one.isVerified
})

/** A team; `people` has those of its members that are known. */
export const team = (one: Team, people: ReadonlyMap<number, Person>, isKnown: boolean): TeamWire => {
  const shown = (id: number) => {
    const found = people.get(id)
    return found === undefined ? [] : [person(found, isKnown)]
  }
  return {
    id: one.id,
    name: one.name,
    members: one.members.flatMap(shown),
    owner: one.owner === undefined ? null : shown(one.owner)[0] ?? null,
    products: one.products,
    roles: one.roles
  }
}
