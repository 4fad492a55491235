/** Platforms and repositories on AlmaLinux's build system's interface: wire to domain and back. */
import * as PlatformWire from "@orch/api/albs/PlatformWire"
import { RepositoryWire } from "@orch/api/albs/RepositoryWire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as SelfUrl from "../../albs/SelfUrl.ts"
import { Flavors } from "../Flavors.ts"
import { type Platform, type PlatformRefused, Platforms } from "../Platforms.ts"
import * as PlatformView from "../PlatformView.ts"

type Routes = Readonly<Record<string, (call: AlbsCall.AlbsCall) => AlbsCall.Answer<AlbsCallers | Flavors | Platforms>>>

/** The settings of a platform that are shown in lists. */
const shown = ({ data }: Platform): Schema.Json =>
  ({
    versions: data.versions ?? [],
    secure_boot_required_packages: data.secure_boot_required_packages ?? []
  }) as Schema.Json

const refused = ({ message, reason }: PlatformRefused): AlbsFailure.AlbsFailure =>
  reason === "exists" ? AlbsFailure.conflict(message) : AlbsFailure.notFound(message)

const requireAdmin = (call: AlbsCall.AlbsCall) =>
  Effect.flatMap(AlbsCallers, (callers) => callers.require(call.request, "admin"))

const requireUser = (call: AlbsCall.AlbsCall) =>
  Effect.flatMap(AlbsCallers, (callers) => callers.require(call.request, "user"))

const change = (
  apply: (
    platforms: Platforms["Service"],
    id: number,
    repositories: ReadonlyArray<number>
  ) => ReturnType<Platforms["Service"]["addRepositories"]>
) =>
  Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
    yield* requireAdmin(call)
    const platforms = yield* Platforms
    const id = yield* AlbsCall.id(call, "platform_id")
    const repositories = yield* AlbsCall.body(call, PlatformWire.RepositoryIds, "repositories_ids", "repositories")
    const platform = yield* apply(platforms, id, repositories).pipe(
      Effect.catchTag("PlatformRefused", (error) => Effect.fail(refused(error)))
    )
    return AlbsCall.answer(PlatformWire.PlatformWire, PlatformView.platform(platform))
  })

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Routes = {
  "albsPlatforms.create": Effect.fnUntraced(function*(call) {
    yield* requireAdmin(call)
    const given = yield* AlbsCall.body(call, PlatformWire.PlatformCreate, "platform")
    const platform = yield* (yield* Platforms).create(given).pipe(
      Effect.catchTag("PlatformRefused", (error) => Effect.fail(refused(error)))
    )
    return AlbsCall.answer(PlatformWire.PlatformWire, PlatformView.platform(platform))
  }),
  "albsPlatforms.modify": Effect.fnUntraced(function*(call) {
    yield* requireAdmin(call)
    const given = yield* AlbsCall.body(call, PlatformWire.PlatformModify, "platform")
    const platform = yield* (yield* Platforms).modify(given).pipe(
      Effect.catchTag("PlatformRefused", (error) => Effect.fail(refused(error)))
    )
    return AlbsCall.answer(PlatformWire.PlatformWire, PlatformView.platform(platform))
  }),
  "albsPlatforms.list": Effect.fnUntraced(function*() {
    const platforms = yield* (yield* Platforms).list
    return AlbsCall.answer(
      Schema.Array(PlatformWire.PlatformWire),
      platforms.map((platform) => ({ ...PlatformView.platform(platform), data: shown(platform) }))
    )
  }),
  "albsPlatforms.addRepositories": change((platforms, id, ids) => platforms.addRepositories(id, ids)),
  "albsPlatforms.removeRepositories": change((platforms, id, ids) => platforms.removeRepositories(id, ids)),
  "albsPlatforms.flavors": Effect.fnUntraced(function*(call) {
    const flavors = yield* (yield* Flavors).list
    return AlbsCall.answer(
      Schema.Array(PlatformWire.FlavorWire),
      SelfUrl.readAll(flavors.map(PlatformView.flavor), call.origin)
    )
  }),
  "albsPlatforms.createFlavor": Effect.fnUntraced(function*(call) {
    const given = yield* AlbsCall.body(call, PlatformWire.FlavorCreate, "flavour", "flavor")
    const flavor = yield* (yield* Flavors).create(given)
    if (flavor === undefined) return yield* AlbsFailure.conflict(`There is a flavor ${given.name}`)
    return AlbsCall.answer(PlatformWire.FlavorWire, PlatformView.flavor(flavor))
  }),
  "albsPlatforms.modifyFlavor": Effect.fnUntraced(function*(call) {
    const given = yield* AlbsCall.body(call, PlatformWire.FlavorCreate, "flavour", "flavor")
    const flavor = yield* (yield* Flavors).modify(given)
    if (flavor === undefined) return yield* AlbsFailure.notFound(`There is no flavor ${given.name}`)
    return AlbsCall.answer(PlatformWire.FlavorWire, PlatformView.flavor(flavor))
  }),
  "albsRepositories.list": Effect.fnUntraced(function*(call) {
    yield* requireUser(call)
    const repositories = yield* (yield* Platforms).repositories
    return AlbsCall.answer(Schema.Array(RepositoryWire), SelfUrl.readAll(repositories, call.origin))
  }),
  "albsRepositories.get": Effect.fnUntraced(function*(call) {
    yield* requireUser(call)
    const found = yield* (yield* Platforms).repository(yield* AlbsCall.id(call, "repository_id"))
    return AlbsCall.answer(
      Schema.NullOr(RepositoryWire),
      found === undefined ? null : SelfUrl.readAll(found, call.origin)
    )
  })
}
