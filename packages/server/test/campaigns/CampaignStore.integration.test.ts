/** The store's contract for campaigns, on every database this machine offers. */
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import { campaignSpecimen } from "@orch/core/testing/CampaignSpecimen"
import { commandQueueContract } from "@orch/core/testing/CommandQueueContract"
import { processStoreContract } from "@orch/core/testing/ProcessStoreContract"
import * as Layer from "effect/Layer"
import * as CampaignsLayer from "../../src/campaigns/CampaignsLayer.ts"
import { campaignTable } from "../../src/campaigns/CampaignTable.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as PgProcesses from "../../src/database/PgProcesses.ts"
import { databases } from "../support/Databases.ts"

const queue = PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" })
const around = Layer.merge(queue, PgOutbox.layer)

for (const { layer: database, name } of databases) {
  processStoreContract(`PgProcesses of campaigns on ${name}`, {
    specimen: campaignSpecimen,
    store: Campaigns,
    layer: CampaignsLayer.store.pipe(Layer.provideMerge(around), Layer.provideMerge(database)),
    reopen: PgProcesses.make(campaignTable),
    quiet: 300
  })

  commandQueueContract(`PgCommandQueue of campaigns on ${name}`, {
    specimen: campaignSpecimen,
    layer: PgCommandQueue.layer({
      pollInterval: "20 millis",
      lease: "5 seconds",
      pause: () => 0.01
    }).pipe(Layer.provide(database)),
    quiet: 300
  })
}
