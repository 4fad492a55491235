/** People on AlmaLinux's build system's interface. */
import { UserWire } from "@orch/api/albs/UserWire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { People, type Person } from "../People.ts"

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<AlbsCallers | People>

/** People listed at once. */
const mostPeople = 10_000

const wire = (person: Person): UserWire => ({
  id: person.id,
  username: person.name,
  email: person.email,
  is_active: person.isActive,
  is_superuser: person.isSuperuser,
  is_verified: person.isVerified
})

/** Everybody may see who there is; addresses are for those who say who they are. */
const all: Handler = Effect.fnUntraced(function*(call) {
  const caller = yield* Effect.result((yield* AlbsCallers).identify(call.request))
  const people = yield* (yield* People).list(mostPeople)
  const known = caller._tag === "Success"
  return AlbsCall.answer(
    Schema.Array(UserWire),
    people.map((person) => known ? wire(person) : { ...wire(person), email: null })
  )
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
    return AlbsCall.answer(UserWire, wire(person))
  })
}
