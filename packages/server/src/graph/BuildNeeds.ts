/** What finished builds say they need and offer: BuildRequires of their source packages, what binary packages provide, what a buildroot held. */
import * as ComponentBuild from "@orch/core/modulebuild/ComponentBuild"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as Nevra from "@orch/core/Nevra"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readFile } from "node:fs/promises"
import * as Path from "node:path"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import type * as PackageQuery from "../localbuild/PackageQuery.ts"
import type * as RpmTool from "../localbuild/RpmTool.ts"
import * as PackageHeaders from "../releases/PackageHeaders.ts"
import type { Need, Needs } from "./statements/FeedStatements.ts"

/** Lines that are kept of one build. */
const most = 100_000

/** The name of `zlib-devel >= 1.2`; boolean needs name several, files and what rpm itself offers none. */
const names = (text: string): ReadonlyArray<string> =>
  text.startsWith("(")
    ? text.replace(/\(([^()\s]*)\)/g, "\u0001$1\u0002").split(/[()\s]+/)
      .filter((word) =>
        word !== "" && !/^(?:and|or|if|unless|else|with|without|[<>=]+)$/.test(word) && !/^[\d:]/.test(word)
      )
      .map((word) => word.replaceAll("\u0001", "(").replaceAll("\u0002", ")"))
    : [text.split(" ")[0] ?? ""]

const plain = (name: string): string | null => /^[\w.+-]+$/.test(name) ? name : null

/** The needs of a source package. */
export const buildNeeds = (source: string, requires: ReadonlyArray<string>): ReadonlyArray<Need> =>
  [...new Set(requires.flatMap(names))].filter((name) => name !== "" && !name.startsWith("rpmlib(")).map((name) => ({
    package: source,
    type: "build",
    capability: name,
    plain: plain(name)
  }))

/** What mock wrote that a buildroot held, one package a line. */
export const buildrootNeeds = (source: string, log: string): ReadonlyArray<Need> => {
  const found = log.split("\n").flatMap((line) => {
    const parsed = Nevra.parse(line.trim().split(/\s+/)[0] ?? "")
    return Result.isSuccess(parsed) ? [parsed.success.name] : []
  })
  return [...new Set(found)].map((name) => ({ package: source, type: "buildroot", capability: name, plain: name }))
}

const merged = (all: ReadonlyArray<Needs>): Needs => {
  const unique = <A>(some: ReadonlyArray<A>): ReadonlyArray<A> =>
    [...new Map(some.map((one) => [JSON.stringify(one), one])).values()].slice(0, most)
  return {
    packages: unique(all.flatMap(({ packages }) => packages)),
    needs: unique(all.flatMap(({ needs }) => needs)),
    offers: unique(all.flatMap(({ offers }) => offers))
  }
}

const ofHeader = (
  { nevra, provides, requires, source }: Pick<PackageHeaders.Header, "nevra" | "source" | "requires" | "provides">
): Needs => {
  const parsed = Nevra.parse(nevra)
  if (Result.isFailure(parsed)) return { packages: [], needs: [], offers: [] }
  const { arch, name } = parsed.success
  return arch === "src" || arch === "nosrc"
    ? { packages: [name], needs: buildNeeds(name, requires), offers: [] }
    : {
      packages: [],
      needs: [],
      offers: [...new Set([name, ...provides.map((one) => one.split(" ")[0]!)])].map((capability) => ({
        capability,
        package: source
      }))
    }
}

const installed = /(?:^|[._-])installed_pkgs\b/

/** Bytes of a list of packages. */
const mostLog = 4 * 1024 * 1024

/** Of a package build: its source packages, what one architecture of each platform offers, and what buildroots held. */
export const ofPackageBuild = Effect.fn("BuildNeeds.ofPackageBuild")(function*(
  store: ArtifactStore["Service"],
  build: PackageBuild
): Effect.fn.Return<Needs, PackageHeaders.HeadersUnreadable> {
  const wanted = new Map<string, (typeof build.plan.tasks)[number]>()
  for (const task of build.plan.tasks) {
    if (build.tasks.get(task.name)?.state !== "completed") continue
    const key = `${task.platform} ${task.index} ${task.arch === TaskName.source ? "src" : "any"}`
    if (!wanted.has(key)) wanted.set(key, task)
  }
  const paths: Array<string> = []
  const logs: Array<readonly [index: number, path: string, name: string]> = []
  for (const task of wanted.values()) {
    for (const { href, name, type } of build.tasks.get(task.name)!.artifacts) {
      const sha256 = ArtifactHref.parse(href)
      const isLog = type === "build_log" && installed.test(name)
      if (sha256 === undefined || (type !== "rpm" && !isLog)) continue
      const found = yield* store.find(sha256)
      if (found === undefined) continue
      if (isLog) logs.push([task.index, found.path, name])
      else paths.push(found.path)
    }
  }
  const root = paths.length === 0 ? "" : Path.resolve(paths[0]!, "../..")
  const headers = paths.length === 0 ? [] : yield* PackageHeaders.read(root, paths)
  const held: Array<Needs> = headers.map(ofHeader)
  const sourceOf = (index: number): string | undefined => {
    const url = build.plan.refs[index]?.url
    return url === undefined ? undefined : /([^/]+?)(?:\.git)?\/*$/.exec(url)?.[1]
  }
  for (const [index, path, name] of logs) {
    const source = sourceOf(index)
    const text = yield* Effect.tryPromise(async () => {
      const bytes = await readFile(path)
      return (name.endsWith(".gz") ? await promisify(Zlib.gunzip)(bytes, { maxOutputLength: mostLog }) : bytes)
        .subarray(0, mostLog).toString("utf8")
    }).pipe(Effect.orElseSucceed(() => ""))
    if (source !== undefined) held.push({ packages: [source], needs: buildrootNeeds(source, text), offers: [] })
  }
  return merged(held)
})

/** One package; the lines of what it offers and needs stand behind all text of its own. */
const query = "%{SOURCERPM}\\n[P%{PROVIDENEVRS}\\n][R%{REQUIRENEVRS}\\n]"

/** Of a module build: its components' source packages and what their packages offer; `undefined` where they are not files of this machine. */
export const ofModuleBuild = Effect.fn("BuildNeeds.ofModuleBuild")(function*(
  { ask }: PackageQuery.PackageQuery,
  build: ModuleBuild
): Effect.fn.Return<Needs | undefined, RpmTool.RpmToolError> {
  const held: Array<Needs> = []
  for (const [component, one] of build.components) {
    const artifacts = ComponentBuild.result(one)?.artifacts ?? []
    if (artifacts.some(({ location }) => !Path.isAbsolute(location))) return undefined
    for (const [directory, some] of Map.groupBy(artifacts, ({ location }) => Path.dirname(location))) {
      const answers = yield* ask(directory, some.map(({ location }) => location), query)
      for (const { location, nevra } of some) {
        const [, ...lines] = (answers.get(location) ?? "").split("\n")
        const of = (letter: string) => lines.flatMap((line) => line.startsWith(letter) ? [line.slice(1)] : [])
        const found = ofHeader({ nevra, source: component, provides: of("P"), requires: of("R") })
        // A component is known by its name, whatever its package calls itself.
        held.push({
          packages: found.packages.map(() => component),
          needs: found.needs.map((need) => ({ ...need, package: component })),
          offers: found.offers
        })
      }
    }
  }
  return merged(held)
})
