/**
 * Looks at everything between an address and a published repository, in the order in which it can go wrong, and says what to do about
 * what does. Nothing is changed at the Pulp.
 */
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as PulpCapabilities from "./PulpCapabilities.ts"
import * as PulpClient from "./PulpClient.ts"
import type { PulpError } from "./PulpError.ts"
import * as SigningServices from "./SigningServices.ts"

/** What was looked at, and what was found. */
export interface Finding {
  readonly check:
    | "reachability"
    | "version"
    | "database"
    | "workers"
    | "storage"
    | "content"
    | "domain"
    | "login"
    | "interface"
    | "permissions"
    | "tasks"
    | "signing"
  readonly state: "ok" | "warning" | "failure"
  readonly message: string
  /** What to do; absent when nothing has to be done. */
  readonly advice?: string
}

/** All findings, in the order in which they were made; the first failure may be the cause of others. */
export interface Report {
  readonly url: string
  /** Whether repositories can be published. */
  readonly healthy: boolean
  readonly findings: ReadonlyArray<Finding>
}

/** The Pulp to look at, and what it is expected to have. */
export interface Options extends PulpClient.Settings {
  /** Names of the signing services that repositories are to use. */
  readonly signingServices?: ReadonlyArray<string> | undefined
}

/** The oldest release whose `packages/upload/` takes labels and whose tasks name their worker. */
const oldest = [3, 25] as const

const unreachableAdvice =
  "check the address, the port and the network from this machine; Pulp's API answers below /pulp/api/v3/"

const versionFinding = ({ versions }: PulpCapabilities.PulpStatus): Finding => {
  const check = "version"
  const rpm = versions.get("rpm")
  if (rpm === undefined) {
    return {
      check,
      state: "failure",
      message: "this Pulp has no pulp_rpm",
      advice: "have the plugin pulp-rpm installed"
    }
  }
  const [major = 0, minor = 0] = rpm.split(".").map(Number)
  const message = `pulpcore ${versions.get("core") ?? "?"}, pulp_rpm ${rpm}`
  return major > oldest[0] || major === oldest[0] && minor >= oldest[1]
    ? { check, state: "ok", message }
    : { check, state: "failure", message, advice: `have it upgraded to ${oldest.join(".")} or newer` }
}

const workersFinding = ({ workers }: PulpCapabilities.PulpStatus): Finding =>
  workers >= 2 ? { check: "workers", state: "ok", message: `${workers} workers` } : {
    check: "workers",
    state: workers === 0 ? "failure" : "warning",
    message: workers === 0 ? "no worker is online" : "only one worker is online",
    advice: "start pulpcore-worker at least twice: one that dies holds up everything otherwise"
  }

const storageFinding = ({ storage }: PulpCapabilities.PulpStatus): Finding => {
  const check = "storage"
  if (storage === undefined) return { check, state: "ok", message: "Pulp does not tell how much is free" }
  const free = `${Math.floor(storage.free / 1024 ** 3)} GiB free`
  return storage.free > storage.total * 0.05
    ? { check, state: "ok", message: free }
    : { check, state: "warning", message: free, advice: "make room: publishing fails when the storage is full" }
}

const contentFinding = ({ contentApps, contentUrl }: PulpCapabilities.PulpStatus): Finding => {
  const check = "content"
  if (contentApps === 0) {
    return { check, state: "failure", message: "no content server is online", advice: "start pulpcore-content" }
  }
  return contentUrl === undefined
    ? {
      check,
      state: "warning",
      message: "Pulp does not know where readers find its content",
      advice: "set CONTENT_ORIGIN; until then addresses are those of the API"
    }
    : { check, state: "ok", message: `readers find it at ${contentUrl}` }
}

const domainFindings = (status: PulpCapabilities.PulpStatus, domain: string | undefined): ReadonlyArray<Finding> => {
  const check = "domain"
  if (domain === undefined) {
    return status.domainEnabled
      ? [{
        check,
        state: "warning",
        message: "this Pulp has domains and none is named",
        advice: "name one: the paths have it"
      }]
      : []
  }
  return status.domainEnabled ? [{ check, state: "ok", message: domain }] : [{
    check,
    state: "failure",
    message: `the domain ${domain} is named and this Pulp has none`,
    advice: "leave it out, or set DOMAIN_ENABLED"
  }]
}

const loginFailure = (error: PulpError): Finding => ({
  check: "login",
  state: "failure",
  message: error.message,
  advice: error.reason === "refused"
    ? "check the user's name and password, or the certificate and what stands in front of Pulp"
    : "try again; if it stays, ask the administrators of this Pulp"
})

