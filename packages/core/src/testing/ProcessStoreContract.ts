/**
 * The promises of the `ProcessStore` port, as tests for any implementation and any life: one transaction for each change, all
 * of it or nothing, whoever else is at the same process.
 *
 * The suite reads the command queue and the outbox that the store writes to, so nobody else may take from that queue.
 */
import type * as Life from "../life/Life.ts"
import type { CommandQueues } from "../ports/CommandQueue.ts"
import type { Outbox } from "../ports/Outbox.ts"
import * as Contract from "./Contract.ts"
import { changePromises } from "./internal/processStoreChangePromises.ts"
import { harness, type Options as Hooks } from "./internal/processStoreHarness.ts"
import { identityPromises } from "./internal/processStoreIdentityPromises.ts"

/** What the suite is told of an implementation: its layer, the life with examples, the store in it. */
export interface Options<L extends Life.Any, R, E>
  extends Contract.Options<CommandQueues | Outbox | R, E>, Hooks<L, R>
{}

/** Registers the suite that every store of processes is held to, for one life, under that name. */
export const processStoreContract = <L extends Life.Any, R, E>(name: string, options: Options<L, R, E>): void => {
  const at = harness<L, R>(options)
  Contract.suite<CommandQueues | Outbox | R, E>(name, options, [...identityPromises(at), ...changePromises(at)])
}
