/**
 * Looks at everything between a profile's name and a module build, in the order in which it can go wrong, and says what to do
 * about what does. Nothing is changed at the hub, and nothing that is found ends the examination with an exception.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Finding } from "./DoctorFinding.ts"
import * as DoctorFinding from "./DoctorFinding.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import * as KojiCall from "./KojiCall.ts"
import * as KojiConnection from "./KojiConnection.ts"
import type { HubUnreachable, KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"
import * as SettingsCheck from "./SettingsCheck.ts"
import * as TlsProbe from "./TlsProbe.ts"

export type { Finding } from "./DoctorFinding.ts"

/** Everything the doctor found. */
export interface Report {
  readonly profile: string
  readonly server: string | undefined
  /** Whether module builds can be made. */
  readonly healthy: boolean
  readonly findings: ReadonlyArray<Finding>
}

/** How to examine. */
export interface Options {
  /** What the server is going to be told about the hub; compared with what the hub has. */
  readonly settings?: SettingsCheck.Settings | undefined
  /** What messages call these settings. */
  readonly names?: SettingsCheck.Names | undefined
  /** After which the examination is given up, a person waits; 20 seconds unless told. */
  readonly patience?: Duration.Input | undefined
}

/** Each request has five seconds, and is repeated only when it failed sooner. */
const retry = { base: "200 millis", cap: "1 second", patience: "3 seconds", deadline: "5 seconds" } as const

/**
 * What a build of ours looks like to the policies of a hub: `[policy, what is asked, what is built]`.
 *
 * The macros package comes as a source package of ours, components from source control; both are denied to everybody but
 * administrators unless the hub's configuration says otherwise. Asked as the builder will ask, but for target and tags, which
 * do not exist yet.
 */
const policies = [
  ["build_from_srpm", "cli-build/orch/module-build-macros-0.1-1.src.rpm", "the macros package of each module"],
  ["build_from_scm", "git+https://git.example.org/rpms/hello#0000", "components"]
] as const

const policyFinding = Effect.fnUntraced(function*(hub: KojiHub.KojiHub, userId: number) {
  const check = "policies"
  const asked = yield* Effect.result(hub.readAsUser(
    policies.map(([name, source]) =>
      KojiCall.make("evalPolicy", [name, { user_id: userId, source, skip_tag: true, method: "build" }])
    )
  ))
  const answers = Result.isSuccess(asked) ? asked.success : []
  const denied = policies.flatMap(([name, , what], index) => {
    const answer = answers[index]
    if (answer === undefined || Result.isFailure(answer)) return []
    // No rule that fits is a denial, too.
    return /^allow\b/i.test(String(answer.success ?? "")) ? [] : [{ name, what }]
  })
  if (denied.length > 0) {
    return {
      check,
      state: "warning",
      message: denied.map(({ name, what }) => `${name} denies ${what}`).join("; "),
      advice: `have them allowed in the section [policy] of the hub's configuration: ${
        denied.map(({ name }) => name).join(", ")
      }; disregard this where a rule asks for a certain tag, target or source`
    } satisfies Finding
  }
  const known = answers.some(Result.isSuccess)
  return {
    check,
    state: "ok",
    message: known ? "builds from source control and source packages are allowed" : "this hub does not tell them"
  } satisfies Finding
})

/** A connection that breaks without a word may have met TLS where none was expected. */
const brokenOff = (error: KojiError, hub: KojiHub.KojiHub): Effect.Effect<string | undefined> => {
  const isPlain = hub.server.protocol === "http:"
  const broke = error._tag === "HubUnreachable" && (error as HubUnreachable).reason === "lost"
  if (!broke || !isPlain) return Effect.succeed(undefined)
  return Effect.map(
    TlsProbe.speaksTls(hub.server),
    (speaks) => speaks ? "this port speaks TLS: write https:// in the profile's server" : undefined
  )
}

