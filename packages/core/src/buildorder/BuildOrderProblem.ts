/**
 * Everything that can be wrong with the order of components, as data that names the components concerned.
 *
 * The rules are those of the modulemd specification (`buildorder` and `buildafter` exclude each other within a stream,
 * names in `buildafter` must exist); that a cycle is an error is ours, libmodulemd accepts it and nobody could build it.
 */
import * as Data from "effect/Data"

/** One thing that is wrong with an order, told apart by `_tag`. `format` has a sentence for each. */
export type BuildOrderProblem =
  /** The name stands under `kind`s twice, or in an included module as well. */
  | { readonly _tag: "DuplicateComponent"; readonly component: string; readonly kind: "rpm" | "module" }
  | { readonly _tag: "InvalidBuildorder"; readonly component: string; readonly buildorder: number }
  | { readonly _tag: "BuildafterInModule"; readonly component: string }
  | { readonly _tag: "MixedInComponent"; readonly component: string; readonly buildorder: bigint }
  /** Offenders in the order given: some with a `buildorder` other than 0, others with a `buildafter`. */
  | {
    readonly _tag: "MixedInStream"
    readonly withBuildorder: ReadonlyArray<string>
    readonly withBuildafter: ReadonlyArray<string>
  }
  | {
    readonly _tag: "UnknownPrerequisite"
    readonly component: string
    readonly prerequisite: string
    /** The key that was probably meant. */
    readonly suggestion: string | undefined
  }
  /** Each is built after the next; first and last are the same. */
  | { readonly _tag: "Cycle"; readonly path: ReadonlyArray<string> }

/** Why components cannot be ordered: every problem found, at least one. */
export class UnorderableComponents extends Data.TaggedError("UnorderableComponents")<{
  readonly problems: readonly [BuildOrderProblem, ...ReadonlyArray<BuildOrderProblem>]
}> {
  override get message(): string {
    return this.problems.map(format).join("; ")
  }
}

/** One sentence for people, without a full stop, with the names of all components concerned. */
export const format = (problem: BuildOrderProblem): string => {
  switch (problem._tag) {
    case "DuplicateComponent":
      return `the ${problem.kind} component ${problem.component} is listed more than once`
    case "InvalidBuildorder":
      return `the buildorder of ${problem.component} is ${problem.buildorder}, which is not an integer`
    case "BuildafterInModule":
      return `${problem.component} is a module component: only rpm components can have a buildafter`
    case "MixedInComponent":
      return `${problem.component} has both a buildorder (${problem.buildorder}) and a buildafter: use one of them`
    case "MixedInStream":
      return `buildorder (of ${problem.withBuildorder.join(", ")}) and buildafter (of ${
        problem.withBuildafter.join(", ")
      }) cannot be mixed in one stream`
    case "UnknownPrerequisite":
      return `${problem.component} is to be built after ${problem.prerequisite}, which is no rpm component here${
        problem.suggestion === undefined ? "" : `: did you mean ${problem.suggestion}?`
      }`
    case "Cycle":
      return `components are built after each other in a circle: ${problem.path.join(" -> ")}`
  }
}
