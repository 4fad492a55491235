/** How a session with a broker tells what happens in it. */
import type { Arrived } from "./Inbox.ts"

/** Whom a session tells. `take` resolves when the messages are kept; it does not reject while the server lives. */
export interface Told {
  readonly take: (arrived: ReadonlyArray<Arrived>) => Promise<void>
  readonly begun: () => void
  /** Ends the session. */
  readonly signal: AbortSignal
}
