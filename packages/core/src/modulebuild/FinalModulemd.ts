/**
 * What a finished module build delivers: the packages that survive its filter, and one modulemd document for each
 * architecture, with the artifacts and the licences of the packages filled in.
 *
 * As in the modulemd specification, `filter` names binary packages by name, debug packages follow the package they belong
 * to, and components built for the build only (`buildonly`) deliver nothing.
 */
import type { Artifact } from "../farm/Artifact.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as Nevra from "../Nevra.ts"
import { type ModuleBuild, planOf } from "./ModuleBuild.ts"

/** A modulemd document for one architecture. */
export interface Document {
  /** `name:stream:version:context:arch`. */
  readonly id: string
  readonly text: string
}

/** Everything that a finished build hands over. */
export interface Deliverables {
  readonly packages: ReadonlyArray<Artifact>
  readonly documents: ReadonlyArray<Document>
}

interface Package {
  readonly artifact: Artifact
  readonly name: string
  readonly arch: string
}

const debug = /-(debuginfo|debugsource)$/

/**
 * What a build delivers: packages in the order of its components, and a document for each architecture of the plan.
 * Throws where an artifact is no NEVRA, which no farm may report.
 */
export const deliverables = (build: ModuleBuild): Deliverables => {
  const packages = [...build.components.values()]
    .filter(({ name }) => planOf(build, name)?.buildOnly === false)
    .flatMap(({ artifacts }) => artifacts)
    .map((artifact): Package => {
      const { arch, name } = Nevra.parseUnsafe(artifact.nevra)
      return { artifact, name, arch }
    })
    .filter(({ arch, name }) =>
      arch !== "src" && arch !== "nosrc"
      && !build.plan.filter.includes(name) && !build.plan.filter.includes(name.replace(debug, ""))
    )
  return {
    packages: packages.map(({ artifact }) => artifact),
    documents: build.plan.arches.map((arch) => document(build, arch, packages))
  }
}

const document = (build: ModuleBuild, arch: string, packages: ReadonlyArray<Package>): Document => {
  const { context, name, stream, version } = build.plan
  const included = packages.filter((one) => one.arch === arch || one.arch === "noarch")
  const licenses = [...new Set(included.flatMap(({ artifact }) => artifact.license ?? []))].sort()
  const planned = streamOf(build)
  const final: ModuleStreamV2 = {
    ...withoutBuilder(planned),
    arch,
    license: { module: planned.license.module, content: licenses },
    artifacts: { rpms: included.map(({ artifact }) => artifact.nevra).sort(), rpmMap: new Map() }
  }
  return { id: `${name}:${stream}:${version}:${context}:${arch}`, text: Modulemd.write(final) }
}

/**
 * The document of the plan. It was written by `ModulePlanning`, so it is a stream; throws `Error` for a plan that holds
 * none.
 */
export const streamOf = (build: ModuleBuild): ModuleStreamV2 => {
  const found = Modulemd.read(build.plan.modulemd).documents.find((one) => one._tag === "ModuleStreamV2")
  if (found === undefined) throw new Error(`the plan of module build ${build.id} holds no module stream`)
  return found
}

/** A document without how it was built: the builder's notes in `xmd.mbs`, and where the sources of packages come from. */
export const withoutBuilder = (planned: ModuleStreamV2): ModuleStreamV2 => ({
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
