/**
 * The whole configuration of the server: one table, from which it is read, checked, printed and documented.
 *
 * Everything comes from the environment. A wrong value is told with all the others at once, before anything is started.
 */
import * as Distro from "@orch/core/repository/Distro"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Os from "node:os"
import * as WebhookListener from "./announcing/WebhookListener.ts"
import * as AuthSettings from "./auth/AuthSettings.ts"
import * as GatingSettings from "./gating/GatingSettings.ts"
import * as LocalFarmSettings from "./localbuild/LocalFarmSettings.ts"
import * as MbsSettings from "./mbs/MbsSettings.ts"
import * as StreamSettings from "./modulebuilds/submission/StreamSettings.ts"
import * as SubmissionSettings from "./modulebuilds/submission/SubmissionSettings.ts"
import * as WriteAccess from "./repositories/WriteAccess.ts"
import * as Setting from "./Setting.ts"

export const settings = {
  host: Setting.text("ORCH_HOST", {
    about: "Address to listen on. Anything but a loopback address makes the server reachable for others.",
    fallback: "127.0.0.1"
  }),
  port: Setting.integer("ORCH_PORT", {
    about: "Port to listen on; 0 takes a free one.",
    fallback: "8080",
    minimum: 0,
    maximum: 65535
  }),
  databaseUrl: Setting.secret("DATABASE_URL", {
    about: "PostgreSQL server (14 or newer), as postgres://user:password@host/database. Without it, an embedded "
      + "database below ORCH_DATA_DIR is used, by one server process at a time."
  }),
  databaseConnections: Setting.integer("ORCH_DATABASE_CONNECTIONS", {
    about: "Connections one server process holds to PostgreSQL at most.",
    fallback: "12",
    minimum: 3,
    maximum: 200
  }),
  dataDir: Setting.text("ORCH_DATA_DIR", {
    about: "Directory for everything the server keeps on disk: database, git cache, builds, repositories.",
    fallback: "./orch-data"
  }),
  scmAllow: Setting.read("ORCH_SCM_ALLOW", ScmAllowList.parse, {
    about: "URL prefixes, separated by commas, that modules and components may be fetched from. Empty: nothing.",
    fallback: ""
  }),
  buildSystem: Setting.of("ORCH_BUILD_SYSTEM", Schema.Literals(["local", "koji"]), {
    about: "Where packages are built: on this machine, or on Koji hubs.",
    fallback: "local"
  }),
  kojiProfiles: Setting.list("ORCH_KOJI_PROFILE", {
    about: "Section of the Koji configuration that names the hub and how to log in; several hubs as several sections, "
      + "separated by commas. Check each with orch koji doctor.",
    fallback: "koji"
  }),
  kojiConfig: Setting.list("ORCH_KOJI_CONFIG", {
    about: "Koji configuration files, separated by commas, later ones on top. Empty: where the koji command looks.",
    fallback: ""
  }),
  kojiUser: Setting.optionalText("ORCH_KOJI_USER", {
    about: "User for hubs that take passwords, which production hubs do not."
  }),
  kojiPassword: Setting.secret("ORCH_KOJI_PASSWORD", { about: "Password of ORCH_KOJI_USER." }),
  kojiNegotiate: Setting.optionalText("ORCH_KOJI_NEGOTIATE", {
    about:
      "Program that prints a Kerberos token in base64 for its argument HTTP@HOST; without it, no login by Kerberos."
  }),
  kojiContentGenerator: Setting.optionalText("ORCH_KOJI_CONTENT_GENERATOR", {
    about:
      "Content generator under which finished modules are imported. Without it they stay in the tag they were built in."
  }),
  kojiModuleTags: Setting.list("ORCH_KOJI_MODULE_TAG", {
    about:
      "Tag for imported modules, where composes look for them, with {} for the platform's stream; of several, separated "
      + "by commas, the first that the hub has. Empty: they are not tagged.",
    fallback: ""
  }),
  kojiDevelModules: Setting.flag("ORCH_KOJI_DEVEL_MODULES", {
    about: "Whether what the filter of a module leaves out is imported, too, as a module of its own called NAME-devel.",
    fallback: "true"
  }),
  kojiPlatformTags: Setting.pairs("ORCH_KOJI_PLATFORM_TAGS", {
    about: "The hub's tag for each platform stream, as STREAM=TAG separated by commas; the platforms that are offered. "
      + "For another hub than the first of ORCH_KOJI_PROFILE, STREAM=PROFILE:TAG.",
    fallback: ""
  }),
  kojiPollInterval: Setting.integer("ORCH_KOJI_POLL_INTERVAL", {
    about:
      "Milliseconds at most between two questions to the hub about repositories and buildroots, all of which are asked "
      + "about at once; what is new is asked about sooner.",
    fallback: "15000",
    minimum: 10,
    maximum: 600_000
  }),
  kojiTargetKeepHours: Setting.integer("ORCH_KOJI_TARGET_KEEP_HOURS", {
    about: "Hours after the end of a module build at which a target of it that is still at the hub is removed.",
    fallback: "24",
    minimum: 0,
    maximum: 87_600
  }),
  kojiTagKeepDays: Setting.integer("ORCH_KOJI_TAG_KEEP_DAYS", {
    about:
      "Days after the end of a module build at which its build tag is removed from the hub, and its tag, too, when it "
      + "failed or was a scratch build; 0 keeps all.",
    fallback: "0",
    minimum: 0,
    maximum: 36_500
  }),
  kojiCleanupInterval: Setting.integer("ORCH_KOJI_CLEANUP_INTERVAL", {
    about: "Seconds between two rounds that remove such targets and tags, of all servers together.",
    fallback: "3600",
    minimum: 1,
    maximum: 604_800
  }),
  platforms: Setting.list("ORCH_PLATFORMS", {
    about: "Platform streams that the local farm stands in for.",
    fallback: "el8,el9,f41"
  }),
  jobs: Setting.integer("ORCH_JOBS", {
    about: "Packages the local farm builds side by side.",
    fallback: String(Os.availableParallelism()),
    minimum: 1,
    maximum: 1024
  }),
  buildTimeout: Setting.integer("ORCH_BUILD_TIMEOUT", {
    about: "Seconds after which the local farm ends the build of one package.",
    fallback: "14400",
    minimum: 1,
    maximum: 604800
  }),
  ...LocalFarmSettings.settings,
  limitTotal: Setting.integer("ORCH_LIMIT_TOTAL", {
    about: "Packages of all module builds being built at the same time; 0 leaves that to the build system.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  limitPerOwner: Setting.integer("ORCH_LIMIT_PER_OWNER", {
    about: "Packages of one owner being built at the same time, so that nobody fills the farm; 0 for no limit.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  limitPerArch: Setting.integer("ORCH_LIMIT_PER_ARCH", {
    about: "Packages being built for one architecture at the same time; 0 for no limit.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000
  }),
  commandWorkers: Setting.integer("ORCH_COMMAND_WORKERS", {
    about: "Commands (submissions, repository requests, …) run side by side by one server process.",
    fallback: "16",
    minimum: 1,
    maximum: 256
  }),
  reconcileInterval: Setting.integer("ORCH_RECONCILE_INTERVAL", {
    about: "Milliseconds between two questions to the build system about the same task. What a lost message costs.",
    fallback: "10000",
    minimum: 100,
    maximum: 3600000
  }),
  lease: Setting.integer("ORCH_LEASE", {
    about: "Seconds after which the commands of a server process that was killed are taken over by another.",
    fallback: "15",
    minimum: 3,
    maximum: 3600
  }),
  basicUsers: Setting.readSecret("ORCH_BASIC_USERS", WriteAccess.parseUsers, {
    about: "Who may write repository records, package build reports and nodes by HTTP Basic: name:password, separated "
      + "by commas. Without users and tokens anyone may when the server listens on loopback, nobody otherwise.",
    fallback: ""
  }),
  writeTokens: Setting.readSecret("ORCH_WRITE_TOKENS", WriteAccess.parseTokens, {
    about: "Bearer tokens that may write the same, separated by commas.",
    fallback: ""
  }),
  distroReleases: Setting.read("ORCH_DISTRO_RELEASES", (text) => Distro.extend(Distro.standard, text), {
    about: "Codenames of releases besides the known ones, as distro/version=codename, separated by commas.",
    fallback: ""
  }),
  chacraNodes: Setting.list("ORCH_CHACRA_NODES", {
    about: "Storage nodes that are in the pool without registering, as https://host, separated by commas.",
    fallback: ""
  }),
  nodeTlsVerify: Setting.flag("ORCH_NODE_TLS_VERIFY", {
    about: "Whether certificates of storage nodes are checked; false accepts private ones.",
    fallback: "true"
  }),
  nodeProbeInterval: Setting.integer("ORCH_NODE_PROBE_INTERVAL", {
    about: "Milliseconds between two probes of every storage node. What a node that died or came back costs.",
    fallback: "15000",
    minimum: 100,
    maximum: 3600000
  }),
  nodeProbeTimeout: Setting.integer("ORCH_NODE_PROBE_TIMEOUT", {
    about: "Milliseconds after which a storage node that does not answer its probe counts as failing.",
    fallback: "5000",
    minimum: 100,
    maximum: 60000
  }),
  nodeProbeRetries: Setting.integer("ORCH_NODE_PROBE_RETRIES", {
    about: "Failed probes in a row that take a storage node out of the rotation.",
    fallback: "3",
    minimum: 1,
    maximum: 100
  }),
  repositoryKeepDays: Setting.integer("ORCH_REPOSITORY_KEEP_DAYS", {
    about: "Days after which a repository record may go, unless promoted to a release; 0 keeps all.",
    fallback: "0",
    minimum: 0,
    maximum: 36500
  }),
  repositoryKeepPerRef: Setting.integer("ORCH_REPOSITORY_KEEP_PER_REF", {
    about: "Newest records of a ref, flavor and release that stay whatever their age.",
    fallback: "3",
    minimum: 0,
    maximum: 1000
  }),
  repositoryCheckInterval: Setting.integer("ORCH_REPOSITORY_CHECK_INTERVAL", {
    about: "Milliseconds between two questions whether a recorded repository is still there; 0 never asks.",
    fallback: "0",
    minimum: 0,
    maximum: 2592000000
  }),
  webhooks: Setting.readSecret("ORCH_WEBHOOKS", WebhookListener.parse, {
    about:
      "Who is told of every change by webhook, as JSON: [{\"id\": \"ci\", \"url\": \"https://ci.example.org/hook\", "
      + "\"secret\": \"whsec_…\", \"topics\": [\"module-build\"]}]. Signed as in Standard Webhooks; docs/webhooks.md.",
    fallback: ""
  }),
  failedKeepDays: Setting.integer("ORCH_FAILED_KEEP_DAYS", {
    about:
      "Days without a change after which a failed module build is retired and can no longer be resumed; 0 keeps all.",
    fallback: "180",
    minimum: 0,
    maximum: 36500
  }),
  ...GatingSettings.settings,
  ...AuthSettings.settings,
  ...MbsSettings.settings,
  ...SubmissionSettings.settings,
  ...StreamSettings.settings,
  drain: Setting.integer("ORCH_DRAIN", {
    about: "Seconds for which a server that was told to stop still answers, with 503 to what would begin something, so "
      + "that load balancers turn to another.",
    fallback: "1",
    minimum: 0,
    maximum: 600
  }),
  logFormat: Setting.of("ORCH_LOG_FORMAT", Schema.Literals(["json", "pretty"]), {
    about: "How log lines are written: json for machines, pretty for people.",
    fallback: "json"
  })
}

