/**
 * Tells message brokers: each announcement as a message of our own topics, changes of module builds as messages of the Module
 * Build Service too, and decisions of gates as messages of Greenwave. The next one is sent when the broker has confirmed the one before, so their order stays.
 */
import { componentStates, moduleStates } from "@orch/api/mbs/MbsRecord"
import { type Announcement, Announcer, AnnouncerError, type Listener } from "@orch/core/ports/Announcer"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AmqpConnection from "./AmqpConnection.ts"
import { type BusConnection, BusFailure } from "./BusConnection.ts"
import type { BusListener } from "./BusListener.ts"
import * as BusMessage from "./BusMessage.ts"
import * as MqttConnection from "./MqttConnection.ts"

type Json = Readonly<Record<string, unknown>>

/** How the Module Build Service shows what an announcement is about; `undefined` where it shows nothing. */
export interface Established {
  readonly module: (id: number) => Effect.Effect<Json | undefined, StoreUnavailable>
  readonly component: (module: number, name: string) => Effect.Effect<Json | undefined, StoreUnavailable>
}

export interface Options {
  readonly listeners: ReadonlyArray<BusListener>
  readonly established?: Established
  /** Milliseconds that one message may take; 15,000 unless told. */
  readonly timeoutMillis?: number
}

/** What the outbox knows these listeners as. */
export const kind = "bus"

/** Koji's states, by ours. What waits has none. */
const componentState: Readonly<Record<string, number>> = {
  submitting: 0,
  building: 0,
  built: 1,
  available: 1,
  failed: 3,
  canceled: 4
}

/** As it was when it was announced: what it shows of states is the announcement's, not the state it has by now. */
const asAnnounced = (body: Json, state: number | null, names: ReadonlyArray<string>, reason: unknown): Json => ({
  ...body,
  state,
  state_name: state === null ? null : names[state] ?? null,
  state_reason: reason ?? null
})

/** What a gate decided as Greenwave tells of it: the decision itself, without what only this server knows. */
const greenwave = ({ module_build: _, regressed: __, ...decision }: Json): Json => decision

const establishedOf = Effect.fnUntraced(function*(
  established: Established,
  prefix: string,
  announcement: Announcement
) {
  const data = announcement.body as Json
  if (announcement.topic === "module-build.state") {
    const shown = yield* established.module(Number(data["id"]))
    if (shown === undefined) return undefined
    const { tasks: _, ...body } = shown
    const state = Number(data["state_number"])
    return BusMessage.established(
      prefix,
      announcement,
      "mbs.module.state.change",
      asAnnounced(body, state, moduleStates, data["state_reason"])
    )
  }
  if (announcement.topic === "component-build.state") {
    const shown = yield* established.component(Number(data["module_build"]), String(data["component"]))
    if (shown === undefined) return undefined
    const state = data["called_off"] === true ? 4 : componentState[String(data["state"])] ?? null
    return BusMessage.established(prefix, announcement, "mbs.component.state.change", {
      ...asAnnounced(shown, state, componentStates, data["state_reason"]),
      ...(data["nvr"] === null ? {} : { nvr: data["nvr"] })
    })
  }
  return announcement.topic === "gate.decision"
    ? BusMessage.established(prefix, announcement, "greenwave.decision.update", greenwave(data))
    : undefined
})

export const layer = (options: Options): Layer.Layer<Announcer> =>
  Layer.effect(
    Announcer,
    Effect.gen(function*() {
      const { established, listeners, timeoutMillis = 15_000 } = options
      const connections = new Map(
        listeners.map((listener): [string, { bus: BusListener; connection: BusConnection }] => [
          listener.id,
          {
            bus: listener,
            connection: listener.protocol === "amqp"
              ? AmqpConnection.make(listener, timeoutMillis)
              : MqttConnection.make(listener, timeoutMillis)
          }
        ])
      )
      yield* Effect.addFinalizer(() =>
        Effect.promise(() => Promise.all([...connections.values()].map(({ connection }) => connection.close())))
      )

      const failing = (listener: Listener, cause: unknown) =>
        new AnnouncerError({
          reason: cause instanceof BusFailure && cause.refused ? "refused" : "unreachable",
          listener: listener.id,
          message: cause instanceof Error ? cause.message : "the broker is away"
        })
      const on = (listener: Listener, use: (connection: BusConnection) => Promise<void>) => {
        const found = connections.get(listener.id)
        return found === undefined
          ? Effect.fail(failing(listener, new BusFailure("no such broker", true)))
          : Effect.tryPromise({ try: () => use(found.connection), catch: (cause) => failing(listener, cause) })
      }

      const deliver = Effect.fn("BusAnnouncer.deliver")(function*(listener: Listener, announcement: Announcement) {
        const prefix = connections.get(listener.id)?.bus.prefix ?? ""
        yield* on(listener, (connection) => connection.publish(BusMessage.own(prefix, announcement)))
        if (established === undefined) return
        const other = yield* Effect.mapError(
          establishedOf(established, prefix, announcement),
          () => failing(listener, new BusFailure("the database does not answer"))
        )
        if (other !== undefined) yield* on(listener, (connection) => connection.publish(other))
      })

      return {
        kind,
        listeners: Effect.succeed(listeners.map(({ address, id, topics }) => ({ id, address, topics }))),
        deliver,
        probe: (listener: Listener) => on(listener, (connection) => connection.probe())
      }
    })
  )
