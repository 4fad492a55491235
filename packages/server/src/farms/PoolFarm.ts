/** The builder pool as the farm of module builds, and the local farm as one of the pool's workers. */
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import * as DirectoryRepositoryHost from "../localbuild/DirectoryRepositoryHost.ts"
import * as FarmDirectory from "../localbuild/FarmDirectory.ts"
import * as FarmTask from "../localbuild/FarmTask.ts"
import * as LocalBuildSystem from "../localbuild/LocalBuildSystem.ts"
import type { Values as LocalFarmSettings } from "../localbuild/LocalFarmSettings.ts"
import * as ComponentDelivery from "../poolfarm/ComponentDelivery.ts"
import * as LocalWorker from "../poolfarm/LocalWorker.ts"
import * as PoolBuildSystem from "../poolfarm/PoolBuildSystem.ts"
import * as WorkerName from "../poolfarm/WorkerName.ts"
import { ModuleLocations } from "./ModuleLocations.ts"
import * as OwnFarm from "./OwnFarm.ts"

/** Module builds on the nodes of the pool. */
export const buildSystem = Layer.effect(
  BuildSystem,
  Effect.flatMap(ComponentDelivery.make(), (hints) => PoolBuildSystem.make(hints))
)

/** The farm, its publisher, and where nodes find what other module builds delivered. */
export const layer = ({ dataDir }: { readonly dataDir: string }) =>
  Layer.mergeAll(
    buildSystem,
    OwnFarm.publisher(DirectoryRepositoryHost.layer({ dataDir: Path.resolve(dataDir) })),
    Layer.succeed(ModuleLocations, { of: ({ progress: { published } }) => published?.url })
  )

const mebibyte = 1024 * 1024
const self = "orch://self/"

/** The checksum in the address of a file that the server keeps. */
const kept = (url: string): string | undefined => {
  const found = /^\/pulp\/content\/artifacts\/([0-9a-f]{64})\//.exec(
    url.replace(/^orch:\/\/self|^https?:\/\/[^/]+/, "")
  )
  return found?.[1]
}

export type WorkerSettings = LocalFarmSettings & { readonly dataDir: string; readonly localWorker: number }

/** The local farm takes tasks of the pool, `localWorker` at the same time; none where that is 0. */
export const worker = (config: WorkerSettings) =>
  Layer.effectDiscard(Effect.gen(function*() {
    if (config.localWorker === 0) return
    const dataDir = Path.resolve(config.dataDir)
    const own = Path.join(dataDir, "worker")
    const store = yield* ArtifactStore
    const farm = yield* LocalBuildSystem.make({
      dataDir: own,
      platforms: config.platforms,
      concurrency: config.localWorker,
      timeout: config.buildTimeout * 1000,
      sandbox: config.localSandbox,
      network: config.localNetwork,
      maxMemoryBytes: config.localMemory * mebibyte,
      maxProcesses: config.localProcesses,
      maxTreeBytes: config.localDisk * mebibyte,
      // What it made is with the server's artifacts by then.
      keepDays: 1,
      keepBytes: 0,
      sourcePackage: (location) => {
        const sha256 = kept(location)
        return sha256 === undefined ? undefined : Effect.runSync(store.find(sha256))?.path
      }
    })
    yield* LocalWorker.run({
      node: yield* Effect.promise(() => WorkerName.inFolder(own)),
      arches: ["src", LocalBuildSystem.hostArch],
      slots: config.localWorker,
      machine: {
        platforms: config.platforms,
        directory: (url) =>
          url.startsWith(`${self}repositories/`) ? Path.join(dataDir, decodeURI(url.slice(self.length))) : undefined
      },
      farm,
      sources: yield* SourceControl,
      log: (task) => FarmTask.logPath(FarmDirectory.taskPath(FarmDirectory.make(own), task)),
      installed: (task) => FarmTask.installedPath(FarmDirectory.taskPath(FarmDirectory.make(own), task))
    })
  }))