export interface Interface extends Setting.Values<typeof settings> {}

export class ServerConfig extends Context.Service<ServerConfig, Interface>()("@orch/server/ServerConfig") {}

/** What is wrong with the environment: one line for each variable. */
export class InvalidConfiguration extends Schema.TaggedError<InvalidConfiguration>()("InvalidConfiguration", {
  problems: Schema.Array(Schema.Struct({ variable: Schema.String, message: Schema.String }))
}) {
  override get message(): string {
    return this.problems.map(({ message, variable }) => `${variable}: ${message}`).join("\n")
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads the environment; all that is wrong is told at once. */
export const fromEnvironment = (env: Environment): Result.Result<Interface, InvalidConfiguration> => {
  const values: Record<string, unknown> = {}
  const problems: Array<{ variable: string; message: string }> = []
  for (const [name, setting] of Object.entries<Setting.Setting<unknown>>(settings)) {
    const decoded = setting.decode(env[setting.variable])
    if (Result.isSuccess(decoded)) values[name] = decoded.success
    else problems.push({ variable: setting.variable, message: decoded.failure })
  }
  return problems.length === 0
    ? Result.succeed(values as unknown as Interface)
    : Result.fail(new InvalidConfiguration({ problems }))
}

/** Removes what was read: nothing that this process starts or loads later finds a secret in its environment. */
export const forget = (env: Record<string, string | undefined>): void => {
  for (const { variable } of Object.values<Setting.Setting<unknown>>(settings)) delete env[variable]
}

/** Variables that look like ours and are none: probably misspelt. */
export const unknownVariables = (env: Environment): ReadonlyArray<string> => {
  const known = new Set(Object.values(settings).map(({ variable }) => variable))
  // Set by clients and tests of the same machine; no business of the server.
  const foreign = /^ORCH_(URL|TOKEN|TEST_|SHARED_)/
  return Object.keys(env).filter((name) => name.startsWith("ORCH_") && !known.has(name) && !foreign.test(name))
}

const wrap = (text: string, width: number, indent: string): string => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => `${indent}${one}`).join("\n")
}

/** The table for people. */
export const documentation: string = Object.values<Setting.Setting<unknown>>(settings)
  .map(({ about, fallback, variable }) =>
    `  ${variable}${fallback === undefined || fallback === "" ? "" : `=${fallback}`}\n${wrap(about, 88, "      ")}`
  )
  .join("\n")

/** The values in force, as lines that could be put into a file for the environment; secrets are not shown. */
export const print = (env: Environment): string =>
  Object.values<Setting.Setting<unknown>>(settings)
    .map(({ fallback, secret, variable }) => {
      const given = env[variable]
      if (secret) return given === undefined || given === "" ? `# ${variable} is not set` : `${variable}=<redacted>`
      const value = given ?? fallback
      return value === undefined
        ? `# ${variable} is not set`
        : `${variable}=${value}${given === undefined ? "  # default" : ""}`
    })
    .join("\n")
