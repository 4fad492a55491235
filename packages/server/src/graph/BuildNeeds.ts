/** What finished builds say they need and offer: BuildRequires of their source packages, what binary packages provide, what a buildroot held. */
import * as ComponentBuild from "@orch/core/modulebuild/ComponentBuild"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as Nevra from "@orch/core/Nevra"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import type { BuildInputs, BuildSystemError, HeldPackage, Interface as BuildSystem } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Path from "node:path"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as InstalledLog from "../artifacts/InstalledLog.ts"
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

/** What a buildroot held. A package whose source package is known is of that, whoever else offers its name. */
export const buildrootNeeds = (source: string, held: ReadonlyArray<HeldPackage>): ReadonlyArray<Need> => [
  ...new Map(held.map((one): readonly [string, Need] => {
    const capability = one.source === undefined ? one.name : `source package ${one.source}`
    return [capability, { package: source, type: "buildroot", capability, plain: one.source ?? one.name }]
  })).values()
]

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
  const logs: Array<readonly [index: number, path: string]> = []
  for (const task of wanted.values()) {
    for (const artifact of build.tasks.get(task.name)!.artifacts) {
      const sha256 = ArtifactHref.parse(artifact.href)
      const isLog = InstalledLog.isOne(artifact)
      if (sha256 === undefined || (artifact.type !== "rpm" && !isLog)) continue
      const found = yield* store.find(sha256)
      if (found === undefined) continue
      if (isLog) logs.push([task.index, found.path])
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
  for (const [index, path] of logs) {
    const source = sourceOf(index)
    if (source === undefined) continue
    const names = yield* InstalledLog.read(path)
    held.push({ packages: [source], needs: buildrootNeeds(source, names.map((name) => ({ name }))), offers: [] })
  }
  return merged(held)
})

/** One package; the lines of what it offers and needs stand behind all text of its own. */
const query = "%{SOURCERPM}\\n[P%{PROVIDENEVRS}\\n][R%{REQUIRENEVRS}\\n]"

/** What the farm tells of a component. */
const ofInputs = (component: string, { buildroot, provides, requires }: BuildInputs): Needs => ({
  packages: [component],
  needs: [...buildNeeds(component, requires ?? []), ...buildrootNeeds(component, buildroot ?? [])],
  offers: (provides ?? []).map((capability) => ({ capability, package: component }))
})

/**
 * Of a module build: its components' source packages, what their packages offer, and what their buildroots held. Packages that are files of this
 * machine are read; of others counts what the farm tells, and where it tells nothing of them, `undefined`.
 */
export const ofModuleBuild = Effect.fn("BuildNeeds.ofModuleBuild")(function*(
  { ask }: PackageQuery.PackageQuery,
  { inputs }: Pick<BuildSystem, "inputs">,
  build: ModuleBuild
): Effect.fn.Return<Needs | undefined, RpmTool.RpmToolError | BuildSystemError> {
  const results = [...build.components.values()].flatMap((one) => ComponentBuild.result(one) ?? [])
  const told = inputs === undefined ? [] : yield* inputs(results)
  const held = told.map((one, index) => ofInputs(results[index]!.component, one))
  const isHere = results.every(({ artifacts }) => artifacts.every(({ location }) => Path.isAbsolute(location)))
  if (!isHere) return told.some((one) => Object.keys(one).length > 0) ? merged(held) : undefined
  for (const { artifacts, component } of results) {
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
