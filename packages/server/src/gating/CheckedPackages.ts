/** What finished packages hold, as far as checks look at it, from the files on this machine. */
import type { CheckedPackage } from "@orch/core/gating/ModuleChecks"
import { type ModuleBuild, results } from "@orch/core/modulebuild/ModuleBuild"
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Path from "node:path"
import * as RpmTool from "../localbuild/RpmTool.ts"

/** One line for each thing, named by its first letter. */
const query = [
  "@%{NAME} %|EPOCH?{%{EPOCH}}:{0}| %{VERSION} %{RELEASE} %{ARCH}\\n",
  "[R%{REQUIRENEVRS}\\n][P%{PROVIDENEVRS}\\n][C%{CONFLICTNEVRS}\\n][O%{OBSOLETENEVRS}\\n]",
  "[F%{FILEMODES:perms} %{FILEDIGESTS}%{FILELINKTOS} %{FILENAMES}\\n]"
].join("")

/** Reads what the query prints of one package. */
export const parse = (text: string): CheckedPackage | undefined => {
  const lists: Record<string, Array<string>> = { R: [], P: [], C: [], O: [] }
  const files = new Map<string, string>()
  let head: ReadonlyArray<string> = []
  for (const line of text.split("\n")) {
    const rest = line.slice(1)
    if (line.startsWith("@")) head = rest.split(" ")
    else if (line.startsWith("F")) {
      const [, perms = "", content = "", path = ""] = /^(\S+) (\S*) (\/.*)$/.exec(rest) ?? []
      if (path !== "" && !perms.startsWith("d")) files.set(path, `${perms} ${content}`)
    } else lists[line[0] ?? ""]?.push(rest)
  }
  const [name, epoch, version, release, arch] = head
  if (name === undefined || arch === undefined) return undefined
  return {
    nevra: `${name}-${epoch}:${version}-${release}.${arch}`,
    name,
    version: `${epoch === "0" ? "" : `${epoch}:`}${version}-${release}`,
    requires: lists["R"]!,
    provides: lists["P"]!,
    conflicts: lists["C"]!,
    obsoletes: lists["O"]!,
    files
  }
}

const isBinary = (nevra: string): boolean => !/\.(?:no)?src$/.test(nevra)

/** Names of the binary packages of one architecture, by the component they were built from. */
export const built = (build: ModuleBuild, arch: string): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map([...build.components.values()].map((component) => [
    component.name,
    component.artifacts.flatMap(({ nevra }) => {
      const parsed = Nevra.parse(nevra)
      return Result.isSuccess(parsed) && isBinary(nevra) && [arch, "noarch"].includes(parsed.success.arch)
        ? [parsed.success.name]
        : []
    })
  ]))

/** The packages that a build ships for an architecture; `undefined` where they are not files of this machine. */
export const shipped = Effect.fnUntraced(function*(build: ModuleBuild, arch: string): Effect.fn.Return<
  ReadonlyArray<CheckedPackage> | undefined,
  RpmTool.RpmToolError
> {
  const filter = new Set(build.plan.filter)
  const found: Array<CheckedPackage> = []
  for (const { location, nevra } of results(build).flatMap(({ artifacts }) => artifacts)) {
    const parsed = Nevra.parse(nevra)
    if (!isBinary(nevra) || Result.isFailure(parsed)) continue
    const { arch: own, name } = parsed.success
    if (filter.has(name) || ![arch, "noarch"].includes(own)) continue
    if (!Path.isAbsolute(location)) return undefined
    const args = ["-qp", "--nosignature", "--nodigest", "--qf", query, `./${Path.basename(location)}`]
    const one = parse(yield* RpmTool.run("rpm", args, { cwd: Path.dirname(location) }))
    if (one !== undefined) found.push(one)
  }
  return found
})
