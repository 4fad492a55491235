/**
 * What one buildroot is called at the hub: destination tag, build tag and target, as the Module Build Service names them.
 *
 * The port carries a buildroot as one string, so the string must lead back to all names: the tag, and after a blank, which no
 * name can contain, the target where a length limit made it differ.
 */
import type { Buildroot, BuildrootPlan } from "@orch/core/ports/BuildSystem"
import * as TagPlan from "@orch/core/resolution/TagPlan"

/** The names of one buildroot at the hub. */
export interface BuildrootNames {
  /** Where the module's builds go. */
  readonly tag: string
  /** Whose repository the components are built in. */
  readonly buildTag: string
  readonly target: string
}

const nameRule = /^[A-Za-z0-9/_.+-]+$/

/** Scratch builds may repeat everything but their key, so its number, or its safe characters, tells them apart. */
const scratchId = (key: string): number | null => {
  const digits = /(\d{1,15})$/.exec(key)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** The names for a plan: the same plan always gives the same ones. */
export const ofPlan = (plan: BuildrootPlan): BuildrootNames => {
  const { context, key, name, scratch, stream, version } = plan
  const subject = { name, stream, version, context, scratch, ...(scratch ? { id: scratchId(key) } : {}) }
  // A stream may hold characters that Koji's names cannot.
  const safe = (text: string) => nameRule.test(text) ? text : text.replace(/[^A-Za-z0-9/_.+-]/g, "_")
  return {
    tag: safe(TagPlan.tag(subject)),
    buildTag: safe(TagPlan.buildTag(subject)),
    target: safe(TagPlan.target(subject))
  }
}

/**
 * Where an earlier pass over a package is built, see `Pass`: a build tag of its own, which inherits the module's and has macros
 * of its own, and a target of its own. Its builds go where all of the module's go.
 */
export const ofPass = (names: BuildrootNames, pass: number | undefined): BuildrootNames =>
  pass === undefined ? names : {
    tag: names.tag,
    buildTag: `${names.tag}-pass${pass}-build`,
    target: `${names.target}-pass${pass}`
  }

/** The names of all that is made for a plan: its own, and those of its passes. */
export const allOf = (plan: BuildrootPlan): ReadonlyArray<BuildrootNames> => {
  const names = ofPlan(plan)
  return [names, ...Array.from({ length: plan.passes ?? 0 }, (_, index) => ofPass(names, index + 1))]
}

/** The destination tag that a build tag belongs to; any other tag is its own. */
export const tagOf = (tag: string): string => tag.replace(/(?:-pass\d+)?-build$/, "")

/** The buildroot as the port knows it. `ofBuildroot` finds the names again from its id. */
export const toBuildroot = (key: string, { tag, target }: BuildrootNames): Buildroot => ({
  key,
  id: tag === target ? tag : `${tag} ${target}`
})

/** The names that an id of a buildroot leads back to. */
export const ofBuildroot = (id: string): BuildrootNames => {
  const [tag = "", target = tag] = id.split(" ")
  return { tag, buildTag: `${tag}-build`, target }
}
