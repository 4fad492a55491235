/** What the Promise client tells of commands whose retries are spent. Plain types, held to the API's by a test. */

/** One command of a module build that waits for a hand. */
export interface DeadLetter {
  readonly id: string
  /** The kind of process it belongs to, such as `module-build`. */
  readonly life: string
  /** The number of the process; `null` where the command cannot be read. */
  readonly process: number | null
  /** The number of the module build, where it is one. */
  readonly module_build: number | null
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
