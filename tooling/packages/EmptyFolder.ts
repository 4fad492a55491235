/** An empty folder in which packages are installed as somebody does who has never seen this project. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { attempt, type Ended, run } from "./Command.ts"
import type { Registry } from "./Registry.ts"

export interface EmptyFolder {
  readonly path: string
  /** Runs `npm install` with these words; not in the way of a registry in this process. */
  readonly install: (...what: ReadonlyArray<string>) => Promise<void>
  readonly uninstall: (...what: ReadonlyArray<string>) => Promise<void>
  readonly write: (name: string, text: string) => void
  readonly run: (command: string, ...args: ReadonlyArray<string>) => string
  readonly attempt: (command: string, ...args: ReadonlyArray<string>) => Ended
  /** Megabytes (of a million bytes) that the installed files hold. */
  readonly size: () => number
  readonly remove: () => void
}

const bytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

/** A new folder with nothing but the settings of npm in it. */
export const make = (registry: Registry): EmptyFolder => {
  const path = mkdtempSync(join(tmpdir(), "orch-newcomer-"))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  write(".npmrc", `${registry.npmrc}audit=false\nfund=false\nupdate-notifier=false\nprefer-offline=true\n`)
  write("package.json", JSON.stringify({ name: "newcomer", private: true, type: "module" }))
  const npm = async (...words: ReadonlyArray<string>) => {
    await promisify(execFile)("npm", [...words], { cwd: path, timeout: 600_000 })
  }
  return {
    path,
    write,
    install: (...what) => npm("install", ...what),
    uninstall: (...what) => npm("uninstall", ...what),
    run: (command, ...args) => run(command, args, { cwd: path }),
    attempt: (command, ...args) => attempt(command, args, { cwd: path }),
    size: () => bytes(join(path, "node_modules")) / 1_000_000,
    remove: () => rmSync(path, { recursive: true, force: true })
  }
}
