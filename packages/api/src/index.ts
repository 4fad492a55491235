/** The HTTP faces of `@orch` as typed descriptions. */
export { AlbsApi } from "./albs/AlbsApi.ts"
export * as ErrorBody from "./ErrorBody.ts"
export { ModuleBuildsApi } from "./orch/ModuleBuildsApi.ts"
export { OperationsApi } from "./orch/OperationsApi.ts"
export { OrchApi } from "./OrchApi.ts"
export { RidaApi } from "./rida/RidaApi.ts"
export { RepositoriesApi } from "./shaman/RepositoriesApi.ts"
export { SystemApi } from "./system/SystemApi.ts"
