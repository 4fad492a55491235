/**
 * Runs `git` so that nothing but its arguments decides what it does.
 *
 * No configuration of the machine or the user, no prompts, no credential helpers, no hooks, no transport that was not
 * allowed (`ext::` runs commands), no redirect to a place that the allow-list does not know. What git says in English is
 * turned into the reasons of the port here and nowhere else.
 */
import { SourceControlError } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Subprocess from "../programs/Subprocess.ts"

export interface Place {
  /** A file with the only configuration that git reads. */
  readonly configFile: string
  /** Transports that may be used, such as `["https", "file"]`. */
  readonly protocols: ReadonlyArray<string>
}

/** The text of `Place.configFile`: repositories given by `file://` may belong to another user. */
export const configText = [
  "[safe]",
  "\tdirectory = *",
  "[gc]",
  "\tauto = 0",
  "[maintenance]",
  "\tauto = false",
  "[core]",
  "\thooksPath = /dev/null",
  "\taskPass = true",
  // Blobs above this are streamed to disk instead of being held in memory.
  "\tbigFileThreshold = 4m",
  "[http]",
  "\tfollowRedirects = false",
  "[protocol]",
  "\tversion = 2",
  "\tallow = never",
  "[fetch]",
  // One pack per fetch: what a killed fetch leaves is one temporary file, not a thousand objects.
  "\tunpackLimit = 1",
  "[index]",
  "\tthreads = 1",
  "[pack]",
  "\tthreads = 1",
  ""
].join("\n")

// A proxy and the certificates of the site are the operator's business, so these may pass.
const passed = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO"
]

const environment = (place: Place): Record<string, string> => {
  const env: Record<string, string> = {
    LC_ALL: "C",
    HOME: "/nonexistent",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    SSH_ASKPASS: "true",
    GIT_SSH_COMMAND: "false",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: place.configFile,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    // An empty value allows none; the list overrides every `protocol.*` setting.
    GIT_ALLOW_PROTOCOL: place.protocols.join(":") || "none"
  }
  for (const name of passed) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

export interface Call {
  readonly place: Place
  /** For the error only. */
  readonly repository: string
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMillis: number
  readonly maxOutputBytes: number
  readonly stdin?: Uint8Array
  readonly watch?: Subprocess.Options["watch"]
  readonly started?: Subprocess.Options["started"]
}

const refuse = (
  call: Call,
  reason: SourceControlError["reason"],
  message: string,
  what: SourceControlError["what"] = "repository"
) => new SourceControlError({ reason, what, repository: call.repository, message })

/** Which git server is away, by its address; undefined where a repository is a directory of this machine. */
const serverOf = (repository: string): string | undefined => {
  const host = /^[a-z+]+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)/i.exec(repository)?.[1]
  return host === undefined ? undefined : `the git server ${host}`
}

/** The failure of a talk to a server that does not answer. */
export const away = (error: SourceControlError): SourceControlError => {
  const server = serverOf(error.repository)
  // A spread does not copy the message of an error.
  return server === undefined ? error : new SourceControlError({ ...error, message: error.message, away: server })
}

const stopReasons: Record<Subprocess.SubprocessError["reason"], SourceControlError["reason"]> = {
  notStarted: "unreachable",
  timedOut: "unreachable",
  tooMuchOutput: "unsuitable",
  stopped: "unsuitable",
  lost: "unreachable"
}

/** Runs git to its end, whatever its exit code. */
export const run = (call: Call): Effect.Effect<Subprocess.Finished, SourceControlError> =>
  Subprocess.run({
    command: "git",
    args: call.args,
    cwd: "/",
    env: { ...environment(call.place), ...call.env },
    stdin: call.stdin,
    timeoutMillis: call.timeoutMillis,
    maxOutputBytes: call.maxOutputBytes,
    watch: call.watch,
    started: call.started
  }).pipe(
    Effect.mapError(({ message, reason }) => {
      const error = refuse(
        call,
        stopReasons[reason],
        reason === "notStarted" ? `git cannot be run: ${message}` : `${call.repository}: ${message}`
      )
      return reason === "timedOut" ? away(error) : error
    })
  )

/** Said of a server that is away. */
const silent = "the server does not answer"

const patterns: ReadonlyArray<readonly [RegExp, SourceControlError["reason"], string]> = [
  [/transport '([^']*)' not allowed/i, "forbidden", "its transport is not allowed"],
  [
    /returned error: 30\d|unable to update url base from redirection/i,
    "unsuitable",
    "the server redirects; name the final URL"
  ],
  [
    /could not read (username|password)|authentication failed|terminal prompts disabled|returned error: 40[13]/i,
    "missing",
    "there is none that may be read without a login"
  ],
  [
    /does not appear to be a git repository|repository not found|not found|no such file|access denied or repository not exported|returned error: 4(04|10)|not a git repository/i,
    "missing",
    "there is no such repository"
  ],
  [/no space left/i, "unreachable", "the disk of the cache is full"],
  [
    /could ?n[o']t resolve|unable to connect|connection|timed out|hung up|unexpected disconnect|early eof|network|returned error: (5\d\d|429)/i,
    "unreachable",
    silent
  ]
]

const lastLine = (text: string): string =>
  text.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !/^(hint:|Please make sure|and the repository exists)/.test(line)
  ).slice(-2).join("; ").slice(0, 300)

/** What a failed talk to a server means. */
export const explainFailure = (call: Call, finished: Subprocess.Finished): SourceControlError => {
  const said = lastLine(finished.stderr)
  const match = patterns.find(([pattern]) => pattern.test(finished.stderr))
  const [, reason, words] = match ?? [/./, "unreachable" as const, "git failed"]
  const error = refuse(call, reason, `${call.repository}: ${words}${said === "" ? "" : ` (${said})`}`)
  // A server that is broken is not away: it may be this repository that breaks it.
  return words === silent && !/returned error: 50[01]/i.test(finished.stderr) ? away(error) : error
}

/** Runs git and fails unless it exits with 0. */
export const runOk = (call: Call): Effect.Effect<Subprocess.Finished, SourceControlError> =>
  Effect.flatMap(
    run(call),
    (finished) => finished.exitCode === 0 ? Effect.succeed(finished) : Effect.fail(explainFailure(call, finished))
  )
