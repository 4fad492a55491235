/** Production repositories as people look after them: which there are, from where they are synced, and how they differ from that. */
import * as Nevra from "@orch/core/Nevra"
import type { Held, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as RepositoryHosts from "@orch/core/ports/RepositoryHosts"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { PresentPackage } from "@orch/core/release/ReleaseTarget"
import * as RepositoryDrift from "@orch/core/release/RepositoryDrift"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import type * as AddressRules from "../outgoing/AddressRules.ts"
import { ProductionHost } from "./ProductionHost.ts"
import { presentOf } from "./ReleasePlanner.ts"
import { type ProductionRepository, ReleaseTargets } from "./ReleaseTargets.ts"
import * as Statements from "./statements/SyncStatements.ts"
import * as UpstreamRepodata from "./UpstreamRepodata.ts"

/** Why nothing can be said or done. `away`: try again later. */
export class ProductionRefused extends Data.TaggedError("ProductionRefused")<{
  readonly reason: "unknown" | "invalid" | "away"
  readonly message: string
}> {}

/** A repository and its sync, where it was ever synced. */
export interface State {
  readonly repository: ProductionRepository
  readonly sync: Statements.SyncRow | undefined
}

/** How a repository differs from another. */
export interface Comparison {
  readonly name: string
  readonly against: string
  readonly drift: ReadonlyArray<RepositoryDrift.Drift>
}

type Asked<A> = Effect.Effect<A, ProductionRefused | StoreUnavailable>

/** What people can ask. */
export interface Interface {
  readonly list: Asked<ReadonlyArray<State>>
  /** Against another production repository by name, or against the repository it is synced from. */
  readonly compare: (name: string, against: string | undefined) => Asked<Comparison>
  /** From this address, or from the one of last time. */
  readonly sync: (name: string, url: string | undefined, mirror: boolean, by: string) => Asked<State>
}

/** Production repositories. */
export class ProductionRepositories extends Context.Service<ProductionRepositories, Interface>()(
  "@orch/server/releases/ProductionRepositories"
) {}

const refuse = (reason: ProductionRefused["reason"], message: string) =>
  Effect.fail(new ProductionRefused({ reason, message }))

/** Of one that tells of its modules. */
const offered = (held: ReadonlyArray<Held>): UpstreamRepodata.Offered => ({
  packages: held.filter(({ id }) => Result.isSuccess(Nevra.parse(id))),
  modules: held.filter(({ id }) => Result.isFailure(Nevra.parse(id)))
})

/** What differs: packages, and modules by what their documents are called. */
const drift = (
  expected: UpstreamRepodata.Offered,
  actual: UpstreamRepodata.Offered
): ReadonlyArray<RepositoryDrift.Drift> => {
  const sides = [expected, actual].map(({ modules = [], packages }) => presentOf("", [...packages, ...modules]))
  // Where one side does not tell what its modules ship, neither side's packages are those of modules.
  const tells = [expected, actual].every(({ modules }) => modules?.every(({ artifacts }) => artifacts !== undefined))
  const [wanted = [], there = []] = sides.map(({ packages }) =>
    tells ? packages : packages.map(({ module: _, ...rest }): PresentPackage => rest)
  )
  const [modules = [], own = []] = sides.map((side) => side.modules.map(({ id }) => id))
  return [
    ...RepositoryDrift.compare(wanted, there),
    ...(expected.modules === undefined ? [] : RepositoryDrift.compareModules(modules, own))
  ]
}

/** `allow`: hosts inside of the own networks that may be asked although people named them. */
export const layer = (allow: AddressRules.Allowed) =>
  Layer.effect(
    ProductionRepositories,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const host = yield* ProductionHost
      const targets = yield* ReleaseTargets
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        effect.pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          asUnavailable(`ProductionRepositories.${operation}`)
        )

      const find = Effect.fnUntraced(function*(name: string) {
        const found = (yield* targets.all).find(({ target }) => target.name === name)
        return found ?? (yield* refuse("unknown", `There is no production repository ${name.slice(0, 200)}`))
      })

      const held = (name: string) =>
        RepositoryHosts.inventory(host, name).pipe(
          Effect.catchIf(({ reason }: RepositoryHostError) => reason === "gone", () => Effect.succeed([])),
          Effect.catch(({ message }) => refuse("away", message))
        )

      const upstream = Effect.fnUntraced(function*(name: string) {
        const sync = yield* run("compare", Statements.of(name))
        if (sync === undefined) {
          return yield* refuse("invalid", `${name} was never synced; name the repository to compare it with`)
        }
        const there = yield* UpstreamRepodata.read(sync.url, { stranger: allow }).pipe(
          Effect.catch(({ message }) => refuse("away", message))
        )
        return { against: sync.url, there }
      })

      return ProductionRepositories.of({
        list: Effect.gen(function*() {
          const syncs = new Map((yield* run("list", Statements.all())).map((row) => [row.repository, row]))
          return (yield* targets.all).map((repository) => ({
            repository,
            sync: syncs.get(repository.target.name)
          }))
        }),
        compare: Effect.fn("ProductionRepositories.compare")(function*(name, other) {
          yield* find(name)
          const { against, there } = other === undefined
            ? yield* upstream(name)
            : { against: other, there: offered(yield* Effect.andThen(find(other), held(other))) }
          return { name, against, drift: drift(there, offered(yield* held(name))) }
        }),
        sync: Effect.fn("ProductionRepositories.sync")(function*(name, url, mirror, by) {
          const repository = yield* find(name)
          const from = url ?? (yield* run("sync", Statements.of(name)))?.url
          if (from === undefined) {
            return yield* refuse("invalid", `${name} was never synced; say from which address it is to be`)
          }
          if (!/^https?:$/.test(URL.parse(from)?.protocol ?? "")) {
            return yield* refuse("invalid", `${JSON.stringify(from.slice(0, 200))} is no http or https address`)
          }
          const sync = yield* run("sync", Statements.request(name, from, mirror, by))
          return { repository, sync }
        })
      })
    })
  )
