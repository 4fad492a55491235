/** Takes commands of one life from its queue and has them run, several at a time. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Life from "../life/Life.ts"
import { CommandQueues } from "../ports/CommandQueue.ts"
import type { Run } from "./CommandInterpreter.ts"

/** How a life's commands are worked on. */
export interface Options {
  /** Commands run side by side in this server process; they wait for the farm most of the time. */
  readonly concurrency: number
}

/**
 * Has workers take and run the commands of a life, in the background, for as long as the scope lives; commands under
 * way are given back when it ends.
 */
export const work = <L extends Life.Any, E>(
  life: L,
  run: Run<L, E>,
  { concurrency }: Options
): Effect.Effect<void, never, CommandQueues | Scope.Scope> =>
  Effect.gen(function*() {
    const queue = yield* (yield* CommandQueues).of(life)
    const one = queue.take(run).pipe(
      Effect.catchCause((cause) =>
        Effect.logWarning("A command failed and will be tried again", cause).pipe(
          Effect.annotateLogs({ life: life.name })
        )
      ),
      Effect.forever
    )
    for (let worker = 0; worker < concurrency; worker++) yield* Effect.forkScoped(one)
  })
