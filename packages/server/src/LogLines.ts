/**
 * Writes lines of the log together: a write for each would cost a busy server as much as what the line is about. Lines wait for
 * milliseconds, or until something is wrong, and none waits when the process ends by itself.
 */

/** Milliseconds that a line waits at most. */
const patience = 20

/** Characters that are written at once, whatever the time. */
const most = 16_384

let pending = ""
let timer: NodeJS.Timeout | undefined
let isWatched = false

/** Writes what waits. */
const flush = (): void => {
  clearTimeout(timer)
  timer = undefined
  const text = pending
  pending = ""
  // The end of the last line comes from the console.
  if (text !== "") console.log(text.slice(0, -1))
}

/** Takes a line without its end; one that cannot wait takes those before it along. */
export const write = (line: string, canWait: boolean): void => {
  if (!isWatched) process.once("exit", flush)
  isWatched = true
  pending += `${line}\n`
  if (!canWait || pending.length >= most) return flush()
  timer ??= setTimeout(flush, patience).unref()
}
