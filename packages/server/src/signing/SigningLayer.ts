/** Signing in operation: keys, the store, and what signings ask for. */
import { Signings } from "@orch/core/ports/signing/Signings"
import * as Layer from "effect/Layer"
import * as PgProcesses from "../database/PgProcesses.ts"
import * as SigningCommands from "./SigningCommands.ts"
import * as SigningQueue from "./SigningQueue.ts"
import { signingTable } from "./SigningTable.ts"
import * as SignKeys from "./SignKeys.ts"

/** Everything; `concurrency` commands run side by side in this server process. */
export const layer = (options: { readonly concurrency: number }) =>
  Layer.merge(SigningCommands.workers(options), SigningQueue.layer).pipe(
    Layer.provideMerge(Layer.merge(Layer.effect(Signings, PgProcesses.make(signingTable)), SignKeys.layer))
  )
