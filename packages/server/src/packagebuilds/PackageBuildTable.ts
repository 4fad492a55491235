/** The tables of package builds. */
import * as Nevra from "@orch/core/Nevra"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import * as BuildTask from "@orch/core/packagebuild/BuildTask"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import { type PackageBuildLife, packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import type { PackagePlan } from "@orch/core/packagebuild/PackagePlan"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Column, ProcessTable } from "../database/ProcessTable.ts"
import type { EventSource } from "../database/PruningStatements.ts"
import { clean, json } from "../database/StorableText.ts"

const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

const columns: ReadonlyArray<Column<PackageBuild>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  { name: "signed", type: "boolean", of: ({ signedBy }) => signedBy !== undefined },
  { name: "released", type: "boolean", of: ({ release }) => release !== undefined },
  { name: "created_at", type: "timestamptz", of: ({ createdAt }) => time(createdAt) },
  { name: "modified_at", type: "timestamptz", of: ({ modifiedAt }) => time(modifiedAt) },
  {
    name: "finished_at",
    type: "timestamptz",
    of: ({ finishedAt }) => finishedAt === undefined ? null : time(finishedAt)
  }
]

/** What is known of packages, to be searched for. */
const rpms = (task: BuildTask.BuildTask): ReadonlyArray<Readonly<Record<string, string>>> =>
  BuildTask.packages(task).flatMap(({ name, nevra }) => {
    const found = nevra === undefined ? ArtifactPlace.packageOf(name) : Nevra.parseUnsafe(nevra)
    return found === undefined
      ? []
      : [{
        epoch: String(found.epoch),
        name: found.name,
        version: found.version,
        release: found.release,
        arch: found.arch
      }]
  })

const partColumns: ReadonlyArray<Column<BuildTask.BuildTask>> = [
  { name: "state", type: "text", of: ({ state }) => state },
  { name: "arch", type: "text", of: ({ name }) => name.split("/").at(-2) ?? "" },
  { name: "rpms", type: "jsonb", of: rpms }
]

const encodePlan = Schema.encodeSync(packageBuildLife.codecs.plan)

/** What the store of package builds writes. */
export const packageBuildTable: ProcessTable<PackageBuildLife> = {
  life: packageBuildLife,
  process: "package_build",
  part: "package_build_task",
  event: "package_build_event",
  reference: "package_build_id",
  columns,
  derivedColumns: [],
  partColumns,
  derivedPartColumns: [],
  // No package build takes a place from another.
  placeIndex: "package_build_place",
  insert: (sql, plan: PackagePlan) =>
    sql<{ id: bigint }>`
      INSERT INTO package_build (revision, plan, progress, state, owner, sources, platforms, arches)
      VALUES (0, ${json(encodePlan(plan))}::text::jsonb, '{}'::jsonb, 'preparing', ${clean(plan.owner)},
        ${clean(plan.refs.map(({ gitRef = "", url }) => `${url}#${gitRef}`).join("\n"))},
        ${json(plan.platforms.map(({ id }) => id))}::text::jsonb,
        ${json([...new Set(plan.platforms.flatMap(({ arches }) => arches))])}::text::jsonb)
      RETURNING id`,
  holder: () => Effect.succeed([])
}

/** Which events need not be kept for ever. */
export const packageBuildEvents: EventSource = {
  event: "package_build_event",
  process: "package_build",
  reference: "package_build_id",
  ended: "p.finished_at IS NOT NULL"
}
