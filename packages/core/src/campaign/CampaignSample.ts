/** Which of the nodes that were cut off are built all the same, and how often that showed that they should have been. */
import * as CutOffAudit from "../rebuild/CutOffAudit.ts"
import type { Campaign, CampaignNode } from "./Campaign.ts"
import type { CampaignCommand } from "./CampaignEvent.ts"

/** What a node that is being cut off, with a share of audits of its own if it has one, gets along: its audit, and the command for it; undefined where it is not of the sample. */
export const asked = ({ id, plan: { audit = 0 } }: Campaign, { attempt, name }: CampaignNode, share = 0): {
  readonly node: Pick<CampaignNode, "audit">
  readonly command: CampaignCommand
} | undefined =>
  CutOffAudit.isSampled(`${id}/${name}/${attempt}`, Math.max(audit, share))
    ? {
      node: { audit: { state: "asked", reason: "To be built all the same", builds: [] } },
      command: { _tag: "AuditNode", node: name, attempt }
    }
    : undefined

/** How audits went. */
export interface Found {
  /** Cut-offs that were looked at. */
  readonly audited: number
  readonly falseCuts: number
}

/** The audits of a campaign that have ended with a verdict. */
export const found = ({ nodes }: Campaign): Found => {
  let [audited, falseCuts] = [0, 0]
  for (const { audit, falseCut } of nodes.values()) {
    if (falseCut !== undefined) falseCuts++
    if (falseCut !== undefined || audit?.state === "same") audited++
  }
  return { audited, falseCuts }
}
