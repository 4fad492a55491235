/**
 * What builds of modules hold: files, links, scripts, needs and offers of their packages, without what every build has of its own: release,
 * time, host, signature. Two that hold the same are the same to whoever uses them.
 */
import * as ComponentBuild from "@orch/core/modulebuild/ComponentBuild"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as BuildInput from "@orch/core/rebuild/BuildInput"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import * as Path from "node:path"
import * as PackageQuery from "../localbuild/PackageQuery.ts"
import type { RpmToolError } from "../localbuild/RpmTool.ts"
import type { Mode } from "../localbuild/sandbox/SandboxChoice.ts"
import * as LinkInterface from "./LinkInterface.ts"

/** One package with everything that those who use it can see; lines that begin with P and R are offers and needs. */
const query = [
  "@%{NAME}.%{ARCH}\\n%{PREIN}\\n%{POSTIN}\\n%{PREUN}\\n%{POSTUN}\\n%{PRETRANS}\\n%{POSTTRANS}\\n",
  "[T%{TRIGGERSCRIPTS} %{TRIGGERNAME}\\n]",
  "[F%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILEDIGESTS} %{FILELINKTOS} %{FILEFLAGS}\\n]",
  "[C%{CONFLICTNEVRS}\\n][O%{OBSOLETENEVRS}\\n][W%{RECOMMENDNEVRS}\\n][S%{SUGGESTNEVRS}\\n]",
  // Behind all text of the package's own, so that no script can look like one.
  "\\n%{NAME} offers and needs\\n[P%{PROVIDENEVRS}\\n][/%{FILENAMES}\\n][R%{REQUIRENEVRS}\\n]",
  // What files are, which is no content of their own.
  "\\n%{NAME} kinds\\n[K%{FILEPROVIDE}\\t%{FILECLASS}\\t%{FILENAMES}\\n]"
].join("")

/** The dist tag names the build, and is in every release. */
const withoutDistTag = (text: string): string => text.replaceAll(/(?:module|scrmod)[+_][A-Za-z0-9_.+~^]+/g, "MODULE")

/** What a build holds. */
export interface Contents extends BuildInput.Output {
  /** A hash for each package, `name.arch`. */
  readonly packages: ReadonlyMap<string, string>
  /** A hash of the packages that each component made. */
  readonly components: ReadonlyMap<string, string>
  /** What its packages offer: names and paths, each with the versions in which they do. */
  readonly offers: ReadonlyMap<string, ReadonlySet<string>>
  /** Names that its packages and their builds need; true where a version counts. */
  readonly needs: ReadonlyMap<string, boolean>
}

/** Name and version of `zlib >= 1.2` or `zlib`. */
const split = (text: string): readonly [name: string, version: string] => {
  const space = text.indexOf(" ")
  return space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)]
}

interface Package {
  readonly name: string
  readonly hash: string
  readonly interface: string
  readonly component: string
}

/** Reads builds. */
export class ModuleContents extends Context.Service<ModuleContents, {
  /** What a build holds; `undefined` where its packages are not files of this machine. */
  readonly read: (build: ModuleBuild) => Effect.Effect<Contents | undefined, RpmToolError>
}>()("@orch/server/traces/ModuleContents") {
  /** Reads them in the sandbox that builds have. */
  static readonly layer = ({ localSandbox }: { readonly localSandbox: Mode }): Layer.Layer<ModuleContents> =>
    Layer.effect(
      ModuleContents,
      Effect.map(PackageQuery.make(localSandbox), ({ ask }) =>
        ModuleContents.of({
          read: Effect.fn("ModuleContents.read")(function*(build) {
            const packages: Array<Package> = []
            const offers = new Map<string, Set<string>>()
            const needs = new Map<string, boolean>()
            for (const [component, one] of build.components) {
              const artifacts = ComponentBuild.result(one)?.artifacts ?? []
              if (artifacts.some(({ location }) => !Path.isAbsolute(location))) return undefined
              const byDirectory = Map.groupBy(artifacts, ({ location }) => Path.dirname(location))
              for (const [directory, some] of byDirectory) {
                const answers = yield* ask(directory, some.map(({ location }) => location), query)
                for (const { location, nevra } of some) {
                  const answer = withoutDistTag(answers.get(location)!)
                  const kindsAt = answer.lastIndexOf(" kinds\n")
                  const nameAt = answer.lastIndexOf("\n", kindsAt)
                  const [text, kinds] = [answer.slice(0, nameAt), answer.slice(kindsAt)]
                  const lines = text.slice(text.lastIndexOf(" offers and needs\n") + 1).split("\n").slice(1)
                  for (const line of lines.filter((one) => one.startsWith("R"))) {
                    const [name, version] = split(line.slice(1))
                    needs.set(name, (needs.get(name) ?? false) || version !== "")
                  }
                  if (nevra.endsWith(".src")) continue
                  const own = lines.filter((one) => /^[P/]/.test(one))
                  for (const line of own) {
                    const [name, version] = line.startsWith("P") ? split(line.slice(1)) : [line.slice(1), ""]
                    offers.set(name, (offers.get(name) ?? new Set()).add(version))
                  }
                  packages.push({
                    name: nevra.replace(/-\d+:.*\./, "."),
                    hash: createHash("sha256").update(text).digest("hex"),
                    interface: LinkInterface.of(text, kinds),
                    component
                  })
                }
              }
            }
            const lines = (some: ReadonlyArray<Package>) => some.map(({ hash, name }) => `${name} ${hash}`).sort()
            return {
              packages: new Map(packages.map(({ hash, name }) => [name, hash])),
              components: new Map(
                [...Map.groupBy(packages, ({ component }) => component)].map(([name, some]) => [
                  name,
                  BuildInput.hashOf(lines(some))
                ])
              ),
              content: BuildInput.hashOf(lines(packages)),
              interface: BuildInput.hashOf(packages.map((one) => one.interface).sort()),
              offers,
              needs
            }
          })
        }))
    )
}

/** Names of packages that one has and the other has not, or otherwise; in order. */
export const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).sort()

/** What was offered and is not any more. */
export interface Gone {
  /** Names that nobody offers now. */
  readonly names: ReadonlyArray<string>
  /** Names that are offered in other versions: gone for those that ask for one. */
  readonly versions: ReadonlyArray<string>
}

/** What of the first is not in the second. */
export const goneOf = (
  before: ReadonlyMap<string, ReadonlySet<string>>,
  after: ReadonlyMap<string, ReadonlySet<string>>
): Gone => {
  const [names, versions]: [Array<string>, Array<string>] = [[], []]
  for (const [name, was] of before) {
    const now = after.get(name)
    if (now === undefined) names.push(name)
    else if ([...was].some((version) => !now.has(version))) versions.push(name)
  }
  return { names, versions }
}
