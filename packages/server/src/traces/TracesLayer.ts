/** What builds held and were built from, in operation. */
import * as Layer from "effect/Layer"
import { ModuleContents } from "./ModuleContents.ts"
import * as Revocations from "./Revocations.ts"
import * as TraceKeeping from "./TraceKeeping.ts"

/** Everything; builds are read in the sandbox that builds have. */
export const layer = (settings: Parameters<typeof ModuleContents.layer>[0]) =>
  Layer.merge(TraceKeeping.layer.pipe(Layer.provide(ModuleContents.layer(settings))), Revocations.layer)

/** What the engine asks. */
export const traces = TraceKeeping.traces
