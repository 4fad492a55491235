/** People on AlmaLinux's build system's interface. */
import { Success } from "@orch/api/albs/SignWire"
import { UserModify, UserWire } from "@orch/api/albs/UserWire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { People } from "../People.ts"
import * as PeopleView from "../PeopleView.ts"

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<AlbsCallers | People>

/** People listed at once. */
const mostPeople = 10_000

/** Everybody may see who there is; addresses are for those who say who they are. */
const all: Handler = Effect.fnUntraced(function*(call) {
  const caller = yield* Effect.result((yield* AlbsCallers).identify(call.request))
  const people = yield* (yield* People).list(mostPeople)
  const known = caller._tag === "Success"
  return AlbsCall.answer(
    Schema.Array(UserWire),
    people.map((person) => PeopleView.person(person, known))
  )
})

/** Whoever is an administrator stays one until another one says otherwise: so there is always somebody who can undo it. */
const refuseOneself = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall, id: number) {
  const { person } = yield* (yield* AlbsCallers).identify(call.request)
  if (person?.id === id) {
    return yield* AlbsFailure.conflict(
      "Nobody locks out themselves or gives up their own rights; another administrator can do that"
    )
  }
})

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsUsers.all": all,
  "albsUsers.allOfOld": all,
  "albsUsers.find": Effect.fnUntraced(function*(call) {
    yield* (yield* AlbsCallers).require(call.request, "user")
    const id = yield* AlbsCall.queryNumber(call, "id")
    const name = AlbsCall.queryText(call, "name")
    const email = AlbsCall.queryText(call, "email")
    if (id === undefined && name === undefined && email === undefined) {
      return yield* AlbsFailure.invalidAt(["query", "id"], "One of id, name and email is required", "missing")
    }
    const person = yield* (yield* People).find({
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email })
    })
    if (person === undefined) return yield* AlbsFailure.notFound(`User "${id ?? name ?? email}" is not found`)
    return AlbsCall.answer(UserWire, PeopleView.person(person, true))
  }),
  "albsUsers.modify": Effect.fnUntraced(function*(call) {
    const id = yield* AlbsCall.id(call, "user_id")
    const given = yield* AlbsCall.body(call, UserModify, "payload", "user")
    const people = yield* People
    // The body says once more who is meant; where it says somebody else, one of the two is a mistake.
    if (given.id !== id) return yield* AlbsFailure.badRequest(`The path names user ${id}, the body user ${given.id}`)
    if (given.is_active === false || given.is_superuser === false) yield* refuseOneself(call, id)
    const person = yield* people.modify(id, {
      ...(typeof given.is_active === "boolean" ? { isActive: given.is_active } : {}),
      ...(typeof given.is_verified === "boolean" ? { isVerified: given.is_verified } : {}),
      ...(typeof given.is_superuser === "boolean" ? { isSuperuser: given.is_superuser } : {})
    })
    if (person === undefined) return yield* AlbsFailure.notFound(`User with ID ${id} is not found`)
    return AlbsCall.answer(Success, { success: true, message: null })
  }),
  "albsUsers.remove": Effect.fnUntraced(function*(call) {
    const id = yield* AlbsCall.id(call, "user_id")
    const people = yield* People
    if ((yield* people.find({ id })) === undefined) {
      return yield* AlbsFailure.notFound(`User with ID ${id} is not found`)
    }
    yield* refuseOneself(call, id)
    // What they made keeps their name, so the person stays, too, and cannot call any more.
    yield* people.modify(id, { isActive: false, isSuperuser: false })
    return AlbsCall.empty(204)
  })
}
