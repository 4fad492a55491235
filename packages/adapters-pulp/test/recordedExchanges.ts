/** Recorded exchanges of a real Pulp, read where they are present; the tests that need them say so when they are not. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = process.env["ORCH_SHARED_DATA"] ?? resolve(import.meta.dirname, "../../../../shared/data")
const directory = join(root, "pulp-exchanges")

export interface Recorded {
  readonly file: string
  readonly label: string
  readonly request: {
    readonly server: string
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
  }
  readonly response: { readonly status: number; readonly body: unknown }
  readonly task_when_final?: Readonly<Record<string, unknown>>
  readonly task_group_when_final?: Readonly<Record<string, unknown>>
}

export const present = existsSync(directory)

export const all: ReadonlyArray<Recorded> = present
  ? readdirSync(directory).filter((name) => /^\d.*\.json$/.test(name)).sort().map((file) => ({
    file,
    ...JSON.parse(readFileSync(join(directory, file), "utf8"))
  }))
  : []
