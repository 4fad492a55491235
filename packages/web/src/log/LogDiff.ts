/** What a log has that the last good one has not: lines that are alike but for numbers, times and names of temporary files are the same. */

/** What stays of a line when everything that differs between two runs of the same is left out. */
export const essence = (line: string): string =>
  line.replaceAll(/rpm-tmp\.\w+|\/tmp\/\w+[.\w-]*/g, "tmp").replaceAll(/\b0x[\da-f]+\b|\b[\da-f]{7,64}\b|\d+/gi, "0")
    .replaceAll(/\s+/g, " ").trim()

/**
 * Numbers of the lines that the other log has none like, counted from `first`. Empty lines are never among them; how often and in which
 * order the other has them is not looked at, since tests and compilers run beside each other.
 */
export const fresh = (
  lines: ReadonlyArray<string>,
  first: number,
  others: ReadonlyArray<string>
): ReadonlySet<number> => {
  const known = new Set(others.map(essence))
  return new Set(lines.flatMap((line, index) => {
    const one = essence(line)
    return one === "" || known.has(one) ? [] : [first + index]
  }))
}
