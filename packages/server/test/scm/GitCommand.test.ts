/** Which git server is said to be away. */
import { assert, describe, it } from "@effect/vitest"
import { SourceControlError } from "@orch/core/ports/SourceControl"
import * as GitCommand from "@orch/server/scm/GitCommand"

describe("a git server that does not answer", () => {
  const cases: ReadonlyArray<readonly [repository: string, away: string | undefined]> = [
    ["https://git.example.org/rpms/foo", "the git server git.example.org"],
    ["git+https://git.example.org:8443/rpms/foo", "the git server git.example.org"],
    ["https://[2001:db8::1]/rpms/foo", "the git server [2001:db8::1]"],
    ["https://[2001:db8::1]:8443/rpms/foo", "the git server [2001:db8::1]"],
    ["file:///srv/git/foo", undefined]
  ]
  for (const [repository, away] of cases) {
    it(`is ${away ?? "none"} for ${repository}, and keeps its message`, () => {
      const error = new SourceControlError({
        reason: "unreachable",
        what: "repository",
        repository,
        message: "no end after 60 s"
      })
      const told = GitCommand.away(error)
      assert.deepStrictEqual([told.away, told.message], [away, error.message])
    })
  }
})
