/**
 * What a finished module build delivers: the packages that survive its filter, and one modulemd document for each
 * architecture, with the artifacts and the licences of the packages filled in; and the same of its `-devel` complement, the
 * packages that the filter keeps from users.
 *
 * This is the one place where that is decided: what is published, imported into a build system and answered to those who ask
 * are these documents. Which package belongs where follows `ModuleArtifacts`: source packages with anything built from them,
 * multilib only where a component asks for it, no package where its source package excludes the architecture. Packages of
 * components that are built for the build only (`buildonly`) count as filtered.
 */
import type { Artifact } from "../farm/Artifact.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as Nevra from "../Nevra.ts"
import * as ModuleArtifacts from "../resolution/ModuleArtifacts.ts"
import * as BuiltDocument from "./BuiltDocument.ts"
import { type ModuleBuild, planOf } from "./ModuleBuild.ts"

/** A modulemd document for one architecture. */
export interface Document {
  /** `name:stream:version:context:arch`. */
  readonly id: string
  readonly text: string
}

/** The module that consists of what the filter of another keeps back. */
export interface Complement {
  /** For all architectures, with the notes of the builder. */
  readonly modulemd: string
  readonly documents: ReadonlyArray<Document>
}

/** Everything that a finished build hands over. */
export interface Deliverables {
  /** Those of all architectures, in the order of the components. */
  readonly packages: ReadonlyArray<Artifact>
  /** One for each architecture of the plan, in its order. */
  readonly documents: ReadonlyArray<Document>
  /** The document with every name that its filter stands for, and the notes of the builder: the commits, too. */
  readonly modulemd: string
  readonly complement: Complement
}

interface Package extends ModuleArtifacts.Rpm {
  readonly artifact: Artifact
  readonly buildOnly: boolean
}

/**
 * What a build delivers. Throws where an artifact is no NEVRA, which no farm may report, or where the plan holds no module
 * stream.
 */
export const deliverables = (build: ModuleBuild): Deliverables => {
  const { arches } = build.plan
  const packages = packagesOf(build)
  const planned = withFilter(streamOf(build), [...build.plan.filter, ...builtForTheBuild(packages)])
  const rules = rulesOf(build, planned)
  const complement = complementOf(planned)
  const document = (whole: ModuleStreamV2, arch: string, devel: boolean) => {
    const selection = ModuleArtifacts.select(packages, rules, arch, devel)
    return { selection, document: { id: identity(build, whole, arch), text: write(whole, arch, selection) } }
  }
  const made = arches.map((arch) => document(planned, arch, false))
  const delivered = new Set(made.flatMap(({ selection }) => selection.rpms))
  // Only some hosts want these two, and writing them costs more than all the rest: they are written for those who look.
  let modulemd: string | undefined
  let devel: Complement | undefined
  return {
    packages: packages.filter(({ nevra }) => delivered.has(nevra)).map(({ artifact }) => artifact),
    documents: made.map(({ document }) => document),
    get modulemd() {
      return modulemd ??= Modulemd.write(planned)
    },
    get complement() {
      return devel ??= {
        modulemd: Modulemd.write({ ...planned, name: complement.name }),
        documents: arches.map((arch) => document(complement, arch, true).document)
      }
    }
  }
}

const isSource = (arch: string): boolean => arch === "src" || arch === "nosrc"

const packagesOf = (build: ModuleBuild): ReadonlyArray<Package> =>
  [...build.components.values()].flatMap((component) => {
    // Of a package that is built in several passes, the last one counts.
    if (planOf(build, component.name)?.pass !== undefined) return []
    const parsed = component.artifacts.map((artifact) => ({ artifact, ...Nevra.parseUnsafe(artifact.nevra) }))
    const source = parsed.find(({ arch }) => isSource(arch))?.artifact
    return parsed.map(({ arch, artifact, name }): Package => ({
      artifact,
      nevra: artifact.nevra,
      name,
      arch: isSource(arch) ? "src" : arch,
      srpmName: component.name,
      srpmNevra: source?.nevra ?? "",
      exclusiveArch: source?.exclusiveArch,
      excludeArch: source?.excludeArch,
      license: artifact.license,
      buildOnly: planOf(build, component.name)?.buildOnly === true
    }))
  })

const builtForTheBuild = (packages: ReadonlyArray<Package>): ReadonlyArray<string> =>
  packages.filter(({ arch, buildOnly }) => buildOnly && arch !== "src").map(({ name }) => name)

/** The document with these names in its filter as well. */
const withFilter = (planned: ModuleStreamV2, names: ReadonlyArray<string>): ModuleStreamV2 =>
  names.every((name) => planned.filter.includes(name))
    ? planned
    : { ...planned, filter: [...new Set([...planned.filter, ...names])].sort() }

/** Components are known by their keys here, so that is what stands for the names of source packages. */
const rulesOf = (build: ModuleBuild, { buildopts, components, filter }: ModuleStreamV2): ModuleArtifacts.Rules => {
  const { whitelist } = buildopts.rpms
  return {
    filter,
    components: Object.fromEntries(
      build.plan.components.map(({ name }) => [name, { multilib: components.rpms.get(name)?.multilib }])
    ),
    ...(whitelist.length === 0 ? {} : { whitelist: keysOf(components, whitelist) })
  }
}

/** The keys of components by the names of their source packages. */
const keysOf = (
  { rpms }: ModuleStreamV2["components"],
  sources: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const keys = [...rpms].filter(([key, { name }]) => sources.includes(name ?? key)).map(([key]) => key)
  return [...new Set([...keys, ...sources])]
}

/** It requires the module, and has neither an API nor profiles of its own. */
const complementOf = (planned: ModuleStreamV2): ModuleStreamV2 => ({
  ...planned,
  name: `${planned.name}-devel`,
  dependencies: planned.dependencies.map(({ buildrequires, requires }) => ({
    buildrequires,
    requires: new Map([...requires, [planned.name ?? "", [planned.stream ?? ""]]])
  })),
  api: [],
  profiles: new Map()
})

const identity = ({ plan: { context, stream, version } }: ModuleBuild, { name }: ModuleStreamV2, arch: string) =>
  `${name}:${stream}:${version}:${context}:${arch}`

const write = (whole: ModuleStreamV2, arch: string, { licenses, rpms }: ModuleArtifacts.Selection): string =>
  Modulemd.write({
    ...withoutBuilder(whole),
    arch,
    license: { module: whole.license.module, content: licenses },
    artifacts: { rpms, rpmMap: new Map() }
  })

const streamOf = (build: ModuleBuild): ModuleStreamV2 => {
  const found = BuiltDocument.stream(build)
  if (found === undefined) throw new Error(`the plan of module build ${build.id} holds no module stream`)
  return found
}

/** A document without how it was built: the builder's notes in `xmd.mbs`, and where the sources of packages come from. */
const withoutBuilder = (planned: ModuleStreamV2): ModuleStreamV2 => ({
  ...planned,
  xmd: withoutNotes(planned.xmd),
  components: {
    ...planned.components,
    rpms: new Map(
      [...planned.components.rpms].map(([name, component]) => [
        name,
        { ...component, repository: undefined, cache: undefined }
      ])
    )
  }
})

const withoutNotes = (xmd: Xmd.Xmd | undefined): Xmd.Xmd | undefined => {
  if (!Xmd.isMapping(xmd)) return xmd
  const rest = new Map([...xmd].filter(([key]) => key !== "mbs"))
  return rest.size === 0 ? undefined : rest
}
