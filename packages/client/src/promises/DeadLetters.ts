/** What the Promise client tells of commands whose retries are spent. Plain types, held to the API's by a test. */

/** One command of a module build that waits for a hand. */
export interface DeadLetter {
  readonly id: string
  readonly module_build: number
  readonly command: string
  readonly attempts: number
  readonly reason: string
  readonly at: string
}

/** Every function rejects with `RequestFailed`. */
export interface DeadLetters {
  readonly list: () => Promise<ReadonlyArray<DeadLetter>>
  /** Has the command run again, with a new budget of retries. */
  readonly release: (id: string) => Promise<void>
}