const atHub = (connection: KojiConnection.Connection, options: Options, findings: Array<Finding>) =>
  Effect.gen(function*() {
    const hub = yield* KojiHub.scoped({ ...connection.options, retry, sessions: 1 })
    const started = yield* Clock.currentTimeMillis
    const spoke = yield* Effect.result(hub.read(KojiCall.make("getAPIVersion")))
    const took = (yield* Clock.currentTimeMillis) - started
    if (Result.isFailure(spoke)) {
      const found = DoctorFinding.failure("reachability", spoke.failure, hub)
      const advice = yield* brokenOff(spoke.failure, hub)
      findings.push(advice === undefined ? found : { ...found, advice })
      return
    }
    findings.push({ check: "reachability", state: "ok", message: `${hub.server.href} answers in ${took} ms` })
    const discovered = yield* Effect.result(HubCapabilities.discover(hub))
    if (Result.isFailure(discovered)) {
      findings.push(DoctorFinding.failure("login", discovered.failure, hub))
      return
    }
    const capabilities = discovered.success
    findings.push(DoctorFinding.version(capabilities))
    if (capabilities.user === undefined) {
      findings.push({
        check: "login",
        state: "failure",
        message: "not logged in",
        advice: "set authtype in the profile: building needs an account"
      })
      return
    }
    findings.push({ check: "login", state: "ok", message: `${capabilities.user.name}, by ${connection.authtype}` })
    findings.push(DoctorFinding.permission(capabilities), yield* policyFinding(hub, capabilities.user.id))
    findings.push(DoctorFinding.repository(capabilities), DoctorFinding.builder(capabilities))
    if (options.settings === undefined) return
    const checked = yield* Effect.result(
      SettingsCheck.run(hub, options.settings, capabilities.user.name, options.names)
    )
    if (Result.isFailure(checked)) findings.push(DoctorFinding.failure("settings", checked.failure, hub))
    else if (checked.success.length > 0) findings.push(...checked.success.map(DoctorFinding.setting))
    else findings.push({ check: "settings", state: "ok", message: "the hub has all that they name" })
  }).pipe(Effect.scoped)

const examined = Effect.fnUntraced(function*(
  connection: KojiConnection.Connection,
  options: Options,
  findings: Array<Finding>
) {
  const patience = Duration.fromInputUnsafe(options.patience ?? "20 seconds")
  const ended = yield* Effect.timeoutOption(Effect.exit(atHub(connection, options, findings)), patience)
  if (Option.isNone(ended)) {
    findings.push({
      check: "patience",
      state: "failure",
      message: `not done within ${Duration.toSeconds(patience)} seconds`,
      advice: "the hub answers, but slowly: ask its administrators, or try again"
    })
  } else if (ended.value._tag === "Failure") {
    findings.push({
      check: "reachability",
      state: "failure",
      message: `could not be examined: ${Cause.pretty(ended.value.cause).split("\n")[0]}`,
      advice: "check the profile; if it is right, report this message"
    })
  }
})

/**
 * Runs all checks of a profile; what depends on one that failed is left out. Ends within `patience`.
 */
export const examine = (
  name: string,
  sources: KojiConnection.Sources = {},
  options: Options = {}
): Effect.Effect<Report> =>
  Effect.gen(function*() {
    const connection = KojiConnection.fromProfile(name, sources)
    if (Result.isFailure(connection)) {
      const { about, advice, message } = connection.failure
      const findings: ReadonlyArray<Finding> = [{ check: about, state: "failure", message, advice }]
      return { profile: name, server: undefined, healthy: false, findings }
    }
    const { authtype, certificate, profile } = connection.success
    const now = yield* Clock.currentTimeMillis
    const findings: Array<Finding> = [
      { check: "profile", state: "ok", message: `${profile.server}, login by ${authtype}` },
      ...(certificate === undefined ? [] : [DoctorFinding.certificate(certificate, now)])
    ]
    yield* examined(connection.success, options, findings)
    return {
      profile: name,
      server: profile.server,
      healthy: findings.every(({ state }) => state !== "failure"),
      findings
    }
  })
