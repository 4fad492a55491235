/** Campaigns and impacts as people read them. */
import type { CampaignDetail, CampaignSummary, Impact } from "@orch/api/orch/CampaignsApi"
import * as Forecast from "@orch/core/farm/Forecast"
import * as Table from "../Table.ts"

type Node = CampaignDetail["nodes"][number]

const counted = (amount: number, word: string): string => `${amount} ${word}${amount === 1 ? "" : "s"}`

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

const estimated = ({ longest, nodes, tiers, work }: Impact["estimate"]): string =>
  `${counted(nodes, "module")} in ${counted(tiers, "tier")}: about ${Forecast.words(work)} of work, `
  + `at least ${Forecast.words(longest)} from the first to the last.`

/** What a change reaches at most, one module a line; after `offset` others. */
export const impact = ({ estimate, nodes }: Impact, offset = 0): string =>
  [
    estimated(estimate),
    "",
    Table.format(
      ["TIER", "MODULE", "TAKES", "WHY"],
      nodes.map((one) => [`${one.tier}`, one.name, Forecast.words(one.seconds), one.why])
    ),
    ...(offset + nodes.length < estimate.nodes
      ? [`${counted(estimate.nodes - offset - nodes.length, "more module")}: --offset ${offset + nodes.length}`]
      : [])
  ].join("\n")

/** One line: number, state and why it is in it. */
export const line = ({ id, state, state_reason }: CampaignSummary): string =>
  `campaign ${id} is ${state}: ${state_reason}`

const cause = ({ ref, subject }: CampaignSummary["causes"][number]): string =>
  ref === undefined ? subject : `${subject}#${ref}`

const counts = (all: CampaignSummary["counts"]): string =>
  Object.entries(all).map(([state, amount]) => `${amount} ${state}`).join(", ")

/** A list of campaigns, one a line. */
export const list = (items: ReadonlyArray<CampaignSummary>): string =>
  items.length === 0 ? "There are no campaigns." : Table.format(
    ["ID", "STATE", "BY", "BEGAN", "NODES", "CAUSES"],
    items.map((one) => [
      `${one.id}`,
      one.state,
      one.created_by,
      one.created_at.slice(0, 16).replace("T", " "),
      counts(one.counts),
      one.causes.map(cause).join(", ")
    ])
  )

const minute = (at: string): string => at.slice(0, 16).replace("T", " ")

/** When it is expected to be green, in UTC. */
const expectation = ({ expected }: CampaignDetail): ReadonlyArray<string> =>
  expected === null ? [] : [
    `All green about ${minute(expected.at)}, between ${minute(expected.earliest)} and ${minute(expected.latest)}.`,
    ...expected.late
  ]

/** What it came to in numbers, as far as they are known. */
const numbers = ({ numbers: of }: CampaignDetail): ReadonlyArray<string> => [
  `${of.built} built, ${of.cut} cut off`
  + (of.cut_off_rate === null ? "" : ` (${percent(of.cut_off_rate)})`)
  + `: ${Forecast.words(of.avoided)} of work avoided.`,
  ...(of.audited === 0 ? [] : [
    `${counted(of.audited, "cut-off")} looked at by building: ${of.false_cuts} wrong (${
      percent(of.false_cut_rate ?? 0)
    }; `
    + `with 95 % likelihood at most ${percent(of.false_cut_bound)}).`
  ]),
  ...(of.makespan === null || of.bound === null ? [] : [
    `It took ${Forecast.words(of.makespan)}; no schedule of what was built takes less than ${Forecast.words(of.bound)}`
    + (of.over_bound === null ? "." : ` (${of.over_bound.toFixed(2)} times).`)
  ]),
  ...(of.fix_to_green === null ? [] : [`From the last fix to all green: ${Forecast.words(of.fix_to_green)}.`])
]

/** Modules that were built with each other and did not come to rest. */
const restless = ({ oscillating }: CampaignDetail): ReadonlyArray<string> =>
  oscillating.map(([one, other]) => `${one} did not come to rest with ${other}, which came out otherwise each time.`)

