/**
 * Looks at everything between a profile's name and a module build, in the order in which it can go wrong, and says what to do
 * about what does. Nothing is changed at the hub.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { X509Certificate } from "node:crypto"
import * as HubCapabilities from "./HubCapabilities.ts"
import * as KojiCall from "./KojiCall.ts"
import * as KojiConnection from "./KojiConnection.ts"
import type { KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"

export interface Finding {
  readonly check:
    | "profile"
    | "certificate"
    | "reachability"
    | "version"
    | "login"
    | "permissions"
    | "policies"
    | "repositories"
    | "builders"
  readonly state: "ok" | "warning" | "failure"
  readonly message: string
  /** What to do; absent when nothing has to be done. */
  readonly advice?: string
}

export interface Report {
  readonly profile: string
  readonly server: string | undefined
  /** Whether module builds can be made. */
  readonly healthy: boolean
  readonly findings: ReadonlyArray<Finding>
}

/** Short: a person waits. */
const retry = { base: "200 millis", cap: "1 second", patience: "3 seconds" } as const
const soon = 30 * 24 * 3600 * 1000

const certificateFinding = (pem: string, now: number): Finding => {
  const check = "certificate"
  if (!/PRIVATE KEY/.test(pem)) {
    return {
      check,
      state: "failure",
      message: "the certificate file holds no private key",
      advice: "Koji keeps both in one file: append the key to it"
    }
  }
  try {
    const { subject, validTo } = new X509Certificate(pem)
    const ends = Date.parse(validTo)
    const who = subject.split("\n").find((part) => part.startsWith("CN=")) ?? subject
    if (ends <= now) {
      return { check, state: "failure", message: `${who} expired on ${validTo}`, advice: "have it renewed" }
    }
    return ends - now < soon
      ? { check, state: "warning", message: `${who} expires on ${validTo}`, advice: "have it renewed" }
      : { check, state: "ok", message: `${who}, valid until ${validTo}` }
  } catch {
    return {
      check,
      state: "failure",
      message: "the certificate file holds no certificate",
      advice: "it must be PEM text"
    }
  }
}

const unreachableAdvice = (error: KojiError): string => {
  if (error._tag !== "HubUnreachable") return "the hub spoke, but not as a hub: check the server URL of the profile"
  switch (error.reason) {
    case "connect":
      return "check the host name, the port and the network from this machine"
    case "tls":
      return "set serverca in the profile to the authority that signed the hub's certificate"
    case "http":
    case "malformed":
      return "something else than a hub answers there: the URL usually ends in /kojihub"
    case "offline":
      return "the hub or its database is down: wait, or ask its administrators"
    default:
      return "try again; if it stays, ask the hub's administrators"
  }
}

const failure = (check: Finding["check"], error: KojiError, advice: string): Finding => ({
  check,
  state: "failure",
  message: error.message,
  advice
})

const versionFinding = (capabilities: HubCapabilities.HubCapabilities): Finding => {
  const [major, minor] = HubCapabilities.oldest
  const version = capabilities.version.join(".")
  return HubCapabilities.isAtLeast(capabilities, major, minor)
    ? { check: "version", state: "ok", message: `Koji ${version}` }
    : {
      check: "version",
      state: "failure",
      message: `Koji ${version} is older than ${major}.${minor}`,
      advice: "have the hub upgraded"
    }
}

const permissionFinding = (capabilities: HubCapabilities.HubCapabilities): Finding => {
  const missing = HubCapabilities.missingPermissions(capabilities)
  const user = capabilities.user?.name ?? "USER"
  if (missing.length === 0) {
    return { check: "permissions", state: "ok", message: [...capabilities.permissions].sort().join(", ") }
  }
  return {
    check: "permissions",
    state: "failure",
    message: `${user} lacks ${missing.map((name) => `"${name}"`).join(" and ")}`,
    advice: missing.map((name) => `koji grant-permission ${name} ${user}`).join("; ")
  }
}

