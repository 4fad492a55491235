/** The store of signings. */
import * as Context from "effect/Context"
import type { SigningLife } from "../../signing/SigningLife.ts"
import type { ProcessStore } from "../ProcessStore.ts"

/** Signings: create, apply, get, history. */
export class Signings extends Context.Service<Signings, ProcessStore<SigningLife>>()(
  "@orch/core/ports/signing/Signings"
) {}
