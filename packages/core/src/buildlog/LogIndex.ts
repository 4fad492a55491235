/**
 * What is known of a log without reading it again: where its lines are, its sections, and which lines may say what went wrong. It is
 * extended with the lines that come, so that a log that grows is read once.
 */
import * as Schema from "effect/Schema"
import * as LineMarks from "./LineMarks.ts"
import * as Rules from "./LogRules.ts"

/** The byte offset of each so many-th line is kept. */
export const stride = 1024

/** A stretch of the log, such as `%build`. Lines are counted from 1. */
export const LogSection = Schema.Struct({
  name: Schema.String,
  from: Schema.Number,
  /** Milliseconds since the epoch, where the log says so, or somebody looked while it was written. */
  startedAt: Schema.optionalKey(Schema.Number)
})
export interface LogSection extends Schema.Schema.Type<typeof LogSection> {}

/** The first line of a section that a rule is for. */
export const Candidate = Schema.Struct({
  /** Place in the list of sections; -1 before the first. */
  section: Schema.Number,
  /** Name of the rule. */
  rule: Schema.String,
  line: Schema.Number,
  text: Schema.String
})
export interface Candidate extends Schema.Schema.Type<typeof Candidate> {}

/** The index of a log. */
export const LogIndex = Schema.Struct({
  /** Bytes of whole lines; what comes after is the beginning of a line. */
  bytes: Schema.Number,
  /** Whole lines. */
  lines: Schema.Number,
  /** Where lines 1, 1025, 2049, … begin. */
  offsets: Schema.Array(Schema.Number),
  sections: Schema.Array(LogSection),
  candidates: Schema.Array(Candidate),
  /** The phase that is said to have failed, such as `%check`. */
  failed: Schema.optionalKey(Schema.String),
  /** When the last line was seen that says its time. */
  lastAt: Schema.optionalKey(Schema.Number),
  warnings: Schema.optionalKey(LineMarks.Warnings),
  /** When lines were written, where they say so, or somebody looked while they were. */
  times: Schema.optionalKey(Schema.Array(LineMarks.WrittenAt))
})
export interface LogIndex extends Schema.Schema.Type<typeof LogIndex> {}

/** The index of a log without lines. */
export const empty: LogIndex = { bytes: 0, lines: 0, offsets: [0], sections: [], candidates: [] }

/** Characters of a line that are looked at. */
const looked = 2000
/** Characters of a line that are kept. */
const kept = 400
/** Sections that are kept: logs that begin ever more of them are not those of rpmbuild or mock. */
const mostSections = 500
const mostCandidates = 2000

const newline = 10

/**
 * Adds bytes that follow those of the index; a line that is not whole is left for the next time, unless `isLast`. `now` is when they were
 * written, in milliseconds since the epoch, where somebody looked on.
 */
export const extend = (
  index: LogIndex,
  bytes: Uint8Array,
  { isLast, now }: { readonly isLast: boolean; readonly now?: number }
): LogIndex => {
  // All at once: a decoder costs more for each line than for its characters.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  const offsets = [...index.offsets]
  const sections = [...index.sections]
  const candidates = [...index.candidates]
  const seen = new Set(candidates.map(({ rule, section }) => `${section} ${rule}`))
  const marks = LineMarks.collect(index.warnings, index.times)
  let { failed, lastAt, lines } = index
  let at = 0
  let textAt = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(newline, at)
    if (found < 0 && !isLast) break
    const end = found < 0 ? bytes.length : found
    lines++
    // Of a line of megabytes the beginning is enough.
    const textEnd = found < 0 ? text.length : text.indexOf("\n", textAt)
    const line = text.slice(textAt, Math.min(textEnd, textAt + looked))
    textAt = textEnd + 1
    at = found < 0 ? end : end + 1
    if (lines % stride === 0) offsets.push(index.bytes + at)
    const time = timeOf(line)
    lastAt = time ?? lastAt
    const writtenAt = time ?? (lines === index.lines + 1 ? now : undefined)
    if (writtenAt !== undefined) marks.at(lines, writtenAt)
    if (LineMarks.warns(line)) marks.warn(lines)
    const name = sectionOf(line)
    if (name !== undefined && sections.length < mostSections) {
      const startedAt = time ?? now
      sections.push({ name, from: lines, ...(startedAt === undefined ? {} : { startedAt }) })
    }
    const rule = Rules.ruleOf(line)
    if (rule < 0) continue
    failed = failedPhase(line) ?? failed
    const key = `${sections.length - 1} ${Rules.rules[rule]!.name}`
    if (seen.has(key) || candidates.length >= mostCandidates) continue
    seen.add(key)
    candidates.push({
      section: sections.length - 1,
      rule: Rules.rules[rule]!.name,
      line: lines,
      text: line.slice(0, kept).replace(/\r$/, "")
    })
  }
  const [warnings, times] = [marks.warnings(), marks.times()]
  return {
    bytes: index.bytes + at,
    lines,
    offsets,
    sections,
    candidates,
    ...(failed === undefined ? {} : { failed }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(times === undefined ? {} : { times })
  }
}

