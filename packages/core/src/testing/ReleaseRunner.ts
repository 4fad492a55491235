/** Carries a release out at a repository host without a store or a queue: for tests, examples and measurements. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as RepositoryStepping from "../engine/release/RepositoryStepping.ts"
import * as LifeApplication from "../life/LifeApplication.ts"
import type { Interface } from "../ports/RepositoryHost.ts"
import type { Release } from "../release/Release.ts"
import type { ReleaseCommand, ReleaseEvent } from "../release/ReleaseEvent.ts"
import { releaseLife } from "../release/ReleaseLife.ts"

/** What an event is before it has a time. */
export type Told = RepositoryStepping.Outcome

const perform = (host: Interface, release: Release, command: ReleaseCommand) => {
  switch (command._tag) {
    case "TakeLocks":
      return Effect.succeed<ReadonlyArray<Told>>([{ _tag: "LocksTaken" }])
    case "RunStep":
      return RepositoryStepping.run(host, release, command.repository, command.step)
    default:
      return Effect.succeed<ReadonlyArray<Told>>([])
  }
}

/**
 * The release after these events and all that follows from them, commands side by side. Dies where an event is refused; fails where the
 * host says that trying again could help. Plans are among the events: `MakePlan` does nothing here.
 */
export const carryOut = Effect.fnUntraced(function*(host: Interface, before: Release, events: ReadonlyArray<Told>) {
  let release = before
  let pending: Array<ReleaseCommand> = []
  const tell = (told: Told) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      const event = { ...told, at } as ReleaseEvent
      const { change } = Result.getOrThrow(LifeApplication.apply(releaseLife, release, [event]))
      release = change.state
      pending.push(...change.commands.map(({ command }) => command))
    })
  for (const event of events) yield* tell(event)
  while (pending.length > 0) {
    const now = pending
    pending = []
    const current = release
    const outcomes = yield* Effect.forEach(now, (command) => perform(host, current, command), { concurrency: 8 })
    for (const outcome of outcomes.flat()) yield* tell(outcome)
  }
  return release
})
