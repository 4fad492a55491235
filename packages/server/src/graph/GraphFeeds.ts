/**
 * Feeds the graph with what no plan says: what packages of finished builds need and offer, read once of each, and composes.
 *
 * What is told is kept as it was; which of it counts follows from which build or compose is the newest, so late and repeated news change nothing.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { ModuleStreams } from "@orch/core/modulemd/ModuleContent"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import { BuildSystem, type BuildSystemError } from "@orch/core/ports/BuildSystem"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import type { ProcessNotFound } from "@orch/core/ports/ProcessStore"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { asUnavailable } from "../database/PgError.ts"
import * as PackageQuery from "../localbuild/PackageQuery.ts"
import type { RpmToolError } from "../localbuild/RpmTool.ts"
import type { Mode } from "../localbuild/sandbox/SandboxChoice.ts"
import type { Allowed } from "../outgoing/AddressRules.ts"
import type { HeadersUnreadable } from "../releases/PackageHeaders.ts"
import * as BuildNeeds from "./BuildNeeds.ts"
import type { Compose, ComposeModule } from "./ComposeMetadata.ts"
import * as ComposeReading from "./ComposeReading.ts"
import * as Statements from "./statements/FeedStatements.ts"

/** What an import of a compose made known. */
export interface Imported {
  readonly number: number
  readonly compose: string
  readonly product: string
  readonly packages: number
  readonly modules: number
  readonly edges: number
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** What feeds the graph. */
export class GraphFeeds extends Context.Service<GraphFeeds, {
  /** Makes a compose known; `documents` are its modules' documents, in any number of texts. */
  readonly importCompose: (compose: Compose, documents: ReadonlyArray<string>, by: string) => Store<Imported>
  /** Reads one from where it lies; addresses inside of private networks have to be allowed. */
  readonly readCompose: (
    location: string
  ) => Effect.Effect<
    { readonly compose: Compose; readonly documents: ReadonlyArray<string> },
    ComposeReading.ComposeUnreadable
  >
  /** The newest first. */
  readonly composes: (limit: number) => Store<ReadonlyArray<Statements.ComposeRow>>
  /** Has builds read again that could not be read. */
  readonly again: Store<void>
  /** Reads the packages of builds that have ended since, of some that are not new within a minute; how many builds. */
  readonly readBuilds: Store<number>
}>()("@orch/server/graph/GraphFeeds") {}

/** Composes that are kept of each product. */
const keptComposes = 10
/** Milliseconds after which a farm is asked again that was away. */
const awayMillis = 60_000
/** Builds that are read in one round. */
const perRound = 10
/** Of so many of each kind the unread ones are found at every round. Those of all that there ever were take the longer the more there are. */
const newest = 200

const node = (name: string, stream: string): string => `modules/${name}:${stream}`

interface Edge {
  readonly type: string
  readonly source: string
  readonly target: string
}

/** What documents say of the modules of the compose, and of no others. */
const dependencies = (modules: ReadonlyArray<ComposeModule>, documents: ReadonlyArray<string>): ReadonlyArray<Edge> => {
  const known = new Set(modules.map(({ uid }) => uid))
  return documents.flatMap((text) => Modulemd.read(text).documents).flatMap((document): ReadonlyArray<Edge> => {
    const module = Upgrade.toStream(document)
    if (module === undefined) return []
    const uid = [module.name, module.stream, module.version, module.context].join(":")
    const short = modules.some((one) => one.uid === `${module.name}:${module.stream}`)
    if (!known.has(uid) && !short) return []
    const source = node(module.name ?? "", module.stream ?? "")
    const edges = (type: string, streams: ModuleStreams) =>
      [...streams].flatMap(([name, all]) =>
        all.filter((one) => !one.startsWith("-")).map((stream): Edge => ({ type, source, target: node(name, stream) }))
      )
    return module.dependencies.flatMap((one) => [
      ...edges("build", one.buildrequires),
      ...edges("runtime", one.requires)
    ])
  })
}

const edgesOf = ({ modules, packages, product }: Compose, documents: ReadonlyArray<string>): ReadonlyArray<Edge> => {
  const source = `composes/${product}`
  return [
    ...packages.map((name): Edge => ({ type: "component", source, target: `rpms/${name}` })),
    ...modules.flatMap((one) => [
      { type: "component", source, target: node(one.name, one.stream) },
      ...one.packages.map((name): Edge => ({
        type: "component",
        source: node(one.name, one.stream),
        target: `rpms/${name}`
      }))
    ]),
    ...dependencies(modules, documents)
  ]
}

/** In the database; packages that builds made are read in the sandbox that builds have. */
export const layer = (
  { localSandbox, outgoingAllow }: { readonly localSandbox: Mode; readonly outgoingAllow: Allowed }
): Layer.Layer<
  GraphFeeds,
  never,
  ArtifactStore | BuildSystem | ModuleBuilds | PackageBuilds | SqlClient.SqlClient
> =>
  Layer.effect(
    GraphFeeds,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const store = yield* ArtifactStore
      const modules = yield* ModuleBuilds
      const packages = yield* PackageBuilds
      const farm = yield* BuildSystem
      const query = yield* PackageQuery.make(localSandbox)
      /** Builds whose farm is away, by the time from which they are looked at again. */
      const later = new Map<string, number>()
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        effect.pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          asUnavailable(`GraphFeeds.${operation}`)
        ) as Store<A>

