/**
 * Reads the logs of tests that speak TAP, the Test Anything Protocol: one row for each test, with what was said about it.
 *
 * Whatever is no line of the protocol is passed over, so any text can be read. A test's name is the rest of its line up to `#`, the
 * dash in front of it included, because that is how those who read such rows know it.
 *
 * @see https://testanything.org/tap-version-13-specification.html
 */

/** `done` and `failed` as the line begins; `todo` and `skipped` by its directive, however the line begins. */
export type TapStatus = "failed" | "done" | "todo" | "skipped"

/** One test of a log. */
export interface TapResult {
  readonly name: string
  readonly status: TapStatus
  /** The lines of comments and YAML after the test, joined; empty when there are none. */
  readonly diagnostic: string
}

/** What a log says as a whole. */
export interface TapLog {
  /** Whether the text says that it is TAP, by a version line. */
  readonly declared: boolean
  readonly results: ReadonlyArray<TapResult>
  /** How many tests the plan promises; absent without a plan. */
  readonly planned: number | undefined
  /** Why the tests ended early, where they did. */
  readonly bailedOut: string | undefined
}

/** More rows of one log than this are not read. */
export const maxResults = 10_000
const maxDiagnostic = 16_384

const line = /^(not )?ok\b\s*(\d*)\s*([^#]*)(?:#\s*(.*))?$/

const statusOf = (failed: boolean, directive: string): TapStatus =>
  /^todo\b/i.test(directive) ? "todo" : /^skip/i.test(directive) ? "skipped" : failed ? "failed" : "done"

/** Reads a log, in time linear in its length. Total: a text without any test has no results. */
export const parse = (text: string): TapLog => {
  let declared = false
  let planned: number | undefined
  let bailedOut: string | undefined
  let inYaml = false
  const results: Array<TapResult> = []
  let diagnostic: Array<string> = []
  let size = 0
  const close = (): void => {
    const last = results.at(-1)
    if (last !== undefined && diagnostic.length > 0) {
      results.push({ ...results.pop()!, diagnostic: diagnostic.join("\n") })
    }
    diagnostic = []
    size = 0
  }
  for (const raw of lines(text)) {
    if (inYaml) {
      if (/^\s*\.\.\.\s*$/.test(raw)) inYaml = false
      else note(raw.trim())
      continue
    }
    const found = line.exec(raw)
    if (found !== null) {
      if (results.length === maxResults) break
      close()
      const [, failed, , name = "", directive = ""] = found
      results.push({ name: name.trim(), status: statusOf(failed !== undefined, directive), diagnostic: "" })
    } else if (/^TAP version \d+\s*$/i.test(raw)) {
      declared = true
    } else if (/^1\.\.\d+/.test(raw)) {
      planned ??= Number(raw.slice(3).match(/^\d{1,9}/)![0])
    } else if (/^Bail out!/i.test(raw)) {
      bailedOut = raw.slice("Bail out!".length).trim()
      break
    } else if (results.length > 0 && /^\s+---\s*$/.test(raw)) {
      inYaml = true
    } else if (results.length > 0 && raw.startsWith("#")) {
      note(raw)
    }
  }
  close()
  return { declared, results, planned, bailedOut }

  function note(said: string): void {
    size += said.length + 1
    if (size <= maxDiagnostic) diagnostic.push(said)
  }
}

function* lines(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const end = text.indexOf("\n", start)
    const stop = end < 0 ? text.length : end
    yield text.slice(start, text[stop - 1] === "\r" ? stop - 1 : stop)
    start = stop + 1
  }
}

/** Whether the tests of a log succeeded: there are some, none failed, as many as planned, and they came to their end. */
export const isSuccess = ({ bailedOut, planned, results }: TapLog): boolean =>
  results.length > 0 && bailedOut === undefined && results.every(({ status }) => status !== "failed")
  && (planned === undefined || planned <= results.length)
