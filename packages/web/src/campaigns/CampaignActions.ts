/** What can be asked of a campaign or of one of its nodes, in the state it is in. */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type * as Actions from "../Actions.ts"
import type { Viewer } from "../Viewer.ts"
import type { Node } from "./CampaignStates.ts"

const at = ({ id }: CampaignDetail) => `/orch/v1/campaigns/${id}`

/** Why somebody may not steer it; `undefined` where they may. */
const ofOthers = ({ created_by }: CampaignDetail, { isAdministrator, name }: Viewer): string | undefined =>
  isAdministrator || name === created_by
    ? undefined
    : `It is ${created_by}'s; only they and administrators may steer it`

const with_ = (actions: ReadonlyArray<Actions.Action>, why: string | undefined): ReadonlyArray<Actions.Action> =>
  why === undefined ? actions : actions.map((action) => ({ ...action, whyNot: why }))

/** Of the whole. */
export const ofWhole = (campaign: CampaignDetail, viewer: Viewer): ReadonlyArray<Actions.Action> => {
  if (!viewer.mayAct) return []
  const { estimate, id, state } = campaign
  const begun = campaign.nodes.filter((node) => node.state === "builds" || node.state === "validates").length
  const cancel: Actions.Action = {
    id: "cancel",
    label: "Cancel",
    to: `${at(campaign)}/cancel`,
    question: `The campaign ends; ${begun} of its builds are under way and stop. What is built stays.`
  }
  const found: ReadonlyArray<Actions.Action> = state === "planned"
    ? [{
      id: "approve",
      label: `Approve ${estimate.nodes.toLocaleString("en")}`,
      to: `${at(campaign)}/approve`,
      question: `At most ${estimate.nodes.toLocaleString("en")} module streams are rebuilt.`,
      typed: String(id),
      main: true
    }, cancel]
    : state === "running"
    ? [{
      id: "hold",
      label: "Hold all",
      to: `${at(campaign)}/hold`,
      body: {},
      text: { name: "why", label: "Why", required: true },
      undo: { label: "Let go", to: `${at(campaign)}/let-go`, body: {} }
    }, cancel]
    : state === "paused"
    ? [{ id: "let-go", label: "Let go", to: `${at(campaign)}/let-go`, body: {}, main: true }, cancel]
    : state === "failed"
    ? [{ id: "resume", label: "Build again what failed", to: `${at(campaign)}/resume`, body: {}, main: true }, cancel]
    : []
  return with_(found, ofOthers(campaign, viewer))
}

/** Of one node; with it comes all that stands behind it. */
export const ofNode = (campaign: CampaignDetail, node: Node, viewer: Viewer): ReadonlyArray<Actions.Action> => {
  if (!viewer.mayAct || campaign.state === "canceled" || campaign.state === "done") return []
  const isHeld = campaign.holds.some((hold) => hold.node === node.name)
  const body = { node: node.name }
  const again: Actions.Action = { id: "again", label: "Build it again", to: `${at(campaign)}/resume`, body }
  const found: ReadonlyArray<Actions.Action> = isHeld
    ? [{ id: "let-go-node", label: "Let it go", to: `${at(campaign)}/let-go`, body, main: true }]
    : [
      ...(node.state === "failed" || node.regressed !== null ? [again] : []),
      {
        id: "hold-node",
        label: "Hold it and what comes after",
        to: `${at(campaign)}/hold`,
        body,
        text: { name: "why", label: "Why", required: true },
        undo: { label: "Let it go", to: `${at(campaign)}/let-go`, body }
      }
    ]
  return with_(found, ofOthers(campaign, viewer))
}
