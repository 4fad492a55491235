/**
 * A module as some packages of a package build: its identity, and what its packages are built with.
 *
 * Context, dist tag and version are those of AlmaLinux's build system, since published modules carry them: the context is a hash
 * over the streams built against and required, as the document names them, with nothing expanded; the dist tag
 * counts the module builds of the platform. Development packages may go to a twin module, `NAME-devel`, of the same identity.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Modulemd from "../modulemd/Modulemd.ts"
import * as Problem from "../modulemd/ModulemdProblem.ts"
import * as Upgrade from "../modulemd/ModulemdUpgrade.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as DistTag from "../resolution/DistTag.ts"
import * as ModuleContext from "../resolution/ModuleContext.ts"
import * as ModuleVersion from "../resolution/ModuleVersion.ts"
import * as PythonJson from "../resolution/PythonJson.ts"
import * as MockOptions from "./MockOptions.ts"
import * as ModularDocument from "./ModularDocument.ts"
import type { PlanModule } from "./PackagePlan.ts"
import * as PlatformData from "./PlatformData.ts"

/** Why a text is not the module that was asked for. */
export class InvalidModule extends Data.TaggedError("InvalidModule")<{
  readonly reason: "Unreadable" | "NotThere" | "NoPlatformVersion" | "Version"
  readonly message: string
}> {}

/** The documents of one module; `devel` where it has a twin for development packages. */
export interface Documents {
  readonly main: ModuleStreamV2
  readonly devel: ModuleStreamV2 | undefined
}

const develOf = (name: string): string => `${name}-devel`

/**
 * Finds the module in a text of one or more documents.
 *
 * A document without name or stream is the one that was asked for. Fails with `InvalidModule` where nothing can be read
 * or none of the documents is that module.
 */
export const read = (
  text: string,
  name: string,
  stream: string
): Result.Result<Documents, InvalidModule> => {
  const { documents, problems } = Modulemd.read(text, { profile: "compat" })
  const streams = documents.flatMap((one) => Upgrade.toStream(one) ?? []).map((one) => ({
    ...one,
    name: one.name ?? name,
    stream: one.stream ?? stream
  }))
  const find = (wanted: string) => streams.find((one) => one.name === wanted && one.stream === stream)
  const main = find(name)
  if (main !== undefined) return Result.succeed({ main, devel: find(develOf(name)) })
  const wrong = problems.filter(Problem.isError)
  return Result.fail(
    wrong.length > 0
      ? new InvalidModule({
        reason: "Unreadable",
        message: wrong.slice(0, 10).map((problem) => Problem.format(problem, "modules.yaml")).join("; ")
      })
      : new InvalidModule({ reason: "NotThere", message: `no document is the module ${name}:${stream}` })
  )
}

/** The streams a document builds against: those that a builder noted, or else the first of each dependency. */
export const buildStreams = (document: ModuleStreamV2): Readonly<Record<string, string>> => {
  const noted = Xmd.get(document.xmd, "mbs", "buildrequires")
  if (Xmd.isMapping(noted)) {
    return Object.fromEntries(
      [...noted].flatMap(([name, one]) => {
        const stream = Xmd.get(one, "stream")
        return typeof stream === "string" ? [[name, stream]] : []
      })
    )
  }
  return Object.fromEntries(
    document.dependencies.flatMap(({ buildrequires }) =>
      [...buildrequires].flatMap(([name, [first]]) => first === undefined ? [] : [[name, first]])
    )
  )
}

/**
 * The eight hexadecimal digits of the context: SHA-1 over the hashes of the streams built against and of those
 * required.
 */
export const context = (document: ModuleStreamV2): string => {
  const requires = new Map<string, Set<string>>()
  for (const one of document.dependencies) {
    for (const [name, streams] of one.requires) {
      requires.set(name, new Set([...(requires.get(name) ?? []), ...streams]))
    }
  }
  const runtime = Object.fromEntries(
    Array.from(requires, ([name, streams]) => [name, [...streams].sort(PythonJson.compareText)])
  )
  const hash = (value: PythonJson.PythonJson): string => ModuleContext.sha1Hex(PythonJson.format(value))
  return ModuleContext.context(hash(buildStreams(document)), hash(runtime))
}

