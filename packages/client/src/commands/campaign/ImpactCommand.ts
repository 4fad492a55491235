/** `orch impact`: what would have to be rebuilt at most if something changed. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as CampaignText from "./CampaignText.ts"

/** What changed: `subject`, `--ref` and `--commit`. */
export const change = {
  subject: Argument.String("subject").pipe(
    Argument.withDescription("rpms/NAME, modules/NAME, or a module as NAME:STREAM")
  ),
  ref: optional("ref", "Branch that moved; any without it"),
  commit: optional("commit", "Commit of a module's repository to build from")
}

/** The change as it is sent. */
export const cause = (
  { commit, ref, subject }: {
    readonly subject: string
    readonly ref: Option.Option<string>
    readonly commit: Option.Option<string>
  }
) => ({ subject, ...given({ ref, commit }) })

/** `orch impact SUBJECT`. */
export const command = Command.make(
  "impact",
  {
    ...Connection.flags,
    ...change,
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 10000"), Flag.withDefault(1000)),
    offset: Flag.Int("offset").pipe(Flag.withDescription("How many to skip"), Flag.withDefault(0))
  },
  ({ commit, json, limit, offset, ref, subject, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.campaigns.impact({
          query: { ...cause({ commit, ref, subject }), limit: `${limit}`, offset: `${offset}` }
        }),
        (found) =>
          print(json, found, () =>
            found.estimate.nodes === 0
              ? `Nothing that is ready was built from ${subject}.`
              : CampaignText.impact(found, offset))
      ))
).pipe(
  Command.withDescription("List what would have to be rebuilt at most if something changed, in tiers, and why each"),
  Command.withExamples([
    { command: "orch impact rpms/zlib --ref main", description: "All that a push to that branch reaches" },
    { command: "orch impact perl:5.30 --json", description: "All that is built with a module, for programs" }
  ])
)
