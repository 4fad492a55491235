/** Makes real git repositories for tests, with nothing taken from the machine's configuration. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"

const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  // Each commit would start two programs that look for what to clear away.
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "maintenance.auto",
  GIT_CONFIG_VALUE_0: "false",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.org",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.org"
}

export const temporary = (): string => Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-test-")))

export interface TestRepository {
  readonly directory: string
  readonly url: string
  readonly git: (...args: ReadonlyArray<string>) => string
  /** Writes files, commits all that changed at a time in Unix seconds, and answers the commit. */
  readonly commit: (files: Readonly<Record<string, string | Uint8Array>>, time?: number) => string
}

export const make = (directory: string): TestRepository => {
  Fs.mkdirSync(directory, { recursive: true })
  const gitAt = (time: number, ...args: ReadonlyArray<string>) =>
    SmallProcess.output("git", ["-C", directory, ...args], {
      env: { ...env, GIT_AUTHOR_DATE: `${time} +0000`, GIT_COMMITTER_DATE: `${time} +0000` }
    })
  const git = (...args: ReadonlyArray<string>) => gitAt(1_700_000_000, ...args)
  git("init", "--quiet", "--initial-branch=main")
  return {
    directory,
    url: `file://${directory}`,
    git,
    commit: (files, time = 1_700_000_000) => {
      for (const [name, content] of Object.entries(files)) {
        Fs.mkdirSync(Path.dirname(Path.join(directory, name)), { recursive: true })
        Fs.writeFileSync(Path.join(directory, name), content)
      }
      git("add", "--all")
      gitAt(time, "commit", "--quiet", "--allow-empty", "--message", "Change")
      return git("rev-parse", "HEAD")
    }
  }
}
