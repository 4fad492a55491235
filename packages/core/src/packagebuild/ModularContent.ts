/** What a module says of itself when its packages exist: which of them it offers, and which are for developers. */
import * as Arch from "../Arch.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import * as Upgrade from "../modulemd/ModulemdUpgrade.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Nevra from "../Nevra.ts"
import type { PlanModule } from "./PackagePlan.ts"
import * as Prebuilt from "./Prebuilt.ts"

/** A document with its artifacts filled in. */
export interface Content {
  /** `name:stream:version:context:arch`. */
  readonly id: string
  readonly text: string
}

/** One package that was built for the module. */
export interface Built {
  readonly nevra: Nevra.Nevra
  readonly license?: string
  /** Taken along from the other architecture. */
  readonly multilib?: boolean
}

/**
 * The documents of one architecture: the module's and, where it has one, its development twin's.
 *
 * What `filter` names goes to the twin alone (source packages to both); everything else to the module. Multilib packages are
 * offered in any case. Without a twin, what is filtered is not offered. What the plan's document has of earlier builds is offered
 * besides.
 */
export const make = (module: PlanModule, arch: string, made: ReadonlyArray<Built>): ReadonlyArray<Content> => {
  const main = streamOf(module.modulemd)
  const built: ReadonlyArray<Built> = [
    ...made,
    ...Prebuilt.forArch(main.artifacts.rpms, arch).map((nevra) => ({ nevra }))
  ]
  const filtered = new Set(main.filter)
  const offered = built.filter(({ multilib, nevra }) =>
    multilib === true || Arch.isSource(nevra.arch) || !filtered.has(nevra.name)
  )
  const devel = built.filter(({ multilib, nevra }) => multilib !== true && filtered.has(nevra.name))
  return [
    content(main, arch, offered),
    ...(module.devel === undefined ? [] : [content(streamOf(module.devel.modulemd), arch, devel)])
  ]
}

const content = (planned: ModuleStreamV2, arch: string, built: ReadonlyArray<Built>): Content => {
  const document: ModuleStreamV2 = {
    ...planned,
    arch,
    license: { ...planned.license, content: [...new Set(built.flatMap(({ license }) => license ?? []))].sort() },
    artifacts: { rpms: [...new Set(built.map(({ nevra }) => Nevra.format(nevra)))].sort(), rpmMap: new Map() }
  }
  const { context, name, stream, version } = document
  return { id: [name, stream, version, context, arch].join(":"), text: Modulemd.write(document) }
}

/** The document of a plan. It was written by `ModularPlanning`, so it is a stream. */
const streamOf = (text: string): ModuleStreamV2 => {
  const found = Modulemd.read(text).documents.flatMap((one) => Upgrade.toStream(one) ?? [])[0]
  if (found === undefined) throw new Error("the plan of a package build holds no module stream")
  return found
}
