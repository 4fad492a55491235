/** The repository records as the server runs them: settings from its configuration, services, background work. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isLoopback } from "../auth/Loopback.ts"
import type { Values as OutgoingSettings } from "../outgoing/OutgoingSettings.ts"
import * as ModuleBuildRepositories from "./ModuleBuildRepositories.ts"
import * as Repositories from "./Repositories.ts"
import { RepositoriesConfig, type Settings } from "./RepositoriesConfig.ts"
import type { Values as RepositorySettings } from "./RepositorySettings.ts"
import * as RepositoryUpkeep from "./RepositoryUpkeep.ts"
import * as StorageNodes from "./StorageNodes.ts"

/** With the address that the server listens on, and how callers are known. */
type Config = RepositorySettings & OutgoingSettings & { readonly host: string; readonly auth: string }

/** What the environment says about repository records. */
export const settings = (config: Config): Settings => ({
  users: config.basicUsers,
  tokens: config.writeTokens,
  openWrites: config.basicUsers.length === 0 && config.writeTokens.length === 0 && config.auth === "none"
    && isLoopback(config.host),
  releases: config.distroReleases,
  nodes: config.chacraNodes,
  nodeTlsVerify: config.nodeTlsVerify,
  outgoingAllow: config.outgoingAllow,
  probeTimeoutMillis: config.nodeProbeTimeout,
  probeEveryMillis: config.nodeProbeInterval,
  probeRetries: config.nodeProbeRetries,
  retention: { keepDays: config.repositoryKeepDays, keepPerRef: config.repositoryKeepPerRef },
  reconcileEveryMillis: config.repositoryCheckInterval
})

const warnOpen = Layer.effectDiscard(
  Effect.flatMap(RepositoriesConfig, ({ openWrites }) =>
    openWrites
      ? Effect.logWarning("Anyone on this machine may write repository records: set ORCH_BASIC_USERS to change that")
      : Effect.void)
)

export const layer = (config: Config) =>
  Layer.mergeAll(ModuleBuildRepositories.layer, StorageNodes.proberLayer, RepositoryUpkeep.workersLayer, warnOpen).pipe(
    Layer.provideMerge(Layer.mergeAll(Repositories.layer, StorageNodes.layer, RepositoryUpkeep.layer)),
    Layer.provideMerge(Layer.succeed(RepositoriesConfig, settings(config)))
  )
