/**
 * Whether two builds of a module hold the same: files, links, scripts, needs and offers of their packages, without what every build
 * has of its own: release, time, host, signature.
 */
import { type ModuleBuild, results } from "@orch/core/modulebuild/ModuleBuild"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as RpmTool from "../localbuild/RpmTool.ts"

/** One package with everything that those who use it can see. */
const query = [
  "@%{NAME}.%{ARCH}\\n%{PREIN}\\n%{POSTIN}\\n%{PREUN}\\n%{POSTUN}\\n",
  "[F%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILEDIGESTS} %{FILELINKTOS}\\n]",
  "[R%{REQUIRENEVRS}\\n][P%{PROVIDENEVRS}\\n][C%{CONFLICTNEVRS}\\n][O%{OBSOLETENEVRS}\\n]"
].join("")

/** The dist tag names the build, and is in every release. */
const withoutDistTag = (text: string): string => text.replaceAll(/module[+_][A-Za-z0-9_.+~^]+/g, "MODULE")

/** What a build holds, as a hash for each package; undefined where its packages are not files of this machine. */
export const hashes = Effect.fnUntraced(function*(build: ModuleBuild): Effect.fn.Return<
  ReadonlyMap<string, string> | undefined,
  RpmTool.RpmToolError
> {
  const artifacts = results(build).flatMap((one) => one.artifacts).filter(({ nevra }) => !nevra.endsWith(".src"))
  const found = new Map<string, string>()
  for (const { location, nevra } of artifacts) {
    if (!Path.isAbsolute(location)) return undefined
    const args = ["-qp", "--nosignature", "--nodigest", "--qf", query, `./${Path.basename(location)}`]
    const text = yield* RpmTool.run("rpm", args, { cwd: Path.dirname(location) })
    const name = nevra.replace(/-\d+:.*\./, ".")
    found.set(name, createHash("sha256").update(withoutDistTag(text)).digest("hex"))
  }
  return found
})

/** Names of packages that one has and the other has not, or otherwise; in order. */
export const differences = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).sort()
