/** Does what signings ask for: puts signed packages where the unsigned ones were, and tells the build. */
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Outcome } from "@orch/core/life/Life"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { RepositoryHost, type RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import { Signings } from "@orch/core/ports/signing/Signings"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Signing } from "@orch/core/signing/Signing"
import type { SigningCommand, SigningEvent } from "@orch/core/signing/SigningEvent"
import { signingLife } from "@orch/core/signing/SigningLife"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as BuildRepositories from "../packagebuilds/BuildRepositories.ts"
import { SignKeys } from "./SignKeys.ts"

type Event = Outcome<SigningEvent>

/** A signer that has had a request for so long is not heard of any more. Milliseconds. */
const signerMillis = 60 * 60_000

const perform = Effect.gen(function*() {
  const host = yield* RepositoryHost
  const store = yield* ArtifactStore
  const builds = yield* PackageBuilds

  /** The build has the signed packages from now on; the key lets it take them once. */
  const show = Effect.fnUntraced(function*(
    signing: Signing,
    signed: ReadonlyArray<{ readonly from: string; readonly to: string; readonly sha256?: string | undefined }>
  ) {
    const at = yield* Clock.currentTimeMillis
    const artifacts = signed.map(({ from, sha256, to }) => ({ from, to, ...(sha256 === undefined ? {} : { sha256 }) }))
    yield* builds.apply(signing.plan.build, [{
      key: `signing/${signing.id}`,
      event: { _tag: "Signed", at, key: signing.plan.key.id, artifacts }
    }]).pipe(Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void))
  })

  const importSigned = Effect.fnUntraced(function*(signing: Signing) {
    const build = yield* builds.get(signing.plan.build).pipe(
      Effect.map(({ state }) => state),
      Effect.catchTag("ProcessNotFound", () => Effect.undefined)
    )
    const refused = (reason: string): ReadonlyArray<Event> => [{ _tag: "ImportRefused", reason }]
    if (build === undefined || build.state === "removed") return refused("The build is no longer there")
    const signed = signing.plan.packages.flatMap(({ href: from, name }) => {
      const brought = signing.packages.get(name)
      return brought?.href === undefined
        ? []
        : [{ from, name, to: brought.href, ...(brought.sha256 === undefined ? {} : { sha256: brought.sha256 }) }]
    })
    return yield* BuildRepositories.replace(
      host,
      store,
      build,
      `signing-${signing.id}`,
      signed,
      signing.plan.key.keyId
    ).pipe(
      // Before the signing is done: who sees that it is finds the signed packages in the build.
      Effect.andThen(show(signing, signed)),
      Effect.as<ReadonlyArray<Event>>([{
        _tag: "Imported",
        packages: signed.map(({ name, sha256, to }) => ({
          name,
          href: to,
          ...(sha256 === undefined ? {} : { sha256 })
        }))
      }]),
      Effect.catchTag("ArtifactsUnusable", ({ message }) => Effect.succeed(refused(message))),
      Effect.catchIf(
        (error) => error._tag === "RepositoryHostError" && !error.isRetryable,
        ({ message }) => Effect.succeed(refused(message))
      )
    )
  })

  /** Once done, again: what was imported by an earlier version has not been shown by then. */
  const tell = Effect.fnUntraced(function*(signing: Signing) {
    yield* show(
      signing,
      signing.plan.packages.flatMap(({ href: from, name }) => {
        const signed = signing.packages.get(name)
        return signed?.href === undefined ? [] : [{ from, to: signed.href, sha256: signed.sha256 }]
      })
    )
    const nothing: ReadonlyArray<Event> = []
    return nothing
  })

  return (
    signing: Signing,
    command: SigningCommand
  ): Effect.Effect<ReadonlyArray<Event>, RepositoryHostError | StoreUnavailable> => {
    switch (command._tag) {
      case "ImportSigned":
        return signing.state === "importing" ? importSigned(signing) : Effect.succeed([])
      case "TellBuild":
        return tell(signing)
    }
  }
})

/** Gives what signers have had for too long to others. */
const lapse = Effect.gen(function*() {
  const keys = yield* SignKeys
  const signings = yield* Signings
  const at = yield* Clock.currentTimeMillis
  const lapsed = yield* keys.lapsed(at - signerMillis)
  yield* Effect.forEach(lapsed, (id) =>
    signings.apply(id, [{ key: undefined, event: { _tag: "Lapsed", at } }]).pipe(
      Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
    ), { discard: true })
})

/** Works on signings for as long as the server lives. */
export const workers = (options: CommandWorkers.Options) =>
  Layer.effectDiscard(
    Effect.gen(function*() {
      const run = CommandInterpreter.interpreter(yield* Signings, yield* perform)
      yield* CommandWorkers.work(signingLife, run, options)
      yield* Upkeep.repeating({ failed: "Lapsed signings could not be ended", interval: 60_000 }, lapse)
    })
  )
