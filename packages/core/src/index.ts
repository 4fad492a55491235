/**
 * The domain of @orch: each export is one module, named after what it is about (`Nsvc.parse`, `Evr.Order`).
 *
 * Every module can be imported alone as well, `@orch/core/Nsvc`, which loads nothing else.
 */
export * as Arch from "./Arch.ts"
export * as BuildOrder from "./buildorder/BuildOrder.ts"
export * as BuildOrderProblem from "./buildorder/BuildOrderProblem.ts"
export * as Component from "./buildorder/Component.ts"
export * as Readiness from "./buildorder/Readiness.ts"
export * as Evr from "./Evr.ts"
export * as Nevra from "./Nevra.ts"
export * as Nsvc from "./Nsvc.ts"
export * as Nvr from "./Nvr.ts"
export * as ScmAllowList from "./ScmAllowList.ts"
export * as ScmUrl from "./ScmUrl.ts"
