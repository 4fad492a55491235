/**
 * The whole configuration of the server: the tables of all slices, from which it is read, checked, printed and documented.
 *
 * Everything comes from the environment. A wrong value is told with all the others at once, before anything is started.
 */
import type { ShownSetting } from "@orch/api/orch/AdministrationApi"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AlbsSettings from "./albs/AlbsSettings.ts"
import * as AnnouncingSettings from "./announcing/AnnouncingSettings.ts"
import * as AuthSettings from "./auth/AuthSettings.ts"
import * as CampaignSettings from "./campaigns/CampaignSettings.ts"
import * as DatabaseSettings from "./database/DatabaseSettings.ts"
import * as FarmSettings from "./farms/FarmSettings.ts"
import * as KojiSettings from "./farms/KojiSettings.ts"
import * as PulpSettings from "./farms/PulpSettings.ts"
import * as GatingSettings from "./gating/GatingSettings.ts"
import * as HistorySettings from "./history/HistorySettings.ts"
import * as HttpSettings from "./http/HttpSettings.ts"
import * as InboxSettings from "./inbox/InboxSettings.ts"
import * as LocalFarmSettings from "./localbuild/LocalFarmSettings.ts"
import * as LoginSettings from "./login/LoginSettings.ts"
import * as MbsSettings from "./mbs/MbsSettings.ts"
import * as MbsFarmSettings from "./mbsfarm/MbsFarmSettings.ts"
import * as EngineSettings from "./modulebuilds/EngineSettings.ts"
import * as StreamSettings from "./modulebuilds/submission/StreamSettings.ts"
import * as SubmissionSettings from "./modulebuilds/submission/SubmissionSettings.ts"
import * as LogSettings from "./operations/LogSettings.ts"
import * as OutgoingSettings from "./outgoing/OutgoingSettings.ts"
import { redact } from "./Redaction.ts"
import * as ReleaseSettings from "./releases/ReleaseSettings.ts"
import * as RepositorySettings from "./repositories/RepositorySettings.ts"
import * as GitSettings from "./scm/GitSettings.ts"
import * as ScmSettings from "./scm/ScmSettings.ts"
import * as SessionSettings from "./sessions/SessionSettings.ts"
import * as Setting from "./Setting.ts"
import * as SourceSettings from "./sources/SourceSettings.ts"

/** Every setting, by the name it has in `Interface`. Each slice describes its own; nobody else reads the environment. */
export const settings = {
  ...HttpSettings.settings,
  ...DatabaseSettings.settings,
  ...ScmSettings.settings,
  ...FarmSettings.settings,
  ...LocalFarmSettings.settings,
  ...GitSettings.settings,
  ...KojiSettings.settings,
  ...PulpSettings.settings,
  ...MbsFarmSettings.settings,
  ...EngineSettings.settings,
  ...SubmissionSettings.settings,
  ...StreamSettings.settings,
  ...MbsSettings.settings,
  ...GatingSettings.settings,
  ...AuthSettings.settings,
  ...AlbsSettings.settings,
  ...CampaignSettings.settings,
  ...ReleaseSettings.settings,
  ...LoginSettings.settings,
  ...SessionSettings.settings,
  ...SourceSettings.settings,
  ...HistorySettings.settings,
  ...RepositorySettings.settings,
  ...OutgoingSettings.settings,
  ...AnnouncingSettings.settings,
  ...InboxSettings.settings,
  ...LogSettings.settings
}

export interface Interface extends Setting.Values<typeof settings> {
  /** The same settings as texts, without secrets. */
  readonly shown: ReadonlyArray<ShownSetting>
}

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
  // Settings that only make sense together are looked at once each of them can be read.
  if (problems.length === 0) {
    const read = values as unknown as Interface
    problems.push(...AuthSettings.problems(read), ...AlbsSettings.problems(read))
  }
  values["shown"] = shown(env)
  return problems.length === 0
    ? Result.succeed(values as unknown as Interface)
    : Result.fail(new InvalidConfiguration({ problems }))
}

/** Each hash of a token becomes `…`: nobody has to read it. */
const withoutHashes = (text: string): string => text.replaceAll(/\b[0-9a-f]{64}\b/gi, "…")

/** Each setting as it is in force; secrets are not shown. */
const shown = (env: Environment): ReadonlyArray<ShownSetting> =>
  Object.values<Setting.Setting<unknown>>(settings).map(({ about, fallback, secret, variable }) => {
    const given = env[variable]
    const value = secret ? undefined : given ?? fallback
    return {
      variable,
      value: value === undefined ? null : withoutHashes(redact(value)),
      secret,
      given: given !== undefined && given !== "",
      about
    }
  })

/** Removes what was read: nothing that this process starts or loads later finds a secret in its environment. */
export const forget = (env: Record<string, string | undefined>): void => {
  for (const { variable } of Object.values<Setting.Setting<unknown>>(settings)) delete env[variable]
}

/** Variables that look like ours and are none: probably misspelt. */
export const unknownVariables = (env: Environment): ReadonlyArray<string> => {
  const known = new Set(Object.values(settings).map(({ variable }) => variable))
  // Set by clients and tests of the same machine; no business of the server.
  const foreign = /^ORCH_(URL|TOKEN|USER|PROFILE|TEST_|SHARED_)/
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
        : `${variable}=${redact(value)}${given === undefined ? "  # default" : ""}`
    })
    .join("\n")
