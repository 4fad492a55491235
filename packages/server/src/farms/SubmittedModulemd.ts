/**
 * Gives a repository host the modulemd as people wrote it, for those that keep it beside the one that was built.
 *
 * It is read again from source control, at the commit of the build. A file that cannot be had any more is left out: the module
 * is built and wanted all the same. A source control that does not answer is asked again.
 */
import { type Interface, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import type { Interface as SourceControl } from "@orch/core/ports/SourceControl"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Effect from "effect/Effect"

/** As much as a submission takes. */
const maxBytes = 1 << 20

const read = (sources: SourceControl, scmurl: string): Effect.Effect<string | undefined, RepositoryHostError> =>
  Effect.fromResult(ScmUrl.parse(scmurl)).pipe(
    Effect.flatMap((url) =>
      sources.readFile({
        repository: ScmUrl.repositoryUrl(url),
        commit: url.ref ?? "",
        path: ScmUrl.modulemdPath(url),
        maxBytes
      })
    ),
    Effect.flatMap((bytes) => Effect.try(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))),
    Effect.catch((error) =>
      error._tag === "SourceControlError" && error.isRetryable
        ? Effect.fail(
          new RepositoryHostError({
            reason: "unreachable",
            operation: "change",
            message: error.message,
            away: error.away
          })
        )
        : Effect.as(Effect.logWarning(`The submitted modulemd of ${scmurl} is left out`, error), undefined)
    )
  )

export const host = (self: Interface, sources: SourceControl): Interface => ({
  ...self,
  change: Effect.fnUntraced(function*(name, change) {
    const { origin } = change
    if (origin?.scmurl === undefined) return yield* self.change(name, change)
    const submitted = yield* read(sources, origin.scmurl)
    return yield* self.change(name, {
      ...change,
      origin: { ...origin, ...(submitted === undefined ? {} : { submitted }) }
    })
  })
})
