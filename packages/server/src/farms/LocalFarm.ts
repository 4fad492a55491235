/** The embedded default: packages are built and published on this machine. */
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as DirectoryRepositoryHost from "../localbuild/DirectoryRepositoryHost.ts"
import * as LocalBuildSystem from "../localbuild/LocalBuildSystem.ts"
import type { Values as LocalFarmSettings } from "../localbuild/LocalFarmSettings.ts"
import * as StreamRepositories from "../localbuild/StreamRepositories.ts"
import { ModuleLocations } from "./ModuleLocations.ts"

const mebibyte = 1024 * 1024

/** Everything that the farm keeps is below `dataDir`. */
export const layer = (config: LocalFarmSettings & { readonly dataDir: string }) => {
  const dataDir = Path.resolve(config.dataDir)
  return Layer.mergeAll(
    LocalBuildSystem.layer({
      dataDir,
      platforms: config.platforms,
      concurrency: config.jobs,
      timeout: config.buildTimeout * 1000,
      sandbox: config.localSandbox,
      network: config.localNetwork,
      maxMemoryBytes: config.localMemory * mebibyte,
      maxProcesses: config.localProcesses,
      maxTreeBytes: config.localDisk * mebibyte,
      keepDays: config.localKeepDays,
      keepBytes: config.localKeepSize * 1024 * mebibyte
    }),
    StreamRepositories.layer.pipe(
      Layer.provide(Publisher.layer),
      Layer.provideMerge(DirectoryRepositoryHost.layer({ dataDir }))
    ),
    Layer.succeed(ModuleLocations, { of: ({ progress: { published } }) => published?.path ?? published?.url })
  )
}
