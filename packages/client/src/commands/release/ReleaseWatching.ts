/** Follows a release until people have to decide or nothing more happens: a line for each change. */
import type { ReleaseDetail } from "@orch/api/orch/ReleasesApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as ReleaseText from "./ReleaseText.ts"

const moving: ReadonlySet<ReleaseDetail["state"]> = new Set(["planning", "waiting", "committing", "reverting"])

/** Lines that differ from before. */
export const changes = (before: ReleaseDetail | undefined, now: ReleaseDetail): ReadonlyArray<string> => {
  const lines = (release: ReleaseDetail) => [
    ReleaseText.line(release),
    ...release.repositories.map(ReleaseText.repositoryLine)
  ]
  const known = new Set(before === undefined ? [] : lines(before))
  return lines(now).filter((line) => !known.has(line))
}

/**
 * Asks every second until it moves no more. Fails with `CommandFailed` (1) when it failed, or is planned and something stands in the
 * way.
 */
export const watch = Effect.fnUntraced(function*(client: OrchClient["Service"], id: number, json: boolean) {
  let before: ReleaseDetail | undefined
  for (;;) {
    const now = yield* client.releases.get({ params: { id: `${id}` } })
    const lines = changes(before, now)
    if (lines.length > 0) yield* Console.log(json ? JSON.stringify(now) : lines.join("\n"))
    before = now
    if (!moving.has(now.state)) break
    yield* Effect.sleep("1 second")
  }
  if (before.state === "failed" || before.state === "planned" && before.blocks > 0) {
    return yield* new CommandFailed({ exitCode: 1, message: `release ${id}: ${before.state_reason}` })
  }
})
