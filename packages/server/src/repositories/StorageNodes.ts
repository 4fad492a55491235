/**
 * The pool of storage nodes: who is in it, who is next, who is well.
 *
 * A background prober keeps `healthy` true to life. Between two of its rounds a node may die, so `next` hands out only what answered
 * within the last few seconds: any other node is asked first, within a short deadline, and the next one is taken when it does not
 * answer. Callers that come at once share the question. A node that registers itself is
 * probed once, within a short deadline, so that the very next `next` is right. A node that was down is probed on like the
 * others and used again when it answers.
 */
import { Outbox } from "@orch/core/ports/Outbox"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as SharedReads from "../SharedReads.ts"
import * as NodeProbe from "./NodeProbe.ts"
import { unavailable } from "./Repositories.ts"
import { RepositoriesConfig } from "./RepositoriesConfig.ts"
import * as Statements from "./statements/StorageNodeStatements.ts"

export type StorageNode = Statements.StorageNode

export interface Interface {
  readonly list: Effect.Effect<ReadonlyArray<StorageNode>, StoreUnavailable>
  readonly get: (host: string) => Effect.Effect<StorageNode | undefined, StoreUnavailable>
  /** Makes it known and probes it once. */
  readonly register: (host: string) => Effect.Effect<void, StoreUnavailable>
  /** Makes it known without probing. */
  readonly ensure: (host: string) => Effect.Effect<void, StoreUnavailable>
  /** The next in the rotation that answered just now, undefined when none does. */
  readonly next: Effect.Effect<StorageNode | undefined, StoreUnavailable>
  readonly adjust: (
    host: string,
    change: { readonly weight?: number | undefined; readonly draining?: boolean | undefined }
  ) => Effect.Effect<StorageNode | undefined, StoreUnavailable>
  readonly remove: (host: string) => Effect.Effect<boolean, StoreUnavailable>
  /** Probes every node once, several at a time. */
  readonly probeAll: Effect.Effect<void, StoreUnavailable>
}

/** How old a good probe may be for its node to be handed out unasked. */
const freshMillis = 3_000

/** How long `next` waits for a node: who asks waits, and there are others. */
const askMillis = 2_000

export class StorageNodes
  extends Context.Service<StorageNodes, Interface>()("@orch/server/repositories/StorageNodes")
{}

export const layer: Layer.Layer<StorageNodes, never, SqlClient.SqlClient | Outbox | RepositoriesConfig> = Layer.effect(
  StorageNodes,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const outbox = yield* Outbox
    const config = yield* RepositoriesConfig
    const run = <A>(operation: string, effect: Effect.Effect<A, SqlError | StoreUnavailable, SqlClient.SqlClient>) =>
      Effect.provideService(effect, SqlClient.SqlClient, sql).pipe(
        Effect.mapError((error) => error._tag === "SqlError" ? unavailable(operation)(error) : error)
      )
    const record = Effect.fnUntraced(function*(host: string, well: boolean, registering: boolean) {
      const result = yield* Statements.probed(host, well, config.probeRetries, registering)
      if (result?.changed !== true) return
      const now = yield* Clock.currentTimeMillis
      yield* outbox.append([{
        topic: "storage-node.health",
        subject: `storage-node/${host}`,
        body: { host, healthy: result.node.healthy, down_count: result.node.downCount }
      }], now)
    })
    const check = Effect.fnUntraced(function*(
      host: string,
      registering: boolean,
      timeoutMillis = config.probeTimeoutMillis
    ) {
      const well = yield* NodeProbe.isWell(host, config, timeoutMillis, registering ? Effect.logWarning : undefined)
      yield* sql.withTransaction(record(host, well, registering))
      return well
    })
    const share = SharedReads.make<boolean, SqlError | StoreUnavailable>()
    const ask = (host: string) =>
      share(
        host,
        Effect.provideService(
          check(host, false, Math.min(askMillis, config.probeTimeoutMillis)),
          SqlClient.SqlClient,
          sql
        )
      )
    /** Every turn leaves out one node more, so that there are at most as many as nodes. */
    const next = (failed: ReadonlyArray<string>): Effect.Effect<
      StorageNode | undefined,
      SqlError | StoreUnavailable,
      SqlClient.SqlClient
    > =>
      Effect.flatMap(Statements.next(failed, freshMillis), (taken) =>
        taken === undefined || taken.fresh
          ? Effect.succeed(taken?.node)
          : Effect.flatMap(
            ask(taken.node.host),
            (well) => well ? Effect.succeed(taken.node) : next([...failed, taken.node.host])
          ))
    return StorageNodes.of({
      list: run("list nodes", Statements.list()),
      get: (host) => run("read a node", Statements.get(host)),
      register: (host) => run("register a node", Effect.andThen(Statements.ensure(host), check(host, true))),
      ensure: (host) => run("register a node", Statements.ensure(host)),
      next: run("choose a node", next([])),
      adjust: (host, change) => run("change a node", Statements.adjust(host, change)),
      remove: (host) => run("forget a node", Statements.remove(host)),
      probeAll: run(
        "probe the nodes",
        Effect.flatMap(
          Statements.list(),
          (nodes) => Effect.forEach(nodes, (node) => check(node.host, false), { concurrency: 16, discard: true })
        )
      )
    })
  })
)

/** Keeps the pool healthy: makes configured nodes known, then probes all of them again and again. */
export const proberLayer: Layer.Layer<never, never, StorageNodes | RepositoriesConfig> = Layer.effectDiscard(
  Effect.gen(function*() {
    const nodes = yield* StorageNodes
    const config = yield* RepositoriesConfig
    const configured = config.nodes.map(NodeProbe.hostOf)
    const round = Effect.forEach(configured, (host) => nodes.ensure(host), { discard: true }).pipe(
      Effect.andThen(nodes.probeAll),
      Effect.catch((error) => Effect.logWarning(`the storage nodes could not be probed: ${error.message}`))
    )
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(round, Effect.sleep(config.probeEveryMillis))))
  })
)
