/** What the commands about module builds share: their arguments, and the line that tells of one build. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"

/** The argument `id`. */
export const id = Argument.Int("id").pipe(Argument.withDescription("Number of the module build"))

/** The argument `component`. */
export const component = Argument.String("component").pipe(Argument.withDescription("Name of a component"))

/** The flag `--watch`. */
export const watch = Flag.Boolean("watch").pipe(
  Flag.withDescription("Stay until it has ended; 0 only if it is ready"),
  Flag.withDefault(false)
)

/** One line: number, state and why it is in it. */
export const line = (
  { id, state, state_reason }: { readonly id: number; readonly state: string; readonly state_reason: string }
): string => `module build ${id} is in ${state}: ${state_reason}`
