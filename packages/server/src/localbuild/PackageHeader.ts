/**
 * What the header of a package file says, asked once of rpm: a file that several parts of the server look at is opened for the first of them.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as RpmTool from "./RpmTool.ts"

/** What a package says of itself. */
export interface PackageHeader {
  /** `name-epoch:version-release.arch`, `src` for a source package. */
  readonly nevra: string
  /** File name of the source package it was made from; `(none)` for a source package. */
  readonly source: string
  readonly license: string
  /** When it was built, in Unix seconds. */
  readonly built: number
}

const query =
  "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%|SOURCERPM?{%{ARCH}}:{src}|\\t%{SOURCERPM}\\t%{BUILDTIME}\\t%{LICENSE}\\n"

/** Headers that are remembered. */
const most = 4_096
const known = new Map<string, PackageHeader>()

/** A file that was written anew is another one. */
const keyOf = (path: string): string => {
  const { ctimeMs, dev, ino, mtimeMs, size } = Fs.statSync(path)
  return [path, dev, ino, size, mtimeMs, ctimeMs].join("\0")
}

/** Reads the header of the file. Fails with `RpmToolError`: `failed` where it is no package. */
export const read = Effect.fnUntraced(
  function*(path: string): Effect.fn.Return<PackageHeader, RpmTool.RpmToolError> {
    const key = yield* Effect.try({
      try: () => keyOf(path),
      catch: () => new RpmTool.RpmToolError({ reason: "failed", message: `there is no file ${path}` })
    })
    const before = known.get(key)
    if (before !== undefined) return before
    // rpm expands patterns and macros in the names of files, so it is given no directory.
    const args = ["-qp", "--nosignature", "--nodigest", "--qf", query, `./${Path.basename(path)}`]
    const said = yield* RpmTool.run("rpm", args, { cwd: Path.dirname(path) })
    const [nevra = "", source = "", built = "", ...license] = said.trim().split("\t")
    const header = { nevra, source, license: license.join("\t"), built: Number(built) }
    for (const oldest of known.keys()) {
      if (known.size < most) break
      known.delete(oldest)
    }
    known.set(key, header)
    return header
  }
)
