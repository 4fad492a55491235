/**
 * Finds out what a hub can do when it can be reached, not before it is needed: a hub that is away when a server starts keeps
 * nobody from starting, and is asked again by whatever needs it.
 *
 * One attempt at a time. While one is under way, or just after one that failed, others are told at once what keeps the hub
 * from being used, instead of waiting in a row.
 */
import type { Condition } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import * as HubAdvice from "./HubAdvice.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { explain, systemName } from "./HubFailure.ts"
import type { Trouble } from "./HubHealth.ts"
import * as KojiCall from "./KojiCall.ts"
import { HubUnreachable, type KojiError, KojiFault } from "./KojiError.ts"
import * as KojiFarm from "./KojiFarm.ts"
import type { KojiHub } from "./KojiHub.ts"
import type { KojiSettings } from "./KojiSettings.ts"
import * as PortProbe from "./PortProbe.ts"
import * as SettingsCheck from "./SettingsCheck.ts"

/** A hub that may be away, and what is known of it. */
export interface FarmConnection {
  /** `undefined` until the hub has been reached. */
  readonly known: () => KojiFarm.KojiFarm | undefined
  /** The farm, after asking the hub where it has not been reached yet. */
  readonly farm: Effect.Effect<KojiFarm.KojiFarm, KojiError>
  /** Asks again what the hub can do and what we may do there, since rights are given meanwhile. */
  readonly renewed: Effect.Effect<KojiFarm.KojiFarm, KojiError>
  /**
   * How the hub is. Asks it when it was in trouble some seconds ago, when it has said nothing for `silent` milliseconds, and when
   * after some seconds of silence nobody listens at its port.
   */
  readonly condition: (silent: number) => Effect.Effect<Condition>
}

/** Milliseconds between two attempts to reach a hub that has been away for so long. */
const pause = (away: number): number => Math.min(5000, Math.max(1000, away / 2))
/** After so many milliseconds without an answer it is worth a look whether the hub is there at all. */
const quiet = 3000
/** Whoever asks about the condition does not wait longer; a start does not either. */
const glance = Duration.seconds(3)

/** A connection that asks the hub nothing yet. */
export const make = (hub: KojiHub, settings: KojiSettings): FarmConnection => {
  let known: KojiFarm.KojiFarm | undefined
  let remarks: ReadonlyArray<SettingsCheck.Remark> = []
  let triedAt = -Infinity
  let lookedAt = -Infinity
  let probedAt = -Infinity
  // Where requests reach the hub on another way, its port tells nothing.
  let probes = true
  const attempt = Semaphore.makeUnsafe(1)
  const glancing = Semaphore.makeUnsafe(1)

  const discover = Effect.gen(function*() {
    triedAt = yield* Clock.currentTimeMillis
    const capabilities = yield* HubCapabilities.discover(hub, [...new Set(Object.values(settings.platformTags))])
    const { user } = capabilities
    if (user === undefined) {
      return yield* new KojiFault({
        method: "login",
        code: 1002,
        text: `not logged in at ${hub.name}; set authtype in the profile`
      })
    }
    // Only a help: a hub that answers these questions otherwise than others can be built on all the same.
    remarks = yield* SettingsCheck.run(
      hub,
      { platformTags: settings.platformTags, channel: settings.channel, ...settings.publishing },
      user.name,
      settings.names
    ).pipe(Effect.orElseSucceed(() => []))
    for (const { advice, message, setting } of remarks) {
      yield* Effect.logWarning(`A setting does not fit the Koji hub: ${message}`).pipe(
        Effect.annotateLogs({ hub: hub.name, setting: (settings.names ?? SettingsCheck.fieldNames)[setting], advice })
      )
    }
    settings.memory?.save({ arches: capabilities.arches, tagArches: Object.fromEntries(capabilities.tagArches) })
    // Locks and the memory of our tasks outlive what is asked again.
    known = known === undefined || known.user.id !== user.id
      ? KojiFarm.make(hub, settings, capabilities, user)
      : { ...known, capabilities, user }
    return known
  }).pipe(Effect.tapError((error) => hub.health.failed(error, true)))

  const soon = ({ error, since }: Trouble) =>
    Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => now - triedAt < pause(now - since) ? Effect.fail(error) : Effect.void
    )

  const farm = Effect.suspend((): Effect.Effect<KojiFarm.KojiFarm, KojiError> => {
    if (known !== undefined) return Effect.succeed(known)
    const trouble = hub.health.trouble()
    const first = Effect.suspend(() => known === undefined ? discover : Effect.succeed(known))
    // The very first attempt is worth waiting for, since nobody knows yet that it is going to fail.
    if (trouble === undefined) return attempt.withPermit(first)
    return Effect.andThen(soon(trouble), attempt.withPermitsIfAvailable(1)(first)).pipe(
      Effect.flatMap(Option.match({ onNone: () => Effect.fail(trouble.error), onSome: Effect.succeed }))
    )
  })

  const renewed = attempt.withPermit(Effect.suspend(() => discover))

  /** A look that is cut short. What it cut short was no answer. */
  const look = Effect.gen(function*() {
    lookedAt = yield* Clock.currentTimeMillis
    const asked = known === undefined ? Effect.asVoid(farm) : Effect.asVoid(hub.read(KojiCall.make("getAPIVersion")))
    const seen = yield* Effect.timeoutOption(Effect.exit(asked), glance)
    if (Option.isSome(seen)) return
    const seconds = Duration.toSeconds(glance)
    yield* hub.health.failed(
      new HubUnreachable({ reason: "lost", method: "getAPIVersion", text: `no answer within ${seconds} seconds` }),
      true
    )
  })

  const probe = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const heard = Math.max(hub.health.answeredAt(), triedAt, lookedAt, probedAt)
    if (!probes || known === undefined || now - heard < quiet) return
    probedAt = now
    const { server } = hub
    const answer = yield* PortProbe.ask(server)
    if (answer === "listens") return
    if (answer === "refused") {
      const text = `connect ECONNREFUSED: nobody listens at ${server.host}`
      return yield* hub.health.failed(
        new HubUnreachable({ reason: "connect", method: "getAPIVersion", text, code: "ECONNREFUSED" }),
        true
      )
    }
    yield* glancing.withPermitsIfAvailable(1)(look)
    probes = hub.health.trouble() !== undefined
  })

  const condition = Effect.fnUntraced(function*(silent: number) {
    const now = yield* Clock.currentTimeMillis
    const since = hub.health.trouble()?.since ?? (known === undefined ? now : undefined)
    const last = Math.max(triedAt, lookedAt)
    if (
      since !== undefined
        ? now - last >= pause(now - since)
        : now - Math.max(hub.health.answeredAt(), last) >= silent
    ) {
      yield* glancing.withPermitsIfAvailable(1)(look)
    } else if (since === undefined) yield* probe
    const trouble = hub.health.trouble()
    const system = systemName(hub)
    const unfit = remarks.map(({ advice, message }) => `${message}; ${advice}`)
    if (trouble === undefined) return { system, available: true, remarks: unfit } satisfies Condition
    const advice = HubAdvice.of(trouble.error, hub)
    return {
      system,
      available: false,
      waiting: { on: system, since: trouble.since, reason: explain(hub, trouble.error) },
      ...(advice === undefined ? {} : { advice }),
      remarks: unfit
    } satisfies Condition
  })

  return { known: () => known, farm, renewed, condition }
}
