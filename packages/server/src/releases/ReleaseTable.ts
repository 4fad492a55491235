/** The tables of releases. */
import * as Nevra from "@orch/core/Nevra"
import type { Release, ReleaseOrder } from "@orch/core/release/Release"
import { type ReleaseLife, releaseLife } from "@orch/core/release/ReleaseLife"
import type { RepositoryRelease } from "@orch/core/release/RepositoryRelease"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Column, ProcessTable } from "../database/ProcessTable.ts"
import { clean, json } from "../database/StorableText.ts"

const columns: ReadonlyArray<Column<Release>> = [{ name: "state", type: "text", of: ({ state }) => state }]

/** Names of the packages that the repository gets, for those who look for a package's releases. */
const packages = ({ additions }: RepositoryRelease): ReadonlyArray<string> => [
  ...new Set(additions.flatMap((addition) => {
    if (addition._tag === "Module") return []
    const nevra = Nevra.parse(addition.package.nevra)
    return Result.isSuccess(nevra) ? [nevra.success.name] : []
  }))
]

const partColumns: ReadonlyArray<Column<RepositoryRelease>> = [{ name: "packages", type: "jsonb", of: packages }]

const encodePlan = Schema.encodeSync(releaseLife.codecs.plan)

/** What the store of releases writes. */
export const releaseTable: ProcessTable<ReleaseLife> = {
  life: releaseLife,
  process: "release",
  part: "release_repository",
  event: "release_event",
  reference: "release_id",
  columns,
  derivedColumns: [],
  partColumns,
  derivedPartColumns: [],
  // No release takes a place from another: they wait for each other's repositories.
  placeIndex: "release_place",
  insert: (sql, plan: ReleaseOrder) =>
    sql<{ id: bigint }>`
      INSERT INTO release (revision, plan, progress, state, platform, product)
      VALUES (0, ${json(encodePlan(plan))}::text::jsonb, '{}'::jsonb, 'planning', ${clean(plan.platform)},
        ${plan.product ?? null}::bigint)
      RETURNING id`,
  holder: () => Effect.succeed([])
}
