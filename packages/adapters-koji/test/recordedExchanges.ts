/** Recorded exchanges of a real hub, read where they are present; the tests that need them say so when they are not. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = process.env.ORCH_SHARED_DATA ?? resolve(import.meta.dirname, "../../../../shared/data")
const directory = join(root, "koji-exchanges")

export interface RecordedExchange {
  readonly label: string
  readonly file: string
  readonly request: { readonly path: string; readonly query: string; readonly body: unknown }
  readonly response: { readonly status: number; readonly body: string }
  readonly decoded: {
    readonly method?: string
    readonly params?: ReadonlyArray<unknown>
    readonly result?: unknown
    readonly fault?: { readonly faultCode: number; readonly faultString: string }
  }
}

export const present = existsSync(directory)

export const all: ReadonlyArray<RecordedExchange> = present
  ? readdirSync(directory).filter((name) => /^\d.*\.json$/.test(name)).sort().map((file) => ({
    file,
    ...JSON.parse(readFileSync(join(directory, file), "utf8"))
  }))
  : []
