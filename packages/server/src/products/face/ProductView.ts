/** Products as clients of AlmaLinux's build system read them. */
import type { ProductWire } from "@orch/api/albs/PlatformWire"
import type { TeamWire } from "@orch/api/albs/UserWire"
import * as Effect from "effect/Effect"
import * as SelfUrl from "../../albs/SelfUrl.ts"
import { People } from "../../people/People.ts"
import * as PeopleView from "../../people/PeopleView.ts"
import { Teams } from "../../people/Teams.ts"
import { Platforms } from "../../platforms/Platforms.ts"
import * as PlatformView from "../../platforms/PlatformView.ts"
import { SignKeys } from "../../signing/SignKeys.ts"
import * as SignKeyView from "../../signing/SignKeyView.ts"
import type { Product } from "../Products.ts"

/** Whether people's e-mail addresses are shown: to those who say who they are. */
export interface Reader {
  readonly isKnown: boolean
}

/** What clients see of products, in a constant number of statements. */
export const show = Effect.fnUntraced(
  function*(products: ReadonlyArray<Product>, origin: string, { isKnown }: Reader) {
    const platforms = new Map((yield* (yield* Platforms).list).map((platform) => [platform.id, platform]))
    const teams = yield* (yield* Teams).numbered(
      [...new Set(products.flatMap(({ team }) => team ?? []))]
    )
    const keys = yield* (yield* SignKeys).list
    const people = yield* (yield* People).numbered([
      ...new Set([
        ...products.flatMap(({ owner }) => owner ?? []),
        ...[...teams.values()].flatMap(({ members, owner }) => [...members, ...(owner === undefined ? [] : [owner])])
      ])
    ])
    const person = (id: number | undefined) => {
      const found = id === undefined ? undefined : people.get(id)
      return found === undefined ? null : PeopleView.person(found, isKnown)
    }
    const team = (id: number | undefined): TeamWire | null => {
      const found = id === undefined ? undefined : teams.get(id)
      return found === undefined ? null : PeopleView.team(found, people, isKnown)
    }
    return SelfUrl.readAll(
      products.map((product): ProductWire => ({
        id: product.id,
        name: product.name,
        title: product.title,
        description: product.description,
        is_community: product.isCommunity,
        builds: product.builds.map((id) => ({ id })),
        repositories: product.repositories.map(({ platform: _, ...repository }) => repository),
        platforms: product.platforms.flatMap((id) => {
          const found = platforms.get(id)
          return found === undefined ? [] : [PlatformView.platform(found)]
        }),
        sign_keys: keys.filter((key) => key.product === product.id).map(SignKeyView.key),
        owner: person(product.owner),
        team: team(product.team)
      })),
      origin
    )
  }
)