/** The name of the section that a line begins; `undefined` of most lines. */
export const sectionOf = (line: string): string | undefined => {
  if (line.startsWith("Executing(")) return /^Executing\((%\w+)\): /.exec(line)?.[1]
  if (line.startsWith("Processing files: ")) return "files"
  if (line.startsWith("RPM build errors:")) return "errors"
  const mock = /^(?:\S+ \S+ - |INFO: )?Start(?:\([^)]*\))?: (.{1,60})$/.exec(line)
  return mock === null ? undefined : mock[1]!.trim()
}

const failedPhase = (line: string): string | undefined => /Bad exit status from \S+ \((%\w+)\)/.exec(line)?.[1]

/** The time at the beginning of a line, as mock writes it, in milliseconds since the epoch; taken as UTC. */
const timeOf = (line: string): number | undefined => {
  if (!line.startsWith("20")) return undefined
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{3}))?/.exec(line)
  if (found === null) return undefined
  const at = Date.parse(`${found[1]}T${found[2]}.${found[3] ?? "000"}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** A section with where it ends and how long it took. */
export interface Stretch {
  readonly name: string
  readonly from: number
  /** The last line. */
  readonly to: number
  readonly startedAt: number | undefined
  /** Where its start and that of the next one are known, or the end of the last. */
  readonly seconds: number | undefined
  readonly isFailed: boolean
}

/** The sections of a log from its first line to its last. */
export const stretches = ({ failed, lastAt, lines, sections }: LogIndex): ReadonlyArray<Stretch> =>
  sections.map(({ from, name, startedAt }, place) => {
    const next = sections[place + 1]
    const end = next === undefined ? lastAt : next.startedAt
    return {
      name,
      from,
      to: next === undefined ? lines : next.from - 1,
      startedAt,
      seconds: startedAt === undefined || end === undefined ? undefined : Math.max(0, (end - startedAt) / 1000),
      isFailed: name === failed
    }
  })

/** The line that most likely says what went wrong. */
export interface FirstError {
  readonly line: number
  readonly text: string
  /** Which rule says so, and what to do about it. */
  readonly rule: string
  readonly hint: string
  /** The section it stands in. */
  readonly phase: string | undefined
}

/**
 * The earliest line of the strongest rule inside the phase that failed, or, where that has none or is not told, anywhere. Lines in `not`,
 * of which somebody said that they are not the cause, are passed over. `undefined` where no rule is for any other line.
 */
export const firstError = (
  { candidates: all, failed, sections }: LogIndex,
  not: ReadonlySet<number> = new Set()
): FirstError | undefined => {
  const candidates = not.size === 0 ? all : all.filter(({ line }) => !not.has(line))
  const inside = failed === undefined
    ? []
    : candidates.filter(({ rule, section }) => sections[section]?.name === failed && rule !== "phase")
  const strength = ({ rule }: Candidate): number => Rules.rules.findIndex(({ name }) => name === rule)
  const [best] = (inside.length > 0 ? inside : candidates).toSorted((a, b) =>
    strength(a) - strength(b) || a.line - b.line
  )
  if (best === undefined) return undefined
  return {
    line: best.line,
    text: best.text,
    rule: best.rule,
    hint: Rules.rules.find(({ name }) => name === best.rule)?.hint ?? "",
    phase: sections[best.section]?.name
  }
}

/** Where to begin to read a line, from 1: a byte offset, and the number of the line that begins there. */
export const startOf = ({ offsets }: LogIndex, line: number): { readonly offset: number; readonly line: number } => {
  const place = Math.min(offsets.length - 1, Math.max(0, Math.floor((line - 1) / stride)))
  return { offset: offsets[place]!, line: place * stride + 1 }
}
