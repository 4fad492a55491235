/**
 * The promises of the `Outbox` port, as tests for any implementation: one order for all readers, in which nothing appears
 * behind what somebody has already read, and a cursor for each listener.
 *
 * @see ./internal/outboxServingPromises.ts for the cursors.
 */
import type { Outbox } from "../ports/Outbox.ts"
import * as Contract from "./Contract.ts"
import { harness } from "./internal/outboxHarness.ts"
import { readingPromises } from "./internal/outboxReadingPromises.ts"
import { servingPromises } from "./internal/outboxServingPromises.ts"

/** The outbox under test. */
export interface Options<R, E> extends Contract.Options<Outbox | R, E> {
  /** Milliseconds until an announcement must have its number; 20,000 unless told. */
  readonly patience?: number
}

/** Registers the suite that every outbox is held to, under that name. */
export const outboxContract = <R, E>(name: string, options: Options<R, E>): void => {
  const at = harness(options.patience ?? 20_000)
  Contract.suite<Outbox | R, E>(name, options, [...readingPromises(at), ...servingPromises(at)])
}
