/** What the doctor finds: one sentence for each thing that has to be right, and what to do where it is not. Pure. */
import type * as ClientCertificate from "./ClientCertificate.ts"
import * as HubAdvice from "./HubAdvice.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import type { KojiError } from "./KojiError.ts"
import type * as SettingsCheck from "./SettingsCheck.ts"

/** One thing that was looked at, what was seen, and what to do where that is not right. */
export interface Finding {
  readonly check:
    | "profile"
    | "certificate"
    | "reachability"
    | "patience"
    | "version"
    | "login"
    | "permissions"
    | "policies"
    | "repositories"
    | "builders"
    | "settings"
  readonly state: "ok" | "warning" | "failure"
  readonly message: string
  /** What to do; absent when nothing has to be done. */
  readonly advice?: string
}

/** Before a certificate ends, somebody has to ask for the next (milliseconds). */
const soon = 30 * 24 * 3600 * 1000

/** Whether our certificate is valid now, and for how long. */
export const certificate = (
  { begins, ends, subject }: ClientCertificate.ClientCertificate,
  now: number
): Finding => {
  const check = "certificate"
  const until = new Date(ends).toUTCString()
  if (ends <= now) {
    return { check, state: "failure", message: `${subject} expired on ${until}`, advice: "have it renewed" }
  }
  if (begins > now) {
    return {
      check,
      state: "failure",
      message: `${subject} is valid from ${new Date(begins).toUTCString()} on`,
      advice: "check the clock of this machine, or wait"
    }
  }
  return ends - now < soon
    ? { check, state: "warning", message: `${subject} expires on ${until}`, advice: "have it renewed" }
    : { check, state: "ok", message: `${subject}, valid until ${until}` }
}

/** A check that the hub or the way there made impossible. */
export const failure = (check: Finding["check"], error: KojiError, about: HubAdvice.About): Finding => ({
  check,
  state: "failure",
  message: error.message,
  advice: HubAdvice.of(error, about) ?? "the hub spoke, but not as a hub: check the server URL of the profile"
})

/** A setting that does not fit the hub. */
export const setting = ({ advice, message, state }: SettingsCheck.Remark): Finding => ({
  check: "settings",
  state,
  message,
  advice
})

/** Whether the hub is new enough. */
export const version = (capabilities: HubCapabilities.HubCapabilities): Finding => {
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

/** Whether our user has the permissions that module builds need. */
export const permission = (capabilities: HubCapabilities.HubCapabilities): Finding => {
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

/** Whether repositories are made when they are asked for. */
export const repository = (capabilities: HubCapabilities.HubCapabilities): Finding => {
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

/** Whether any builder is enabled, and for which architectures. */
export const builder = ({ arches }: HubCapabilities.HubCapabilities): Finding =>
  arches.length > 0
    ? { check: "builders", state: "ok", message: arches.join(", ") }
    : {
      check: "builders",
      state: "warning",
      message: "no builder is enabled",
      advice: "nothing will be built until one is: koji list-hosts --enabled"
    }
