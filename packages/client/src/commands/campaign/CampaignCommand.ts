/** `orch campaign …`: rebuild what depends on a change, and steer that. */
import type { CampaignDetail, CampaignSummary } from "@orch/api/orch/CampaignsApi"
import { states } from "@orch/core/campaign/Campaign"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { OrchClient } from "../../OrchClient.ts"
import * as WatchCampaign from "../../WatchCampaign.ts"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as CampaignText from "./CampaignText.ts"
import { cause, change } from "./ImpactCommand.ts"

type Client = OrchClient["Service"]

const id = Argument.Int("id").pipe(Argument.withDescription("Number of the campaign"))
const watch = Flag.Boolean("watch").pipe(
  Flag.withDescription("Stay until it has ended; 0 only if it is done"),
  Flag.withDefault(false)
)
const node = (about: string) => optional("node", about)

/** Shows what happens until it has ended; fails with exit code 1 where it does not end done. */
const follow = Effect.fnUntraced(function*(client: Client, id: number, json: boolean) {
  let last: CampaignDetail | undefined
  yield* WatchCampaign.watch(client, id).pipe(Stream.runForEach((campaign) => {
    const lines = json ? [JSON.stringify(campaign)] : CampaignText.changes(last, campaign)
    last = campaign
    return lines.length === 0 ? Effect.void : Console.log(lines.join("\n"))
  }))
  const ended = last!
  if (!json) yield* Console.log(CampaignText.ending(ended).join("\n"))
  if (ended.state === "done") return
  return yield* new CommandFailed({ exitCode: 1, message: `Campaign ${id} is not done: it ${ended.state}.` })
})

/** Says how the campaign is after a change, and with `--watch` stays until it has ended. */
const steer = <E>(
  { json, watch = false, ...said }: Connection.Said & { readonly json: boolean; readonly watch?: boolean },
  call: (client: Client) => Effect.Effect<CampaignSummary, E>
) =>
  Connection.run(said, (client) =>
    Effect.gen(function*() {
      const campaign = yield* call(client)
      if (!json || !watch) yield* print(json, campaign, () => CampaignText.line(campaign))
      if (watch) yield* follow(client, campaign.id, json)
    }))

const params = (id: number) => ({ params: { id: `${id}` } })

const plan = Command.make(
  "plan",
  { ...Connection.flags, ...change, watch },
  ({ commit, ref, subject, ...rest }) =>
    steer(rest, (client) => client.campaigns.plan({ payload: cause({ commit, ref, subject }) }))
).pipe(
  Command.withDescription(
    "Begin a campaign for a change; a large one waits to be approved. orch impact says beforehand what it would reach"
  ),
  Command.withExamples([
    { command: "orch campaign plan rpms/zlib --ref main", description: "Rebuild what has that branch of zlib in it" },
    { command: "orch campaign plan perl:5.30 --watch", description: "Rebuild a module and what is built with it" }
  ])
)

const list = Command.make(
  "list",
  {
    ...Connection.flags,
    state: Flag.Literals("state", states).pipe(Flag.withDescription("Only those in this state"), Flag.optional),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 100"), Flag.withDefault(20)),
    offset: Flag.Int("offset").pipe(Flag.withDescription("How many of the newest to skip"), Flag.withDefault(0))
  },
  ({ json, limit, offset, state, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.campaigns.list({ query: { limit: `${limit}`, offset: `${offset}`, ...given({ state }) } }),
        (page) => print(json, page, () => CampaignText.list(page.items))
      ))
).pipe(
  Command.withDescription("List campaigns, the newest first"),
  Command.withExamples([{ command: "orch campaign list --state failed", description: "Those that wait for a fix" }])
)

const show = Command.make(
  "show",
  { ...Connection.flags, id },
  ({ id, json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.campaigns.get(params(id)),
        (campaign) => print(json, campaign, () => CampaignText.show(campaign))
      ))
).pipe(
  Command.withDescription("Show a campaign with all its modules, and what it came to in numbers"),
  Command.withExamples([{ command: "orch campaign show 7", description: "How far campaign 7 is" }])
)

