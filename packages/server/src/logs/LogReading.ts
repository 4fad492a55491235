/** Lines of a log that has an index: a page of them, and those that a pattern fits. Bounded in what is read and answered. */
import type { Found } from "@orch/core/buildlog/LinePattern"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import * as Effect from "effect/Effect"
import type { LogMissing, LogSource } from "./LogSources.ts"

/** Lines that follow each other. */
export interface Lines {
  readonly from: number
  readonly lines: ReadonlyArray<string>
  /** Numbers of those that were cut. */
  readonly cut: ReadonlyArray<number>
}

/** A line in which something was found. */
export interface Match extends Found {
  readonly line: number
  readonly text: string
}

/** What was found, and how far was looked. */
export interface Matches {
  readonly matches: ReadonlyArray<Match>
  readonly looked: number
  readonly next: number | undefined
}

/** Bytes of a line that are answered; characters are a little fewer. */
const mostOfLine = 16_384
/** Bytes of an answer. */
const mostOfPage = 4 * 1024 * 1024
const piece = 256 * 1024
/** Bytes that are looked through for one question. */
const mostLooked = 16 * 1024 * 1024
/** Milliseconds after which others have their turn, and after which no further line is looked at for one question. */
const turn = 20
const patience = 5000

interface Line {
  readonly number: number
  readonly text: string
  readonly isCut: boolean
  /** Of the line with its end. */
  readonly bytes: number
}

const others = Effect.promise(() => new Promise<void>((resume) => setImmediate(resume)))

/** Hands lines to `take`, from one on, until it has enough, the index ends, or enough was read; answers the last that it had. */
const each = Effect.fnUntraced(function*(
  source: Pick<LogSource, "read">,
  index: LogIndex.LogIndex,
  from: number,
  most: number,
  take: (line: Line) => boolean
): Effect.fn.Return<number, LogMissing> {
  const begin = LogIndex.startOf(index, from)
  const decoder = new TextDecoder("utf-8")
  let { line: number, offset } = begin
  const first = offset
  let last = from - 1
  let head = new Uint8Array()
  let length = 0
  const until = performance.now() + patience
  let since = performance.now()
  while (number <= index.lines && offset < index.bytes && offset - first < most) {
    const bytes = yield* source.read(offset, Math.min(piece, index.bytes - offset))
    if (bytes.length === 0) break
    for (let at = 0; at < bytes.length;) {
      const found = bytes.indexOf(10, at)
      const end = found < 0 ? bytes.length : found
      // Of what a line began with in the piece before, and of the line, no more than is answered.
      if (length < mostOfLine && number >= from) {
        const joined = new Uint8Array(Math.min(mostOfLine, length + end - at))
        joined.set(head)
        joined.set(bytes.subarray(at, at + joined.length - head.length), head.length)
        head = joined
      }
      length += end - at
      at = end + 1
      const isEnd = found >= 0 || offset + bytes.length >= index.bytes
      if (!isEnd) break
      if (number >= from) {
        last = number
        const isCut = length > mostOfLine
        const text = decoder.decode(head).replace(/\r$/, "")
        if (!take({ number, text, isCut, bytes: length + 1 })) return last
        const now = performance.now()
        if (now > until) return last
        if (now - since > turn) {
          yield* others
          since = performance.now()
        }
      }
      number++
      head = new Uint8Array()
      length = 0
      if (number > index.lines) return last
    }
    offset += bytes.length
    yield* others
    since = performance.now()
  }
  return last
})

/** So many lines, or fewer where they are long. */
export const lines = Effect.fnUntraced(function*(
  source: Pick<LogSource, "read">,
  index: LogIndex.LogIndex,
  from: number,
  count: number
): Effect.fn.Return<Lines, LogMissing> {
  const found: Array<string> = []
  const cut: Array<number> = []
  let answered = 0
  if (from > index.lines || count < 1) return { from, lines: [], cut: [] }
  // A single line may be longer than what is read for a page.
  yield* each(source, index, from, Infinity, ({ isCut, number, text }) => {
    found.push(text)
    answered += text.length
    if (isCut) cut.push(number)
    return found.length < count && answered < mostOfPage
  })
  return { from, lines: found, cut }
})

/** Lines that fit, from one on; `next` is where to go on, `undefined` at the end of the index. */
export const find = Effect.fnUntraced(function*(
  source: Pick<LogSource, "read">,
  index: LogIndex.LogIndex,
  test: (line: string) => boolean,
  where: (line: string) => Found | undefined,
  from: number,
  limit: number
): Effect.fn.Return<Matches, LogMissing> {
  const matches: Array<Match> = []
  const looked = yield* each(source, index, from, mostLooked, ({ number, text }) => {
    const found = test(text) ? where(text) : undefined
    if (found !== undefined) matches.push({ line: number, text: text.slice(0, 2000), ...found })
    return matches.length < limit
  })
  return { matches, looked, next: looked < index.lines ? Math.max(looked, from - 1) + 1 : undefined }
})
