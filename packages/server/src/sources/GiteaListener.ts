/**
 * Listens to pushes that a message broker (MQTT) tells of, as AlmaLinux's gitea-listener does.
 *
 * A message is acknowledged when what it asks for is stored: until then the broker keeps it, and tells of it again. One that makes no sense is
 * logged and acknowledged, since it would make none the next time.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { MqttClient } from "mqtt"
import { AlbsCallers } from "../albs/AlbsCallers.ts"
import type { AlbsFailure } from "../albs/AlbsFailure.ts"
import { BranchHistory } from "../history/BranchHistory.ts"
import type { Listener } from "./ListenerFile.ts"
import { PushBuilds } from "./PushBuilds.ts"
import * as PushEvent from "./PushEvent.ts"
import * as SourceFiles from "./SourceFiles.ts"
import { SourceSettings } from "./SourceSettings.ts"

/** Whose builds are that no token and no rule gives to anybody. */
const nobody = "gitea-listener"
/** What one message may have, in bytes; a push of thousands of commits has less. */
const mostBytes = 8 * 1024 * 1024

const parse = (payload: Buffer): Result.Result<unknown, PushEvent.NoPush> => {
  if (payload.length > mostBytes) {
    return Result.fail({ reason: "unreadable", message: `larger than ${mostBytes} bytes` })
  }
  try {
    return Result.succeed(JSON.parse(payload.toString("utf8")) as unknown)
  } catch {
    return Result.fail({ reason: "unreadable", message: "not JSON" })
  }
}

/** Loaded by servers that listen alone. */
const connect = async (listener: Listener): Promise<MqttClient> =>
  (await import("mqtt")).default.connect({
    host: listener.host,
    port: listener.port,
    clientId: listener.clientId,
    clean: listener.cleanSession,
    ...(listener.username === undefined ? {} : { username: listener.username }),
    ...(listener.password === undefined ? {} : { password: Redacted.value(listener.password) }),
    reconnectPeriod: 2000,
    connectTimeout: 15_000
  })

export const layer: Layer.Layer<
  never,
  SourceFiles.SourceFileUnusable,
  AlbsCallers | BranchHistory | PushBuilds | SourceSettings
> = Layer.effectDiscard(
  Effect.gen(function*() {
    const listener = yield* SourceFiles.listener(yield* SourceSettings)
    if (listener === undefined) return
    const builds = yield* PushBuilds
    const branches = yield* BranchHistory
    const callers = yield* AlbsCallers
    const { topics } = listener

    const owner = Effect.suspend((): Effect.Effect<string, AlbsFailure | StoreUnavailable> =>
      listener.token === undefined
        ? Effect.succeed(nobody)
        : Effect.map(
          callers.identify({
            headers: { authorization: `Bearer ${Redacted.value(listener.token)}` },
            remoteAddress: Option.none()
          }),
          ({ name }) => name
        )
    )

    const receive = Effect.fnUntraced(function*(topic: string, payload: Buffer) {
      const given = parse(payload)
      const change = Result.flatMap(given, (message) => PushEvent.change("gitea", message))
      if (Result.isSuccess(change)) {
        const { cloneUrl, ...told } = change.success
        yield* branches.observe("webhook", [{ repository: cloneUrl, ...told }])
      }
      const push = Result.flatMap(given, (message) => PushEvent.read("gitea", message))
      if (Result.isFailure(push)) {
        const { message, reason } = push.failure
        return yield* reason === "ignored"
          ? Effect.logDebug(`A push is not built: ${message}`)
          : Effect.logWarning(`A message of ${topic} is no push of gitea: ${message}`)
      }
      const kind = topic === topics.modified ? "modified" : "unmodified"
      const outcomes = yield* builds.receive(push.success, yield* owner, kind)
      yield* Effect.logInfo("Pushed").pipe(
        Effect.annotateLogs({ repository: push.success.repository, ref: push.success.name, outcomes })
      )
    })

    // A database that is away, or a token that is not known yet, is waited for; the broker keeps what comes meanwhile.
    const patiently = (topic: string, payload: Buffer) =>
      receive(topic, payload).pipe(
        Effect.tapError((error) => Effect.logWarning("A push could not be taken yet", error)),
        Effect.retry(Schedule.spaced("5 seconds")),
        Effect.ignore
      )

    const run = Effect.runForkWith(yield* Effect.context<never>())
    yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const client = await connect(listener)
        client.handleMessage = (packet, done) => {
          const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload
          run(Effect.andThen(patiently(packet.topic, payload), Effect.sync(() => done())))
        }
        client.on("connect", ({ sessionPresent }) => {
          // The broker remembers what a session that goes on listens to; saying it once more does no harm.
          client.subscribe([topics.modified, topics.unmodified], { qos: listener.qos }, (error) => {
            if (error !== null) run(Effect.logWarning("The message broker does not let the server listen", error))
          })
          run(Effect.logInfo("Listening to the message broker").pipe(Effect.annotateLogs({ sessionPresent })))
        })
        client.on("error", (error) => void run(Effect.logWarning("The message broker does not answer", error)))
        return client
      }),
      // What is under way is not acknowledged, and comes again.
      (client) => Effect.promise(() => client.endAsync(true).catch(() => undefined))
    )
  })
)
