/** What the Promise client tells of logs by line. Plain types, held to the API's by a test. */

/** The address of a log. */
export interface LogAddress {
  /** `module-build` without it. */
  readonly life?: "module-build" | "package-build"
  readonly build: number
  /** The name of a component, or the number of a task. */
  readonly part: string
  /** From 1; the last one without it. */
  readonly attempt?: number
  /** Of several logs: the architecture, and the file's name. */
  readonly arch?: string
  readonly file?: string
}

/** A line of which somebody said that it is not what went wrong. */
export interface LogDoubt {
  readonly line: number
  readonly text: string
  readonly rule: string
  readonly by: string
  /** RFC 3339 in UTC. */
  readonly at: string
}

/** What is known of the log of one attempt. Times are RFC 3339 in UTC. */
export interface LogOverview {
  /** Whether more may come. */
  readonly open: boolean
  readonly lines: number
  readonly bytes: number
  /** Whether all that is there was looked at. */
  readonly complete: boolean
  readonly sections: ReadonlyArray<{
    readonly name: string
    readonly from: number
    readonly to: number
    readonly started_at: string | null
    readonly seconds: number | null
    readonly failed: boolean
  }>
  /** The line that most likely says what went wrong. */
  readonly first_error: {
    readonly line: number
    readonly text: string
    readonly rule: string
    readonly hint: string
    readonly phase: string | null
  } | null
  /** The first line of each section that each rule is for. */
  readonly errors: ReadonlyArray<{ readonly line: number; readonly rule: string }>
  readonly warnings: { readonly count: number; readonly lines: ReadonlyArray<number> }
  /** Lines that are passed over, since somebody said that they are not the cause. */
  readonly doubts: ReadonlyArray<LogDoubt>
  readonly files: ReadonlyArray<{ readonly arch: string | null; readonly name: string }>
  /** The number of the last attempt. */
  readonly attempts: number
  /** Absolute, or a path of the server. */
  readonly raw_url: string
}

/** Lines of a log. */
export interface LogLines {
  /** Number of the first of them, from 1. */
  readonly from: number
  readonly lines: ReadonlyArray<string>
  /** Numbers of lines that are longer and were cut. */
  readonly cut: ReadonlyArray<number>
  readonly total: number
  readonly open: boolean
  /** When they were written: each moment is that of its line and of those after it. */
  readonly times: ReadonlyArray<{ readonly line: number; readonly at: string }>
  /** Where to go on; null at the end of a log that has ended. */
  readonly next: number | null
}

/** Lines in which something was found. */
export interface LogMatches {
  readonly matches: ReadonlyArray<{
    readonly line: number
    readonly at: number
    readonly length: number
    readonly text: string
  }>
  /** From which line to go on; null where all was looked through. */
  readonly next: number | null
  readonly looked: number
}

/** Logs by line. Every function rejects with `RequestFailed`. */
export interface Logs {
  readonly overview: (log: LogAddress) => Promise<LogOverview>
  /** From line 1 without `from`, below 0 so many before the end; `wait` seconds for a line that is still to come. */
  readonly lines: (
    log: LogAddress,
    range?: { readonly from?: number; readonly count?: number; readonly wait?: number }
  ) => Promise<LogLines>
  readonly find: (
    log: LogAddress,
    text: string,
    options?: {
      readonly regex?: boolean
      readonly ignoreCase?: boolean
      readonly from?: number
      readonly limit?: number
    }
  ) => Promise<LogMatches>
}