const repositoryFinding = (capabilities: HubCapabilities.HubCapabilities): Finding => {
  const check = "repositories"
  if (HubCapabilities.hasRepositoryRequests(capabilities)) {
    return { check, state: "ok", message: "made on request, as long as kojira runs" }
  }
  const user = capabilities.user?.name ?? "USER"
  return ["repo", "regen-repo"].some((name) => HubCapabilities.may(capabilities, name))
    ? { check, state: "ok", message: "made by tasks of our own" }
    : {
      check,
      state: "warning",
      message: "without the permission \"repo\", every batch waits for kojira's own rounds",
      advice: `koji grant-permission repo ${user}`
    }
}

const builderFinding = ({ arches }: HubCapabilities.HubCapabilities): Finding =>
  arches.length > 0
    ? { check: "builders", state: "ok", message: arches.join(", ") }
    : {
      check: "builders",
      state: "warning",
      message: "no builder is enabled",
      advice: "nothing will be built until one is: koji list-hosts --enabled"
    }

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

const atHub = (connection: KojiConnection.Connection) =>
  Effect.gen(function*() {
    const findings: Array<Finding> = []
    const hub = yield* KojiHub.scoped({ ...connection.options, retry, sessions: 1 })
    const started = yield* Clock.currentTimeMillis
    const spoke = yield* Effect.result(hub.read(KojiCall.make("getAPIVersion")))
    const took = (yield* Clock.currentTimeMillis) - started
    if (Result.isFailure(spoke)) return [failure("reachability", spoke.failure, unreachableAdvice(spoke.failure))]
    findings.push({ check: "reachability", state: "ok", message: `${hub.server.href} answers in ${took} ms` })
    const discovered = yield* Effect.result(HubCapabilities.discover(hub))
    if (Result.isFailure(discovered)) {
      const advice = connection.authtype === "kerberos"
        ? "check the ticket (klist) and that the hub knows the principal"
        : connection.authtype === "ssl"
        ? "check that the hub knows the certificate's common name as a user"
        : "check user name and password; most hubs allow neither"
      return [...findings, failure("login", discovered.failure, advice)]
    }
    const capabilities = discovered.success
    findings.push(versionFinding(capabilities))
    if (capabilities.user === undefined) {
      findings.push({
        check: "login",
        state: "failure",
        message: "not logged in",
        advice: "set authtype in the profile: building needs an account"
      })
      return findings
    }
    findings.push({ check: "login", state: "ok", message: `${capabilities.user.name}, by ${connection.authtype}` })
    findings.push(permissionFinding(capabilities), yield* policyFinding(hub, capabilities.user.id))
    findings.push(repositoryFinding(capabilities), builderFinding(capabilities))
    return findings
  }).pipe(Effect.scoped)

/** Runs all checks of a profile; what depends on one that failed is left out. */
export const examine = (name: string, sources: KojiConnection.Sources = {}): Effect.Effect<Report> =>
  Effect.gen(function*() {
    const connection = KojiConnection.fromProfile(name, sources)
    if (Result.isFailure(connection)) {
      const { advice, message } = connection.failure
      const findings: ReadonlyArray<Finding> = [{ check: "profile", state: "failure", message, advice }]
      return { profile: name, server: undefined, healthy: false, findings }
    }
    const { authtype, options, profile } = connection.success
    const now = yield* Clock.currentTimeMillis
    const findings: ReadonlyArray<Finding> = [
      { check: "profile", state: "ok", message: `${profile.server}, login by ${authtype}` },
      ...(options.tls?.cert === undefined ? [] : [certificateFinding(options.tls.cert, now)]),
      ...(yield* atHub(connection.success))
    ]
    return {
      profile: name,
      server: profile.server,
      healthy: findings.every(({ state }) => state !== "failure"),
      findings
    }
  })
