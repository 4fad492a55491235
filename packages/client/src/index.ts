/**
 * Clients of @orch: `OrchClient` on Effect, `OrchPromiseClient` without.
 *
 * This entry needs `effect`, `@orch/api` and `@orch/core`; `@orch/client/OrchPromiseClient` needs nothing else.
 */
export * as AlbsClient from "./AlbsClient.ts"
export * as OrchClient from "./OrchClient.ts"
export * as OrchPromiseClient from "./OrchPromiseClient.ts"
export * as RequestFailed from "./RequestFailed.ts"
export * as WatchCampaign from "./WatchCampaign.ts"
export * as WatchModuleBuild from "./WatchModuleBuild.ts"
