/** Campaigns for the contract suites. */
import type { CampaignEvent } from "../campaign/CampaignEvent.ts"
import { type CampaignLife, campaignLife } from "../campaign/CampaignLife.ts"
import type { NodePlan } from "../campaign/CampaignPlan.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

const at = 1_700_000_000_000

const node = (name: string): NodePlan => ({
  name,
  tier: 1,
  seconds: 60,
  after: [],
  changed: true,
  why: "Its source changed",
  scmurl: `https://git.example.org/modules/${name}?#main`,
  previous: []
})

/** A number for the build of a name, the same each time. */
const buildOf = (name: string): number =>
  [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7)

const begun = (name: string): CampaignEvent => ({
  _tag: "NodeBegun",
  at: at + 1,
  node: name,
  attempt: 1,
  builds: [{ id: buildOf(name), revision: 1, state: "init" }]
})

/** Nodes are the parts, each under way with one module build; being begun again is what changes a campaign again and again. */
export const campaignSpecimen: Specimen<CampaignLife> = {
  life: campaignLife,
  placeless: true,
  subject: (id) => `campaign/${id}`,
  plan: (parts) => ({
    causes: [{ subject: "rpms/zlib" }],
    by: "bob",
    nodes: parts.map(node),
    automatic: true,
    width: 1_000_000
  }),
  submitted: { _tag: "Submitted", at },
  begin: (_, parts) => parts.map(begun),
  end: (_, part) => ({
    _tag: "BuildMoved",
    at: at + 2,
    node: part,
    build: buildOf(part),
    revision: 5,
    state: "failed",
    reason: "no space left"
  }),
  stale: { _tag: "GateDecided", at: at + 5, node: "nowhere", satisfied: true, reason: "" },
  again: {
    reach: () => [],
    event: (n) => ({ _tag: "RestartRequested", at: at + 10 + n, by: `bob ${n}`, node: "a" })
  },
  gone: { _tag: "CancelRequested", at: at + 9, by: "bob" },
  back: { _tag: "ResumeRequested", at: at + 11, by: "bob" },
  beside: (wanted) => [wanted],
  rich: () => ({
    plan: {
      causes: [{ subject: "rpms/\"zlib\" \\ 𝄞\n", ref: "main", commit: "c0ffee" }],
      by: "ström",
      nodes: [node("zeta:1"), { ...node("alpha:1"), tier: 2, after: ["zeta:1"], changed: false, previous: [3, 4] }],
      automatic: false,
      width: 2
    },
    events: () => [
      { _tag: "Approved", at: at + 1, by: "bob" },
      { _tag: "HoldRequested", at: at + 2, by: "bob", node: "alpha:1", why: "line 1\nline 2 € 𝄞", until: at + 99_000 },
      begun("zeta:1"),
      {
        _tag: "BuildMoved",
        at: at + 3,
        node: "zeta:1",
        build: buildOf("zeta:1"),
        revision: 9,
        state: "ready",
        reason: ""
      },
      {
        _tag: "NodeCompared",
        at: at + 4,
        node: "zeta:1",
        attempt: 1,
        differs: true,
        reason: "zeta-0:1-0.x86_64 differs"
      },
      { _tag: "GateDecided", at: at + 5, node: "zeta:1", satisfied: false, reason: "a test failed" }
    ]
  }),
  text: (_, text) => ({
    events: [{ _tag: "RestartRequested", at: at + 5, by: "bob", node: "a" }, {
      _tag: "NodeRefused",
      at: at + 6,
      node: "a",
      attempt: 2,
      reason: text
    }],
    read: ({ nodes }) => [nodes.get("a")?.reason ?? ""]
  }),
  commands: [
    { _tag: "BeginNode", node: "ä \"quoted\"", attempt: 1 },
    { _tag: "CompareNode", node: "zlib:1", attempt: 2 },
    { _tag: "Notify", node: "zlib:1", attempt: 1 },
    { _tag: "CallOff", builds: [1, 2] },
    { _tag: "Strike", at }
  ]
}
