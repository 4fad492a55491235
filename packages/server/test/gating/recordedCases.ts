/** Cases recorded from the running originals, read where they are present; the tests that need them say so when they are not. */
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Asked, Wire } from "./GatingServer.ts"

const root = process.env["ORCH_SHARED_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data")

export interface RecordedCase {
  readonly id: string
  readonly title: string
  readonly subject_types: string
  readonly policies: string
  readonly remote: Readonly<Record<string, string | number>>
  readonly koji: { readonly builds?: Readonly<Record<string, Wire>> }
  readonly results_posted: ReadonlyArray<unknown>
  readonly waivers_posted: ReadonlyArray<{ readonly as: string; readonly at: string | null; readonly body: unknown }>
  readonly exchanges: ReadonlyArray<{
    readonly request: Asked
    readonly response: { readonly status: number; readonly body: Wire }
  }>
}

/** The cases of a folder; `undefined` where there is none. */
export const read = (folder: string): ReadonlyArray<RecordedCase> | undefined => {
  const directory = join(root, folder)
  if (!existsSync(join(directory, "index.json"))) return undefined
  const index = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as Wire
  return index.cases.map(({ file }: { readonly file: string }) =>
    ({ id: file, ...JSON.parse(readFileSync(join(directory, file), "utf8")) }) as RecordedCase
  )
}

/** Why they are skipped. */
export const missing = "the recorded cases are not there (../shared/data)"