/** Which module, for which version of which platform. */
export interface Request {
  readonly documents: Documents
  readonly platform: { readonly name: string; readonly data: PlatformData.PlatformData }
  /** Name of the platform's version, such as `8.5`; the newest when absent. */
  readonly platformVersion?: string | undefined
  /** Decimal digits; made of the platform's version and the time when absent. */
  readonly version?: string | undefined
  /** Number of this module build among those of the platform. */
  readonly index: number
  /** Modules that were chosen of those it depends on, which are enabled while it is built; those of the document when absent. */
  readonly enabled?: ModularDocument.EnabledModules | undefined
  /** Packages of earlier builds that it offers as they are, `name-epoch:version-release.arch`; see `Prebuilt`. */
  readonly prebuilt?: ReadonlyArray<string> | undefined
  /** Architectures that it is built for; those that each component names when absent. */
  readonly arches?: ReadonlyArray<string> | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What a package build needs to know to be the build of a module. */
export interface ModularPlan {
  readonly module: PlanModule
  /** What its packages are built with, besides what the request says. */
  readonly mock: MockOptions.MockOptions
}

/**
 * What a module is built as on one platform.
 *
 * Fails with `InvalidModule` where the platform has no such version, or the version is not made of up to 20 digits.
 */
export const plan = (request: Request): Result.Result<ModularPlan, InvalidModule> => {
  const { devel } = request.documents
  const { arches, enabled } = request
  const main = enabled === undefined
    ? request.documents.main
    : ModularDocument.choosing(request.documents.main, enabled)
  const release = PlatformData.versionNamed(request.platform.data, request.platformVersion)
  if (release === undefined) {
    const known = request.platform.data.versions?.map(({ name }) => name).join(", ") ?? ""
    const message = request.platformVersion === undefined
      ? `${request.platform.name} has no versions, which a module needs`
      : `${request.platform.name} has no version ${request.platformVersion}, only ${known === "" ? "none" : known}`
    return Result.fail(new InvalidModule({ reason: "NoPlatformVersion", message }))
  }
  const asked = request.version ?? `${release.version_prefix}${ModuleVersion.fromTimestamp(request.at / 1000)}`
  const version = ModuleVersion.parse(asked)
  if (Result.isFailure(version)) {
    return Result.fail(new InvalidModule({ reason: "Version", message: version.failure.message }))
  }
  const identity = { version: version.success, context: context(main) }
  const name = main.name ?? ""
  const stream = main.stream ?? ""
  const hash = DistTag.hash({ name, stream, ...identity })
  const write = (document: ModuleStreamV2): string =>
    Modulemd.write({
      ...(arches === undefined ? document : ModularDocument.forArches(document, arches)),
      ...identity
    })
  return Result.succeed({
    module: {
      platform: request.platform.name,
      name,
      stream,
      ...identity,
      modulemd: write({ ...main, artifacts: { rpms: [...request.prebuilt ?? []].sort(), rpmMap: new Map() } }),
      ...(devel === undefined
        ? {}
        : { devel: { name: develOf(name), modulemd: write(ModularDocument.ofDevelopment(devel, name, stream)) } })
    },
    mock: {
      ...MockOptions.none,
      moduleEnable: enabled?.buildtime.map((one) => one.replace(/:$/, "")) ?? enabledBy(main, name, stream),
      definitions: { dist: `.module_${release.dist_prefix}+${request.index}+${hash}`, ...macros(main) }
    }
  })
}

const enabledBy = (main: ModuleStreamV2, name: string, stream: string): ReadonlyArray<string> => [
  `${name}:${stream}`,
  ...Object.entries(buildStreams(main)).flatMap(([other, its]) =>
    other === "platform" || other === name ? [] : [`${other}:${its}`]
  )
]

/** The macros of the document's build options, without `%`; a line that is no macro is none. */
export const macros = (document: ModuleStreamV2): Readonly<Record<string, string>> =>
  definitions(document.buildopts.rpms.macros ?? "")

/** The macros of a macro file's text by their names without `%`; a line that is no macro is none, and the last of a name holds. */
export const definitions = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const found = /^\s*%([A-Za-z_]\w*)\s+(.*\S)\s*$/.exec(line)
      return found === null ? [] : [[found[1]!, found[2]!]]
    })
  )

/** `name:stream:version:context`, the label that packages of the module carry. */
export const label = ({ context: own, name, stream, version }: PlanModule): string =>
  [name, stream, version, own].join(":")
