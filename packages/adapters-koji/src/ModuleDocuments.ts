/**
 * The documents of a module that is imported into Koji: as it was planned, and for each architecture as users get it.
 *
 * Pure. A module has two forms: the module itself, and its `-devel` complement with the packages that its filter keeps from
 * users, which requires the module and has neither an API nor profiles of its own. Both follow the Module Build Service.
 */
import { withoutBuilder } from "@orch/core/modulebuild/FinalModulemd"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as ModuleArtifacts from "@orch/core/resolution/ModuleArtifacts"

/** What a document says of packages is taken from these. */
export type Packages = ReadonlyArray<ModuleArtifacts.Rpm>

export const read = (text: string): ModuleStreamV2 | undefined =>
  Modulemd.read(text).documents.find((document): document is ModuleStreamV2 => document._tag === "ModuleStreamV2")

/** Names of packages of components that are only built to build others; they count as filtered. */
const buildOnly = (planned: ModuleStreamV2, packages: Packages): ReadonlyArray<string> =>
  packages.filter(({ arch, srpmName }) => arch !== "src" && planned.components.rpms.get(srpmName)?.buildonly === true)
    .map(({ name }) => name)

/** The document with all names that its filter stands for. */
export const filtered = (planned: ModuleStreamV2, packages: Packages): ModuleStreamV2 => {
  const names = buildOnly(planned, packages).filter((name) => !planned.filter.includes(name))
  return names.length === 0
    ? planned
    : { ...planned, filter: [...new Set([...planned.filter, ...names])].sort() }
}

/** The `-devel` complement's name for it; nothing else is different yet. */
export const renamed = (planned: ModuleStreamV2): ModuleStreamV2 => ({ ...planned, name: `${planned.name}-devel` })

const asDevel = (planned: ModuleStreamV2): ModuleStreamV2 => ({
  ...renamed(planned),
  dependencies: planned.dependencies.map(({ buildrequires, requires }) => ({
    buildrequires,
    requires: new Map([...requires, [planned.name ?? "", [planned.stream ?? ""]]])
  })),
  api: [],
  profiles: new Map()
})

const rules = (planned: ModuleStreamV2): ModuleArtifacts.Rules => ({
  filter: planned.filter,
  whitelist: planned.buildopts.rpms.whitelist,
  components: Object.fromEntries(
    [...planned.components.rpms].map(([name, { multilib }]) => [name, { multilib }])
  )
})

/** The document for one architecture, with the packages and licences that belong to it there. */
export const forArch = (planned: ModuleStreamV2, packages: Packages, arch: string, devel: boolean): ModuleStreamV2 => {
  const { licenses, rpms } = ModuleArtifacts.select(packages, rules(planned), arch, devel)
  const published = withoutBuilder(devel ? asDevel(planned) : planned)
  return {
    ...published,
    arch,
    license: { module: published.license.module, content: licenses },
    artifacts: { rpms, rpmMap: new Map() }
  }
}