const explain = Command.make(
  "explain",
  { ...Connection.flags, id, node: node("Only this module, such as perl:5.30") },
  ({ id, json, node, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const campaign = yield* client.campaigns.get(params(id))
        if (Option.isNone(node)) return yield* print(json, campaign, () => CampaignText.explain(campaign))
        const found = campaign.nodes.find(({ name }) => name === node.value)
        if (found === undefined) {
          return yield* new CommandFailed({ exitCode: 1, message: `Campaign ${id} has no node ${node.value}.` })
        }
        yield* print(json, found, () => CampaignText.explain(campaign, found))
      }))
).pipe(
  Command.withDescription("Say what a campaign waits for, what has to happen next, and what waits for that"),
  Command.withExamples([
    { command: "orch campaign explain 7", description: "What campaign 7 waits for" },
    { command: "orch campaign explain 7 --node perl:5.30", description: "Why that module is where it is" }
  ])
)

const watchCommand = Command.make(
  "watch",
  { ...Connection.flags, id },
  ({ id, json, ...said }) => Connection.run(said, (client) => follow(client, id, json))
).pipe(
  Command.withDescription("Say what happens in a campaign until it has ended; 0 only if it is done"),
  Command.withExamples([{ command: "orch campaign watch 7", description: "One line for each change" }])
)

const approve = Command.make(
  "approve",
  { ...Connection.flags, id, watch },
  ({ id, ...rest }) => steer(rest, (client) => client.campaigns.approve(params(id)))
).pipe(
  Command.withDescription("Let a planned campaign begin"),
  Command.withExamples([{ command: "orch campaign approve 7 --watch", description: "And stay until it has ended" }])
)

const hold = Command.make(
  "hold",
  {
    ...Connection.flags,
    id,
    node: node("Module to hold with all that comes after it; the whole campaign without it"),
    why: optional("why", "Reason that others are shown"),
    seconds: Flag.Int("seconds").pipe(
      Flag.withDescription("How long a module is held; until it is let go without it"),
      Flag.optional
    )
  },
  ({ id, node, seconds, why, ...rest }) =>
    steer(rest, (client) =>
      client.campaigns.hold({
        ...params(id),
        payload: given({ node, why, seconds })
      }))
).pipe(
  Command.withDescription("Pause a campaign, or hold one module of it with all that comes after it"),
  Command.withExamples([{
    command: "orch campaign hold 7 --node perl:5.30 --seconds 3600 --why 'freeze until noon'",
    description: "The others go on; the hold ends by itself"
  }])
)

const letGo = Command.make(
  "let-go",
  { ...Connection.flags, id, node: node("Module to let go; everything without it"), watch },
  ({ id, node, ...rest }) =>
    steer(rest, (client) => client.campaigns.letGo({ ...params(id), payload: given({ node }) }))
).pipe(
  Command.withDescription("End holds, and the pause of a campaign"),
  Command.withExamples([{ command: "orch campaign let-go 7", description: "Everything goes on" }])
)

const resume = Command.make(
  "resume",
  {
    ...Connection.flags,
    id,
    node: node(
      "Build this module again, whatever became of it, and what was built with it; all that failed without it"
    ),
    watch
  },
  ({ id, node, ...rest }) =>
    steer(rest, (client) => client.campaigns.resume({ ...params(id), payload: given({ node }) }))
).pipe(
  Command.withDescription("Give what failed another attempt, and go on from there; or end a pause"),
  Command.withExamples([
    { command: "orch campaign resume 7 --watch", description: "After a fix" },
    { command: "orch campaign resume 7 --node perl:5.30", description: "Once more, though it did not fail" }
  ])
)

const cancel = Command.make(
  "cancel",
  { ...Connection.flags, id },
  ({ id, ...rest }) => steer(rest, (client) => client.campaigns.cancel(params(id)))
).pipe(
  Command.withDescription("End a campaign and its builds"),
  Command.withExamples([{ command: "orch campaign cancel 7", description: "What is done stays" }])
)

/** `orch campaign …`. */
export const command = Command.make("campaign").pipe(
  Command.withDescription("Rebuild what depends on a change, and steer that"),
  Command.withSubcommands([plan, list, show, explain, watchCommand, approve, hold, letGo, resume, cancel])
)
