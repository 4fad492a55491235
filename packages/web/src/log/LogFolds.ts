/** What of a log is folded away: sections that went well, and runs of lines that say the same again and again. */

/** Lines that are folded to one, by their numbers. */
export interface Fold {
  readonly from: number
  readonly to: number
  readonly label: string
  /** Whether it is folded before anybody asks. */
  readonly isClosed: boolean
}

/** A part of a log, as the server found it. */
export interface Section {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly failed: boolean
}

/** Fewer similar lines than that are shown as they are. */
export const fewest = 20

/** What makes lines similar: their first word, numbers apart. */
export const shape = (line: string): string => line.trim().replaceAll(/\d+/g, "0").split(/\s+/, 1)[0] ?? ""

const runs = (lines: ReadonlyArray<string>, first: number, keep: ReadonlySet<number>): ReadonlyArray<Fold> => {
  const found: Array<Fold> = []
  let begin = 0
  for (let index = 1; index <= lines.length; index++) {
    const one = shape(lines[begin]!)
    const goes = index < lines.length && one !== "" && shape(lines[index]!) === one && !keep.has(first + index) &&
      !keep.has(first + begin)
    if (goes) continue
    if (index - begin >= fewest) {
      found.push({
        from: first + begin,
        to: first + index - 1,
        label: `${one}: ${index - begin} similar lines`,
        isClosed: true
      })
    }
    begin = index
  }
  return found
}

/**
 * The folds of a window of lines, in order, none inside of another. `first` is the number of the first line; a section of which only a
 * part is in the window is cut. Lines in `keep`, such as the first error, are never folded before anybody asks.
 */
export const of = (
  lines: ReadonlyArray<string>,
  first: number,
  sections: ReadonlyArray<Section>,
  keep: ReadonlySet<number>
): ReadonlyArray<Fold> => {
  const last = first + lines.length - 1
  const found: Array<Fold> = []
  let next = first
  const between = (from: number, to: number) => {
    if (to >= from) found.push(...runs(lines.slice(from - first, to - first + 1), from, keep))
  }
  for (const { failed, from, name, to } of sections.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(from, next)
    const end = Math.min(to, last)
    if (end - begin + 1 < 2) continue
    const holds = [...keep].some((line) => line >= begin && line <= end)
    if (failed || holds) continue
    between(next, begin - 1)
    found.push({ from: begin, to: end, label: `${name}: ${end - begin + 1} lines`, isClosed: true })
    next = end + 1
  }
  between(next, last)
  return found
}
