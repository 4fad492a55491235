/** Which farm stands behind the ports: one of the server's, or one of the operator's own; with either, a host of their own. */
import type { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import type { BuildSystem, BuildSystemError } from "@orch/core/ports/BuildSystem"
import type { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import type { SourceControl } from "@orch/core/ports/SourceControl"
import * as Layer from "effect/Layer"
import type { SqlClient } from "effect/sql/SqlClient"
import * as Path from "node:path"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import type { BuilderPool } from "../builders/BuilderPool.ts"
import type { Notifier } from "../database/Notifier.ts"
import * as DirectoryRepositoryHost from "../localbuild/DirectoryRepositoryHost.ts"
import type { Values as LocalFarmSettings } from "../localbuild/LocalFarmSettings.ts"
import type { Values as MbsFarmSettings } from "../mbsfarm/MbsFarmSettings.ts"
import type { People } from "../people/People.ts"
import type { Platforms } from "../platforms/Platforms.ts"
import type { Values as FarmSettings } from "./FarmSettings.ts"
import * as KojiFarm from "./KojiFarm.ts"
import type { Values as KojiSettings } from "./KojiSettings.ts"
import * as LocalFarm from "./LocalFarm.ts"
import * as MbsFarm from "./MbsFarm.ts"
import type { ModuleLocations } from "./ModuleLocations.ts"
import * as OwnFarm from "./OwnFarm.ts"
import * as OwnModule from "./OwnModule.ts"
import * as OwnPorts from "./OwnPorts.ts"
import * as PoolFarm from "./PoolFarm.ts"
import * as PulpHost from "./PulpHost.ts"
import type { Values as PulpSettings } from "./PulpSettings.ts"

/** What a build system brings along, whichever it is. */
export type Farm = Layer.Layer<
  BuildSystem | ModuleLocations | Publisher,
  | BuildSystemError
  | KojiFarm.KojiUnusable
  | MbsFarm.MbsFarmUnusable
  | OwnModule.OwnModuleUnusable
  | PulpHost.PulpUnusable,
  SourceControl | SqlClient | Pool
>

/** What the builder pool needs to be a farm. */
export type Pool = ArtifactStore | BuilderPool | Notifier | People | Platforms | RepositoryHost

/** What a program that starts the server hands in, instead of what the settings name. */
export interface Own {
  readonly farm?: Layer.Layer<BuildSystem, OwnModule.OwnModuleUnusable> | undefined
  readonly host?: Layer.Layer<RepositoryHost, OwnModule.OwnModuleUnusable> | undefined
}

type Settings = FarmSettings & KojiSettings & LocalFarmSettings & MbsFarmSettings & PulpSettings & {
  readonly dataDir: string
}

const ownFarm = ({ buildSystem }: FarmSettings, own: Own) =>
  own.farm ?? (
    OwnModule.isFile(buildSystem) ? OwnModule.load(OwnPorts.buildSystem, "ORCH_BUILD_SYSTEM", buildSystem) : undefined
  )

const ownHost = (
  config: FarmSettings & PulpSettings,
  own: Own
): Layer.Layer<RepositoryHost, OwnModule.OwnModuleUnusable | PulpHost.PulpUnusable> | undefined => {
  if (own.host !== undefined) return own.host
  if (config.repositoryHost === "pulp") return PulpHost.repositoryHost(config)
  return OwnModule.isFile(config.repositoryHost)
    ? OwnModule.load(OwnPorts.repositoryHost, "ORCH_REPOSITORY_HOST", config.repositoryHost)
    : undefined
}

/** The farm of these settings. */
export const layer = (config: Settings, own: Own = {}): Farm => {
  const system = ownFarm(config, own)
  const host = ownHost(config, own)
  const standardHost = () => DirectoryRepositoryHost.layer({ dataDir: Path.resolve(config.dataDir) })
  if (system !== undefined) return OwnFarm.layer(system, host ?? standardHost(), config.platforms)
  const farm: Farm = config.buildSystem === "koji"
    ? KojiFarm.layer(config)
    : config.buildSystem === "pool"
    ? PoolFarm.layer(config)
    : config.buildSystem === "mbs"
    ? MbsFarm.layer(config)
    : LocalFarm.layer(config)
  return host === undefined ? farm : OwnFarm.publisher(host).pipe(Layer.provideMerge(farm))
}