const Missing = Schema.Struct({ name: Schema.String, current_task: Schema.NullOr(Schema.String) })

const taskFinding = (client: PulpClient.PulpClient) =>
  Effect.map(
    client.list(Missing, "workers/", { missing: "true", fields: "name,current_task" }),
    (missing): Finding => {
      const lost = missing.filter(({ current_task }) => current_task !== null)
      return lost.length === 0 ? { check: "tasks", state: "ok", message: "no task has lost its worker" } : {
        check: "tasks",
        state: "warning",
        message: `${lost.map(({ name }) => name).join(", ")} vanished while running a task`,
        advice: "their repositories are locked until Pulp cleans up, some minutes after; the tasks can be canceled"
      }
    }
  )

const permissionsFinding = (client: PulpClient.PulpClient) =>
  Effect.match(client.list(Schema.Struct({ name: Schema.String }), "repositories/rpm/rpm/", { fields: "name" }), {
    onFailure: (error): Finding => ({
      check: "permissions",
      state: "failure",
      message: error.message,
      advice:
        "grant the roles rpm.rpmrepository_creator, rpm.rpmpublication_creator, rpm.rpmdistribution_creator and rpm.upload_rpm_packages"
    }),
    onSuccess: (all): Finding => ({ check: "permissions", state: "ok", message: `sees ${all.length} repositories` })
  })

const interfaceFinding = (client: PulpClient.PulpClient) =>
  Effect.match(PulpCapabilities.missing(client), {
    onFailure: (error): Finding => ({ check: "interface", state: "warning", message: error.message }),
    onSuccess: (lacking): Finding =>
      lacking.length === 0
        ? { check: "interface", state: "ok", message: "everything that is asked for is there" }
        : {
          check: "interface",
          state: "warning",
          message: `it lacks ${lacking.join(", ")}`,
          advice: "have it upgraded"
        }
  })

const signingFindings = Effect.fnUntraced(
  function*(client: PulpClient.PulpClient, wanted: ReadonlyArray<string>) {
    const services = yield* SigningServices.list(client)
    return wanted.map((name): Finding => {
      const found = services.find((one) => one.name === name)
      return found !== undefined
        ? { check: "signing", state: "ok", message: `${name} signs with ${found.pubkey_fingerprint}` }
        : {
          check: "signing",
          state: "failure",
          message: `there is no signing service ${name}`,
          advice: "an administrator makes one with: pulpcore-manager add-signing-service"
        }
    })
  }
)

/** Examines a Pulp. Never fails: what is wrong is in the report. */
export const examine = (options: Options): Effect.Effect<Report, never, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    // Short: a person waits.
    const client = yield* PulpClient.make({ patienceMillis: 3000, timeoutMillis: 15_000, ...options })
    const findings: Array<Finding> = []
    const report = (): Report => ({
      url: options.url,
      healthy: findings.every(({ state }) => state !== "failure"),
      findings
    })
    const asked = yield* Effect.result(PulpCapabilities.status(client, options.apiRoot))
    if (asked._tag === "Failure") {
      const { message } = asked.failure
      findings.push({ check: "reachability", state: "failure", message, advice: unreachableAdvice })
      return report()
    }
    const status = asked.success
    findings.push(
      { check: "reachability", state: "ok", message: `Pulp answers at ${client.origin}` },
      versionFinding(status)
    )
    if (!status.databaseConnected) {
      findings.push({
        check: "database",
        state: "failure",
        message: "Pulp is not connected to its database",
        advice: "ask the administrators of this Pulp"
      })
    }
    findings.push(
      workersFinding(status),
      storageFinding(status),
      contentFinding(status),
      ...domainFindings(status, options.domain)
    )
    const tasks = yield* Effect.result(taskFinding(client))
    if (tasks._tag === "Failure") {
      findings.push(loginFailure(tasks.failure))
      return report()
    }
    const who = options.credentials._tag === "Password" ? `as ${options.credentials.username}` : "by certificate"
    findings.push(
      { check: "login", state: "ok", message: who },
      yield* interfaceFinding(client),
      yield* permissionsFinding(client),
      tasks.success
    )
    const signing = yield* Effect.result(signingFindings(client, options.signingServices ?? []))
    findings.push(
      ...signing._tag === "Success"
        ? signing.success
        : [{ check: "signing", state: "failure", message: signing.failure.message } as const]
    )
    return report()
  })