const nodes = (all: ReadonlyArray<Node>): string =>
  Table.format(
    ["TIER", "MODULE", "STATE", "BUILDS", "WHY"],
    all.map((one) => [
      `${one.tier}`,
      one.name,
      one.regressed === null ? one.state : "regressed",
      one.builds.join(",") || "-",
      one.regressed ?? one.state_reason
    ])
  )

/** A campaign with all its modules. */
export const show = (campaign: CampaignDetail): string =>
  [
    line(campaign),
    `Begun ${campaign.rule === null ? "" : `by rule ${campaign.rule} `}for ${campaign.created_by} because of ${
      campaign.causes.map(cause).join(", ")
    }.`,
    ...(campaign.trial === null ? [] : [
      `It tries out pull request ${campaign.trial.number} of ${campaign.trial.repository} (${campaign.trial.forge}), in scratch.`
    ]),
    estimated(campaign.estimate),
    ...restless(campaign),
    ...expectation(campaign),
    ...numbers(campaign),
    "",
    nodes(campaign.nodes)
  ].join("\n")

const behind = ({ name, waiting }: Node): ReadonlyArray<string> =>
  waiting.length === 0 ? [] : [`${waiting.join(", ")} ${waiting.length === 1 ? "waits" : "wait"} for ${name}.`]

const held = ({ by, node, until, why }: CampaignDetail["holds"][number]): string =>
  `${node} is held by ${by}${why === "" ? "" : `: ${why}`}${until === null ? "." : `, until ${until}.`}`

/** Why a campaign, or one node of it, is where it is. */
export const explain = (campaign: CampaignDetail, node?: Node): string =>
  (node === undefined
    ? [
      line(campaign),
      ...campaign.waits_for,
      ...campaign.holds.map(held),
      ...campaign.nodes.flatMap(behind),
      ...restless(campaign),
      ...expectation(campaign),
      ...numbers(campaign)
    ]
    : [
      `${node.name} ${node.state}: ${node.state_reason}`,
      ...(node.regressed === null ? [] : [`It regressed: ${node.regressed}`]),
      ...(node.false_cut === null ? [] : [`${node.false_cut}.`]),
      ...(node.audit === null ? [] : [`Audit by module builds ${node.audit.builds.join(", ")}: ${node.audit.reason}.`]),
      ...(node.round === 1
        ? []
        : [`It was built ${node.round} times with those that it is built with and that are built with it.`]),
      `It is in the campaign because: ${node.why}.`,
      ...(node.after.length === 0 ? [] : [`It comes after ${node.after.join(", ")}.`]),
      ...(node.builds.length === 0 ? [] : [`Module builds: ${node.builds.join(", ")} (attempt ${node.attempt}).`]),
      ...behind(node)
    ]).join("\n")

const said = (one: Node): string =>
  `${one.name}: ${one.regressed === null ? one.state : "regressed"} (${one.regressed ?? one.state_reason})`

/** Lines for what is new since the last look; everything that has happened where there was none. */
export const changes = (before: CampaignDetail | undefined, now: CampaignDetail): ReadonlyArray<string> => {
  const known = new Map(before?.nodes.map((one) => [one.name, one]))
  const news = now.nodes.filter((one) => {
    const was = known.get(one.name)
    return was === undefined
      ? one.state !== "waits"
      : was.state !== one.state || was.regressed !== one.regressed || was.attempt !== one.attempt
  })
  const isSame = before !== undefined && before.state === now.state && before.state_reason === now.state_reason
  return [...news.map(said), ...(isSame ? [] : [line(now)])]
}

/** How it ended: what it came to and what waits. */
export const ending = (campaign: CampaignDetail): ReadonlyArray<string> => [
  ...numbers(campaign),
  ...(campaign.state === "failed" ? [...campaign.waits_for, ...campaign.nodes.flatMap(behind)] : [])
]
