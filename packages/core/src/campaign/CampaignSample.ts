/** Which of the nodes that were cut off are built all the same, and how often that showed that they should have been. */
import * as CutOffAudit from "../rebuild/CutOffAudit.ts"
import type { Campaign, CampaignNode } from "./Campaign.ts"
import type { CampaignCommand } from "./CampaignEvent.ts"

/**
 * The audit of a node that is being cut off, and the command for it; undefined where the node is not in the sample.
 *
 * @param share from 0 to 1, of nodes like this one; the larger of it and the plan's own share counts.
 */
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
