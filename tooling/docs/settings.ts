/**
 * The page of all settings, `docs/settings.md`, from the tables that the server reads them by: `node tooling/docs/settings.ts`
 * writes it.
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as AlbsSettings from "../../packages/server/src/albs/AlbsSettings.ts"
import * as AnnouncingSettings from "../../packages/server/src/announcing/AnnouncingSettings.ts"
import * as AuthSettings from "../../packages/server/src/auth/AuthSettings.ts"
import * as DatabaseSettings from "../../packages/server/src/database/DatabaseSettings.ts"
import * as FarmSettings from "../../packages/server/src/farms/FarmSettings.ts"
import * as KojiSettings from "../../packages/server/src/farms/KojiSettings.ts"
import * as GatingSettings from "../../packages/server/src/gating/GatingSettings.ts"
import * as HttpSettings from "../../packages/server/src/http/HttpSettings.ts"
import * as InboxSettings from "../../packages/server/src/inbox/InboxSettings.ts"
import * as LocalFarmSettings from "../../packages/server/src/localbuild/LocalFarmSettings.ts"
import * as MbsSettings from "../../packages/server/src/mbs/MbsSettings.ts"
import * as EngineSettings from "../../packages/server/src/modulebuilds/EngineSettings.ts"
import * as StreamSettings from "../../packages/server/src/modulebuilds/submission/StreamSettings.ts"
import * as SubmissionSettings from "../../packages/server/src/modulebuilds/submission/SubmissionSettings.ts"
import * as LogSettings from "../../packages/server/src/operations/LogSettings.ts"
import * as RepositorySettings from "../../packages/server/src/repositories/RepositorySettings.ts"
import * as GitSettings from "../../packages/server/src/scm/GitSettings.ts"
import * as ScmSettings from "../../packages/server/src/scm/ScmSettings.ts"
import * as ServerConfig from "../../packages/server/src/ServerConfig.ts"
import type * as Setting from "../../packages/server/src/Setting.ts"

type Table = Readonly<Record<string, Setting.Setting<unknown>>>

const chapters: ReadonlyArray<readonly [title: string, table: Table]> = [
  ["Listening and addresses", HttpSettings.settings],
  ["Data", DatabaseSettings.settings],
  ["Who may what", AuthSettings.settings],
  ["Where sources come from", { ...ScmSettings.settings, ...GitSettings.settings }],
  ["Farm and repositories", FarmSettings.settings],
  ["The local farm", LocalFarmSettings.settings],
  ["Koji", KojiSettings.settings],
  ["Running builds", EngineSettings.settings],
  ["Submissions", SubmissionSettings.settings],
  ["Streams and platforms", StreamSettings.settings],
  ["The Module Build Service's face", MbsSettings.settings],
  ["Build nodes, signers and test systems", AlbsSettings.settings],
  ["Gating", GatingSettings.settings],
  ["Repository records and storage nodes", RepositorySettings.settings],
  ["Telling others", AnnouncingSettings.settings],
  ["Listening to others", InboxSettings.settings],
  ["Logs", LogSettings.settings]
]

/** Defaults that depend on the machine. */
const ofMachine: Readonly<Record<string, string>> = {
  ORCH_JOBS: "the number of processors",
  ORCH_LOCAL_MEMORY: "half of the machine's memory"
}

const wrap = (text: string, width: number): string => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join("\n")
}

/** What Markdown would take for its own. */
const plain = (text: string): string => text.replaceAll(/[*<>[\]\\|]/g, "\\$&")

const entry = ({ about, fallback, secret, variable }: Setting.Setting<unknown>): string => {
  const machine = ofMachine[variable]
  const standard = machine === undefined
    ? fallback === undefined || fallback === "" ? undefined : `\`${fallback}\``
    : machine
  const notes = [...(standard === undefined ? [] : [`Default: ${standard}.`]), ...(secret ? ["It is secret."] : [])]
  return `### ${variable}\n\n${wrap(plain(about), 120)}${notes.length === 0 ? "" : `\n\n${notes.join(" ")}`}\n`
}

const settings: Table = ServerConfig.settings

/** The page. */
export const page = (): string => {
  const known = new Set(chapters.flatMap(([, table]) => Object.keys(table)))
  const others = Object.fromEntries(Object.entries(settings).filter(([name]) => !known.has(name)))
  const all = [...chapters, ...(Object.keys(others).length === 0 ? [] : [["Others", others] as const])]
  return [
    "# Settings\n",
    wrap(
      "The server is configured by variables of its environment. This page is made of the tables that it reads them by "
        + "(`node tooling/docs/settings.ts`); `orch-server --help` prints the same, and `orch-server config` what is in force, secrets "
        + "redacted. A wrong value keeps the server from starting, and all wrong ones are told at once. "
        + "[Operating](operating.md) says which of them matter when.",
      120
    ),
    "",
    ...all.map(([title, table]) => `## ${title}\n\n${Object.values(table).map(entry).join("\n")}`)
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL("../../docs/settings.md", import.meta.url)), page())
}
