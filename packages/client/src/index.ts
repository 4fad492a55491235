/** Clients of @orch: `OrchClient` on Effect, `OrchPromiseClient` without. */
export * as OrchClient from "./OrchClient.ts"
export * as OrchPromiseClient from "./OrchPromiseClient.ts"
export * as WatchModuleBuild from "./WatchModuleBuild.ts"
