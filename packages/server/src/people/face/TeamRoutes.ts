/** Teams and roles on AlmaLinux's build system's interface. */
import { Success } from "@orch/api/albs/SignWire"
import * as UserWire from "@orch/api/albs/UserWire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as AlbsPermission from "../../albs/AlbsPermission.ts"
import { People } from "../People.ts"
import * as PeopleView from "../PeopleView.ts"
import { type Team, Teams } from "../Teams.ts"

/** What the routes need. */
export type Services = AlbsCallers | People | Teams

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

const pageSize = 10
/** Teams that are listed where no page is asked for. */
const mostTeams = 1000

const show = Effect.fnUntraced(function*(teams: ReadonlyArray<Team>) {
  const people = yield* (yield* People).numbered([
    ...new Set(teams.flatMap(({ members, owner }) => [...members, ...(owner === undefined ? [] : [owner])]))
  ])
  return teams.map((team) => PeopleView.team(team, people, true))
})

const findTeam = Effect.fnUntraced(function*(id: number) {
  const team = (yield* (yield* Teams).numbered([id])).get(id)
  return team ?? (yield* AlbsFailure.notFound(`Team with team_id=${id} is not found`))
})

const findPerson = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const id = yield* AlbsCall.id(call, "user_id")
  return (yield* (yield* People).find({ id })) ?? (yield* AlbsFailure.notFound(`User with ID ${id} is not found`))
})

const one = Effect.fnUntraced(function*(id: number) {
  const [shown] = yield* show([yield* findTeam(id)])
  return AlbsCall.answer(UserWire.TeamWire, shown!)
})

const changeMembers = (
  change: (
    teams: Teams["Service"],
    team: number,
    people: ReadonlyArray<number>
  ) => ReturnType<Teams["Service"]["addMembers"]>
): Handler =>
  Effect.fnUntraced(function*(call) {
    const by = yield* (yield* AlbsCallers).require(call.request, "packager")
    const team = yield* findTeam(yield* AlbsCall.id(call, "team_id"))
    const people = yield* People
    const owner = team.owner === undefined ? undefined : (yield* people.numbered([team.owner])).get(team.owner)?.name
    if (!AlbsPermission.may(by, "change_team", { owner, team: team.id })) {
      return yield* AlbsFailure.forbidden("User has no permissions to change the team")
    }
    const given = yield* AlbsCall.body(call, UserWire.TeamMembers, "payload")
    const ids = given.members_to_update.map(({ id }) => id)
    const known = yield* people.numbered(ids)
    const missing = ids.filter((id) => !known.has(id))
    if (missing.length > 0) return yield* AlbsFailure.notFound(`Users with IDs ${missing.join(", ")} are not found`)
    yield* change(yield* Teams, team.id, ids)
    return yield* one(team.id)
  })

const changeRoles = (
  change: (
    teams: Teams["Service"],
    person: number,
    ids: ReadonlyArray<number>
  ) => ReturnType<Teams["Service"]["addRoles"]>
): Handler =>
  Effect.fnUntraced(function*(call) {
    const person = yield* findPerson(call)
    const ids = yield* AlbsCall.body(call, UserWire.RoleIds, "roles_ids", "roles")
    const teams = yield* Teams
    const missing = yield* teams.unknownRoles(ids)
    if (missing.length > 0) return yield* AlbsFailure.notFound(`Roles with IDs ${missing.join(", ")} are not found`)
    yield* change(teams, person.id, ids)
    return AlbsCall.answer(Success, { success: true, message: null })
  })

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsTeams.list": Effect.fnUntraced(function*(call) {
    const page = yield* AlbsCall.page(call)
    const isPaged = page !== undefined && page > 0
    const found = yield* (yield* Teams).page(isPaged ? pageSize : mostTeams, isPaged ? (page - 1) * pageSize : 0)
    const teams = yield* show(found.teams)
    return AlbsCall.answer(
      UserWire.TeamPage,
      isPaged ? { teams, total_teams: found.total, current_page: page } : teams
    )
  }),
  "albsTeams.get": Effect.fnUntraced(function*(call) {
    return yield* one(yield* AlbsCall.id(call, "team_id"))
  }),
  "albsTeams.create": Effect.fnUntraced(function*(call) {
    const given = yield* AlbsCall.body(call, UserWire.TeamCreate, "payload")
    const owner = yield* (yield* People).find({ id: given.user_id })
    if (owner === undefined) return yield* AlbsFailure.notFound(`User with ID ${given.user_id} is not found`)
    const id = yield* (yield* Teams).create(given.team_name, owner.id)
    if (id === undefined) return yield* AlbsFailure.conflict(`Team with name=${given.team_name} already exists`)
    return yield* one(id)
  }),
  "albsTeams.addMembers": changeMembers((teams, team, people) => teams.addMembers(team, people)),
  "albsTeams.removeMembers": changeMembers((teams, team, people) => teams.removeMembers(team, people)),
  "albsTeams.remove": Effect.fnUntraced(function*(call) {
    const team = yield* findTeam(yield* AlbsCall.id(call, "team_id"))
    if (team.products.length > 0) {
      return yield* AlbsFailure.conflict(
        `Team ${team.name} has products: ${team.products.map(({ name }) => name).join(", ")}`
      )
    }
    yield* (yield* Teams).remove(team.id)
    return AlbsCall.empty(202)
  }),
  "albsTeams.roles": Effect.fnUntraced(function*() {
    return AlbsCall.answer(Schema.Array(UserWire.RoleWire), yield* (yield* Teams).roles)
  }),
  "albsUsers.roles": Effect.fnUntraced(function*(call) {
    const { id } = yield* findPerson(call)
    return AlbsCall.answer(Schema.Array(UserWire.RoleWire), yield* (yield* Teams).rolesOf(id))
  }),
  "albsUsers.teams": Effect.fnUntraced(function*(call) {
    const { id } = yield* findPerson(call)
    return AlbsCall.answer(Schema.Array(UserWire.TeamWire), yield* show(yield* (yield* Teams).ofPerson(id)))
  }),
  "albsUsers.addRoles": changeRoles((teams, person, ids) => teams.addRoles(person, ids)),
  "albsUsers.removeRoles": changeRoles((teams, person, ids) => teams.removeRoles(person, ids))
}