      const unreadOf = (newest?: number) => Effect.suspend(() => Statements.unread(perRound, [...later.keys()], newest))
      // All builds, and while that rests, which it does where there are many, the newest ones.
      let hasLooked = false
      const unreadOfAll = Upkeep.sparing(
        Effect.andThen(Effect.sync(() => void (hasLooked = true)), unreadOf()),
        [],
        (rows) => rows.length === 0
      )
      const unread = Effect.gen(function*() {
        hasLooked = false
        const rows = yield* unreadOfAll
        return hasLooked ? rows : yield* unreadOf(newest)
      })

      const needsOf = Effect.fnUntraced(function*({ build, kind }: Statements.UnreadRow): Effect.fn.Return<
        Statements.Needs | undefined,
        BuildSystemError | HeadersUnreadable | RpmToolError | ProcessNotFound | StoreUnavailable
      > {
        return kind === "package-build"
          ? yield* BuildNeeds.ofPackageBuild(store, (yield* packages.get(build)).state)
          : yield* BuildNeeds.ofModuleBuild(query, farm, (yield* modules.get(build)).state)
      })

      /** What cannot be read is known as that, and the plan says what it says; fails where the farm is away. */
      const readable = (row: Statements.UnreadRow) => {
        const told = ({ message }: { readonly message: string }) =>
          Effect.logInfo("What a build needs could not be read").pipe(
            Effect.annotateLogs({ build: `${row.kind} ${row.build}`, reason: message })
          )
        return needsOf(row).pipe(
          Effect.catchTag(
            ["HeadersUnreadable", "RpmToolError", "ProcessNotFound"],
            (error) => Effect.as(told(error), undefined)
          ),
          Effect.catchTag("BuildSystemError", (error) =>
            Effect.andThen(told(error), error.isRetryable ? Effect.fail(error) : Effect.undefined))
        )
      }

      return GraphFeeds.of({
        importCompose: (compose, documents, by) => {
          const edges = edgesOf(compose, documents)
          return run(
            "importCompose",
            sql.withTransaction(Effect.gen(function*() {
              const { id, offers, product, rank } = compose
              const number = yield* Statements.compose(id, product, rank, by)
              yield* Statements.edges(number, edges)
              yield* Statements.note({ kind: "compose", build: number, stamp: "" }, { packages: [], needs: [], offers })
              yield* Statements.pruneComposes(product, keptComposes)
              return {
                number,
                compose: id,
                product,
                packages: compose.packages.length,
                modules: compose.modules.length,
                edges: edges.length
              }
            }))
          )
        },
        readCompose: (location) =>
          ComposeReading.read(location, { stranger: outgoingAllow }),
        composes: (limit) => run("composes", Statements.composes(limit)),
        again: run("again", Statements.forgetUnreadable()),
        readBuilds: run(
          "readBuilds",
          Effect.gen(function*() {
            const now = yield* Clock.currentTimeMillis
            for (const [id, time] of later) if (time <= now) later.delete(id)
            const rows = yield* unread
            for (const row of rows) {
              const found = yield* readable(row).pipe(
                Effect.asSome,
                Effect.catchTag("BuildSystemError", () => Effect.succeedNone)
              )
              if (Option.isSome(found)) yield* sql.withTransaction(Statements.note(row, found.value))
              else later.set(`${row.kind} ${row.build}`, now + awayMillis)
            }
            return rows.length
          })
        )
      })
    })
  )

/** Reads builds as they end, and forgets those that are not there any more. */
export const upkeep = Layer.effectDiscard(
  Effect.gen(function*() {
    const { readBuilds } = yield* GraphFeeds
    const sql = yield* SqlClient.SqlClient
    yield* Upkeep.repeating(
      { failed: "What builds need could not be read", interval: 5000 },
      Effect.repeat(readBuilds, { while: (read) => read === perRound })
    )
    yield* Upkeep.repeating(
      { failed: "What was read of builds could not be forgotten", interval: 3_600_000 },
      sql.withTransaction(Statements.forget()).pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        asUnavailable("GraphFeeds.forget")
      )
    )
  })
)
