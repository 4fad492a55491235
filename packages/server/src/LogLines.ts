/**
 * Writes lines of the log together: a write for each would cost a busy server as much as what the line is about. Lines wait for
 * milliseconds, or until something is wrong, and none waits when the process ends by itself.
 */

/** Milliseconds that a line waits at most. */
const patience = 20

/** Characters that are written at once, whatever the time. */
const most = 16_384

let pending: Array<string> = []
let length = 0
let timer: NodeJS.Timeout | undefined
let isWatched = false

/** Writes what waits. */
const flush = (): void => {
  clearTimeout(timer)
  timer = undefined
  const lines = pending
  pending = []
  length = 0
  // The end of the last line comes from the console.
  if (lines.length > 0) console.log(lines.join("\n"))
}

/** Takes a line without its end; one that cannot wait takes those before it along. */
export const write = (line: string, canWait: boolean): void => {
  if (!isWatched) process.once("exit", flush)
  isWatched = true
  pending.push(line)
  length += line.length
  if (!canWait || length >= most) return flush()
  timer ??= setTimeout(flush, patience).unref()
}
