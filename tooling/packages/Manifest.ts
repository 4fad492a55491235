/** What the manifests of the packages say that are published. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export const read = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** The folders of the packages that are published. */
export const folders = (root: string): ReadonlyArray<string> =>
  readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => read(folder).private !== true)

const opens = (exports: Readonly<Record<string, unknown>>, inside: string): boolean =>
  exports[`./${inside}/*`] !== null
  && Object.entries(exports).some(([key, target]) =>
    target !== null && (key === "./*" || (key.includes("*") && key.startsWith(`./${inside}/`)))
  )

/** Folders called `internal` that others could import from: a pattern key has one `*`, so each needs a key of its own. */
export const openInternals = (folder: string): ReadonlyArray<string> => {
  const { exports, publishConfig } = read(folder)
  const source = join(folder, "src")
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === "internal")
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .filter((inside) => opens(exports, inside) || opens(publishConfig?.exports ?? {}, inside))
}
