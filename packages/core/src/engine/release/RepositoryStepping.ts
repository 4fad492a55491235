/**
 * Takes one step of a release at a repository host. What can never be done is told as such, so that the release turns back; what may pass
 * is left to whoever runs commands again.
 */
import * as Effect from "effect/Effect"
import type * as Life from "../../life/Life.ts"
import { type Content, type Interface, RepositoryHostError, type Staging } from "../../ports/RepositoryHost.ts"
import { changeKey, type Release } from "../../release/Release.ts"
import * as ReleaseAdvisory from "../../release/ReleaseAdvisory.ts"
import type { ReleaseEvent } from "../../release/ReleaseEvent.ts"
import type { Addition, Ready, RepositoryRelease, Step } from "../../release/RepositoryRelease.ts"

/** What came of a step: an event without its time. */
export type Outcome = Life.Outcome<ReleaseEvent>

const contentOf = (addition: Addition): Content => {
  if (addition._tag === "Module") return { _tag: "Modulemd", id: addition.module.id, text: addition.module.text }
  const { location, nevra, sha256 } = addition.package
  return { _tag: "Package", nevra, location, sha256 }
}

/** What the repository tells of the release, where people said something. */
const advisoriesOf = ({ createdAt, erratum }: Release, { additions }: RepositoryRelease) => {
  if (erratum === undefined) return {}
  const found = ReleaseAdvisory.make(
    erratum,
    createdAt,
    additions.flatMap((one) => one._tag === "Package" ? [one.package] : []),
    additions.flatMap((one) => one._tag === "Module" ? [one.module] : [])
  )
  return found === undefined ? {} : { advisories: [found] }
}

const readyOf = ({ reference, revision }: Ready): Ready => ({ reference, revision })

const unknown = (operation: string, name: string) =>
  new RepositoryHostError({
    reason: "rejected",
    operation,
    message: `the release has not noted what it needs of ${name}`
  })

const take = Effect.fnUntraced(function*(
  host: Interface,
  staging: Staging,
  release: Release,
  one: RepositoryRelease,
  step: Step
): Effect.fn.Return<Outcome, RepositoryHostError> {
  const repository = one.name
  switch (step) {
    case "look": {
      const { revision } = yield* host.ensure(repository)
      const shown = yield* staging.shown(repository)
      return { _tag: "Looked", repository, revision, shown: shown === undefined ? null : readyOf(shown) }
    }
    case "change": {
      const change = {
        key: changeKey(release, "forward"),
        add: one.additions.map(contentOf),
        remove: [],
        ...advisoriesOf(release, one)
      }
      return { _tag: "Changed", repository, revision: (yield* host.change(repository, change)).revision }
    }
    case "prepare":
      return { _tag: "Prepared", repository, ready: readyOf(yield* staging.prepare(repository)) }
    case "show": {
      if (one.ready === undefined) return yield* unknown(step, repository)
      yield* staging.show({ name: repository, ...one.ready })
      return { _tag: "Shown", repository }
    }
    case "check":
      return { _tag: "Checked", repository, revision: (yield* host.ensure(repository)).revision }
    case "cover": {
      if (one.before === undefined) return yield* unknown(step, repository)
      const { shown } = one.before
      yield* shown === null ? staging.hide(repository) : staging.show({ name: repository, ...shown })
      return { _tag: "Covered", repository }
    }
    case "restore": {
      if (one.before === undefined) return yield* unknown(step, repository)
      const key = changeKey(release, "back")
      return {
        _tag: "Restored",
        repository,
        revision: (yield* staging.restore(repository, one.before.revision, key)).revision
      }
    }
  }
})

/**
 * Takes the step where it is the one under way, and tells what came of it; nothing where it is no longer wanted. Fails only where
 * trying again can help.
 */
export const run = (
  host: Interface,
  release: Release,
  repository: string,
  step: Step
): Effect.Effect<ReadonlyArray<Outcome>, RepositoryHostError> => {
  const one = release.repositories.get(repository)
  if (one?.running !== step) return Effect.succeed([])
  const failed = (reason: string): ReadonlyArray<Outcome> => [{ _tag: "StepFailed", repository, step, reason }]
  if (host.staging === undefined) {
    return Effect.succeed(failed("this repository host keeps no publications ready and cannot go back"))
  }
  return take(host, host.staging, release, one, step).pipe(
    Effect.map((outcome) => [outcome]),
    Effect.catchIf((error) => !error.isRetryable, ({ message }) => Effect.succeed(failed(message)))
  )
}
