/**
 * The promises of the `ProcessStore` port, as tests for any implementation: one transaction for each change, all of it or
 * nothing, whoever else is at the same build.
 *
 * The suite reads the command queue and the outbox that the store writes to, so nobody else may take from that queue.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CommandQueue } from "../ports/CommandQueue.ts"
import type { Outbox } from "../ports/Outbox.ts"
import type { Interface, ProcessStore } from "../ports/ProcessStore.ts"
import * as Contract from "./Contract.ts"
import { changePromises } from "./internal/processStoreChangePromises.ts"
import { harness } from "./internal/processStoreHarness.ts"
import { identityPromises } from "./internal/processStoreIdentityPromises.ts"
import { queryPromises } from "./internal/processStoreQueryPromises.ts"
import { sharingPromises } from "./internal/processStoreSharingPromises.ts"

export interface Options<R, E> extends Contract.Options<ProcessStore | CommandQueue | Outbox | R, E> {
  /** Another store on the same data, as another process would have. */
  readonly reopen?: Effect.Effect<Interface, unknown, ProcessStore | CommandQueue | Outbox | R | Scope.Scope>
  /** Milliseconds after which commands and announcements that have not come are taken not to exist; 500 unless told. */
  readonly quiet?: number
}

/** Registers the suite. */
export const processStoreContract = <R, E>(name: string, options: Options<R, E>): void => {
  const at = harness<R>(options)
  Contract.suite<ProcessStore | CommandQueue | Outbox | R, E>(name, options, [
    ...identityPromises(at),
    ...changePromises(at),
    ...queryPromises(at),
    ...sharingPromises(at)
  ])
}
