/** The builder pool as a farm, with what it stands on, in a directory of its own; it builds for `el9` on this machine's architecture. */
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as ArtifactStore from "@orch/server/artifacts/ArtifactStore"
import * as BuilderPool from "@orch/server/builders/BuilderPool"
import * as PoolFarm from "@orch/server/farms/PoolFarm"
import * as DirectoryRepositoryHost from "@orch/server/localbuild/DirectoryRepositoryHost"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as People from "@orch/server/people/People"
import * as Platforms from "@orch/server/platforms/Platforms"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as Databases from "../support/Databases.ts"

/** Sources are allowed below `rpms` in `root`. */
export const layer = (root: string) => {
  const dataDir = Path.join(root, "data")
  const platform = Layer.effectDiscard(
    Effect.flatMap(Platforms.Platforms, (platforms) =>
      platforms.create({
        name: "Test-9",
        type: "rpm",
        distr_type: "rhel",
        distr_version: "9",
        test_dist_name: "rhel",
        arch_list: [LocalBuildSystem.hostArch],
        data: { mock: {}, yum: {}, definitions: { dist: ".el9" } }
      }))
  )
  return PoolFarm.buildSystem.pipe(
    Layer.provideMerge(platform),
    Layer.provideMerge(Layer.mergeAll(
      BuilderPool.layer(),
      People.layer,
      Platforms.layer,
      DirectoryRepositoryHost.layer({ dataDir }),
      ArtifactStore.layer({ dataDir, maxBytes: 2 ** 30 }),
      GitSourceControl.layer({ dataDir, allow: ScmAllowList.parseUnsafe(`file://${root}/rpms`) })
    )),
    Layer.provideMerge(Databases.any)
  )
}
