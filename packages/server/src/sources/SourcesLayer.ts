/** What pushes build, and the forge's projects. */
import * as Layer from "effect/Layer"
import * as ForgeLooks from "./ForgeLooks.ts"
import * as GiteaListener from "./GiteaListener.ts"
import * as Projects from "./Projects.ts"
import * as PushBuilds from "./PushBuilds.ts"
import { SourceSettings, type Values } from "./SourceSettings.ts"

/** Everything, with its settings; the listener knows people by their tokens. */
export const layer = (settings: Values) =>
  Layer.merge(GiteaListener.layer, ForgeLooks.layer).pipe(
    Layer.provideMerge(PushBuilds.layer),
    Layer.provideMerge(Projects.layer),
    Layer.provideMerge(Layer.succeed(SourceSettings, settings))
  )
