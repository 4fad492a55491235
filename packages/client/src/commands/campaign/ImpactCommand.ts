/** `orch impact`: what would have to be rebuilt at most if something changed. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Connection from "../Connection.ts"
import * as CampaignText from "./CampaignText.ts"

/** What changed: `subject`, `--ref` and `--commit`. */
export const change = {
  subject: Argument.String("subject").pipe(
    Argument.withDescription("rpms/NAME, modules/NAME, or a module as NAME:STREAM")
  ),
  ref: Flag.String("ref").pipe(Flag.withDescription("Branch that moved; any without it"), Flag.optional),
  commit: Flag.String("commit").pipe(
    Flag.withDescription("Commit of a module's repository to build from"),
    Flag.optional
  )
}

/** The change as it is sent. */
export const cause = (
  { commit, ref, subject }: {
    readonly subject: string
    readonly ref: Option.Option<string>
    readonly commit: Option.Option<string>
  }
) => ({
  subject,
  ...(Option.isSome(ref) ? { ref: ref.value } : {}),
  ...(Option.isSome(commit) ? { commit: commit.value } : {})
})

/** `orch impact SUBJECT`. */
export const command = Command.make(
  "impact",
  { ...Connection.flags, ...change },
  ({ commit, json, ref, subject, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.campaigns.impact({ query: cause({ commit, ref, subject }) }),
        (found) =>
          Console.log(
            json
              ? JSON.stringify(found, null, 2)
              : found.nodes.length === 0
              ? `Nothing that is ready was built from ${subject}.`
              : CampaignText.impact(found)
          )
      ))
).pipe(
  Command.withDescription("List what would have to be rebuilt at most if something changed, in tiers, and why each"),
  Command.withExamples([
    { command: "orch impact rpms/zlib --ref main", description: "All that a push to that branch reaches" },
    { command: "orch impact perl:5.30 --json", description: "All that is built with a module, for programs" }
  ])
)
