/** Fills a database with campaigns and releases: a sample of each as its life has it, multiplied. */
import { campaignLife } from "@orch/core/campaign/CampaignLife"
import type * as Life from "@orch/core/life/Life"
import * as Application from "@orch/core/life/LifeApplication"
import { releaseLife } from "@orch/core/release/ReleaseLife"
import { campaignSpecimen } from "@orch/core/testing/CampaignSpecimen"
import type { Specimen } from "@orch/core/testing/ProcessSpecimen"
import { releaseSpecimen } from "@orch/core/testing/ReleaseSpecimen"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** A process with these parts, all of them under way, as it is stored. */
const sample = <L extends Life.Any>(life: L, specimen: Specimen<L>, names: ReadonlyArray<string>) => {
  const { codecs, take, unborn } = life as Life.Life<
    string,
    Life.PlanOf<L>,
    unknown,
    unknown,
    Life.StateOf<L>,
    Life.EventOf<L>,
    Life.CommandOf<L>
  >
  const events = [specimen.submitted, ...specimen.begin(1, names)]
  const { change } = Result.getOrThrow(Application.apply(life, unborn(1, specimen.plan(names)), events))
  const { part, plan, progress } = take(change.state)
  const text = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`
  return {
    plan: text(Schema.encodeSync(codecs.plan)(plan)),
    progress: text(Schema.encodeSync(codecs.progress)(progress)),
    parts: text(names.map((name) => ({ name, data: Schema.encodeSync(codecs.part)(part(name)) })))
  }
}

/** The statements that write campaigns of 50 nodes and releases of four repositories. */
export const statements = (campaigns: number, releases: number): ReadonlyArray<string> => {
  const campaign = sample(campaignLife, campaignSpecimen, Array.from({ length: 50 }, (_, n) => `module-${n}:s1`))
  const release = sample(
    releaseLife,
    releaseSpecimen,
    ["BaseOS", "AppStream", "CRB", "HA"].map((of) => `el9/${of}/x86_64`)
  )
  const state = "CASE WHEN i % 50 = 0 THEN 'running' WHEN i % 9 = 0 THEN 'canceled' ELSE 'done' END"
  const stored = "CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'released' END"
  return [
    `INSERT INTO campaign (revision, plan, progress, state)
     SELECT 1, ${campaign.plan}::jsonb, jsonb_set(${campaign.progress}::jsonb, '{state}', to_jsonb(${state})), ${state}
     FROM generate_series(1, ${campaigns}) AS i`,
    `INSERT INTO campaign_node (campaign_id, name, data, state, builds)
     SELECT i, t.name, t.data || '{"state": "done"}', 'done', jsonb_build_array(i * 50)
     FROM generate_series(1, ${campaigns}) AS i, jsonb_to_recordset(${campaign.parts}::jsonb) AS t (name text, data jsonb)`,
    `INSERT INTO campaign_notice (campaign_id, node, cause, recipient)
     SELECT 1 + i % ${campaigns}, 'module-' || i % 50 || ':s1', 'cause-' || i, 'owner-' || i % 500
     FROM generate_series(1, ${campaigns * 20}) AS i`,
    `INSERT INTO release (revision, plan, progress, state, platform, product)
     SELECT 1, ${release.plan}::jsonb, jsonb_set(${release.progress}::jsonb, '{state}', to_jsonb(${stored})), ${stored}, 'el' || 8 + i % 3,
       1 + i % 2000
     FROM generate_series(1, ${releases}) AS i`,
    `INSERT INTO release_repository (release_id, name, data, packages)
     SELECT i, t.name, t.data, jsonb_build_array('pkg-' || i % 5000)
     FROM generate_series(1, ${releases}) AS i, jsonb_to_recordset(${release.parts}::jsonb) AS t (name text, data jsonb)`
  ]
}
