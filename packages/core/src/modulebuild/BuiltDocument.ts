/**
 * The document of a module build as it stands now: as it was planned, and with what came to light since, where the Module Build
 * Service notes it: the commit that each component is built from (`xmd.mbs.rpms`), and what has to stay out of the buildroot
 * (`filtered_rpms`, `ursine_rpms`).
 */
import type { KeptOut } from "../farm/Buildroot.ts"
import * as Modulemd from "../modulemd/Modulemd.ts"
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as XmdBuildrequires from "../resolution/XmdBuildrequires.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ModulePlan } from "./ModulePlan.ts"

/** Commits by component; `null` for one that is built from an uploaded source package. */
export type Refs = Readonly<Record<string, string | null>>

const streamOf = (text: string): ModuleStreamV2 | undefined =>
  Modulemd.read(text).documents.find((one): one is ModuleStreamV2 => one._tag === "ModuleStreamV2")

/** Returns what the components of a build are built from, by name, as far as it is known; never fails. */
export const refsOf = ({ components, plan }: ModuleBuild): Refs => {
  const uploaded = new Set(plan.components.filter(({ srpm }) => srpm !== undefined).map(({ name }) => name))
  return Object.fromEntries(
    [...components.values()].flatMap(({ commit, name }): ReadonlyArray<readonly [string, string | null]> =>
      uploaded.has(name) ? [[name, null]] : commit === undefined ? [] : [[name, commit]]
    )
  )
}

const mapping = (node: Xmd.Xmd | undefined): ReadonlyMap<string, Xmd.Xmd> => Xmd.isMapping(node) ? node : new Map()

const noted = (stream: ModuleStreamV2, refs: Refs): ModuleStreamV2 => {
  const mbs = mapping(Xmd.get(stream.xmd, "mbs"))
  const rpms = new Map(mapping(mbs.get("rpms")))
  for (const [name, ref] of Object.entries(refs)) {
    rpms.set(name, new Map([...mapping(rpms.get(name)), ["ref", Xmd.fromJson(ref)]]))
  }
  return { ...stream, xmd: new Map([...mapping(stream.xmd), ["mbs", new Map([...mbs, ["rpms", rpms]])]]) }
}

const knows = (stream: ModuleStreamV2, refs: Refs): boolean =>
  Object.entries(refs).every(([name, ref]) => Xmd.get(stream.xmd, "mbs", "rpms", name, "ref") === Xmd.fromJson(ref))

/** A plan that says what has to stay out of its buildroot, as far as the farm told; in its document, too. */
export const withKeptOut = (plan: ModulePlan, { filtered, platform }: KeptOut): ModulePlan => {
  const buildrequires = Object.fromEntries(
    Object.entries(plan.buildrequires).map(([name, one]) => [
      name,
      { ...one, filteredRpms: Object.hasOwn(filtered, name) ? filtered[name]! : [] }
    ])
  )
  const stream = streamOf(plan.modulemd)
  if (stream === undefined) return { ...plan, buildrequires }
  const mbs = new Map([
    ...mapping(Xmd.get(stream.xmd, "mbs")),
    ["buildrequires", Xmd.fromJson(XmdBuildrequires.toXmd(buildrequires))] as const,
    ...(platform === undefined ? [] : [["ursine_rpms", Xmd.fromJson(platform)] as const])
  ])
  const xmd = new Map([...mapping(stream.xmd), ["mbs", mbs] as const])
  return { ...plan, buildrequires, modulemd: Modulemd.write({ ...stream, xmd }) }
}

/** A document's text with these commits noted; the very text where it says them already, or is no module stream. */
export const withRefs = (text: string, refs: Refs): string => {
  const entries = Object.entries(refs)
  if (entries.length === 0) return text
  const stream = streamOf(text)
  return stream === undefined || knows(stream, refs) ? text : Modulemd.write(noted(stream, refs))
}

/** The document of a build with what its components are built from; `undefined` where the plan holds no module stream. */
export const stream = (build: ModuleBuild): ModuleStreamV2 | undefined => {
  const planned = streamOf(build.plan.modulemd)
  return planned === undefined ? undefined : noted(planned, refsOf(build))
}

/** The text of the same; the plan's own where it holds no module stream. */
export const text = (build: ModuleBuild): string => withRefs(build.plan.modulemd, refsOf(build))
