/** One repository that a package is to go to, and why: how much is known about it, from whom. */
import * as Schema from "effect/Schema"

/** How sure it is, best first: people said so, it lay there before, another distribution has it there, a rule, nobody knows. */
export const trusts = ["edited", "released", "reference", "rule", "source", "unknown"] as const

export const Trust = Schema.Literals(trusts)
/** How much is known about a placement. */
export type Trust = typeof Trust.Type

export const Reason = Schema.Union([
  /** People placed it. */
  Schema.TaggedStruct("Edited", { by: Schema.String, why: Schema.String }),
  /** A package of this name and architecture lies there. */
  Schema.TaggedStruct("Released", { nevra: Schema.String, repository: Schema.String }),
  /** This stream of the module, or another one, lies there. */
  Schema.TaggedStruct("ReleasedModule", { module: Schema.String, repository: Schema.String }),
  /** Another distribution has it there. */
  Schema.TaggedStruct("Reference", {
    platform: Schema.String,
    matched: Schema.Literals(["exact", "closest", "version", "name"])
  }),
  Schema.TaggedStruct("Rule", { names: Schema.String }),
  /** It belongs to a package that goes there: debug packages, sources, other packages of one source. */
  Schema.TaggedStruct("Follows", { name: Schema.String }),
  /** It belongs to a module that goes there. */
  Schema.TaggedStruct("Module", { module: Schema.String }),
  /** Nobody knows it; the platform has a family for such packages. */
  Schema.TaggedStruct("Fallback", {})
])
/** Why a package goes to a repository. */
export type Reason = typeof Reason.Type

export const Placement = Schema.Struct({
  repository: Schema.String,
  trust: Trust,
  because: Reason,
  /** What the repository holds of it: nothing, this very file, another file of the same name, or a file nobody can compare. */
  there: Schema.Literals(["nothing", "same", "other", "unknown"])
})
/** A repository that a package goes to. */
export type Placement = typeof Placement.Type

/** A family and why; the repository follows from the architecture. */
export interface FamilyChoice {
  readonly family: string
  readonly trust: Trust
  readonly because: Reason
}

const ranks: ReadonlyMap<Trust, number> = new Map(trusts.map((trust, index) => [trust, index]))

/** The choice that is known best of each family, in the order of the families' names. */
export const best = (choices: ReadonlyArray<FamilyChoice>): ReadonlyArray<FamilyChoice> => {
  const chosen = new Map<string, FamilyChoice>()
  for (const choice of choices) {
    const known = chosen.get(choice.family)
    if (known === undefined || ranks.get(choice.trust)! < ranks.get(known.trust)!) chosen.set(choice.family, choice)
  }
  return [...chosen.values()].sort((a, b) => a.family < b.family ? -1 : 1)
}
