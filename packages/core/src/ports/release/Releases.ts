/** The store of releases. */
import * as Context from "effect/Context"
import type { ReleaseLife } from "../../release/ReleaseLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Releases: create, apply, get, history. */
export class Releases extends Context.Service<Releases, ProcessStore<ReleaseLife>>()(
  "@orch/core/ports/release/Releases"
) {}
