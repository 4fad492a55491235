/**
 * A line of a benchmark: ours, the peer or bound beside it, what is asked of the two, and whether that holds.
 *
 * Each is printed where it is measured. Those of several benchmarks are joined into one table by way of the file that
 * `ORCH_BENCH_LINES` names.
 */
import { appendFileSync, readFileSync } from "node:fs"

/** What was measured. */
export interface BenchLine {
  /** What it is about, such as `one build over HTTP`. */
  readonly what: string
  readonly ours: string
  /** The peer or bound, with its number. */
  readonly against: string
  /** Ours against the other; absent where `ours` is itself what is bounded. */
  readonly ratio?: number
  /** The bound in words; absent where nothing is asked. */
  readonly asked?: string
  readonly holds?: boolean
}

/** The middle one. */
export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((one, two) => one - two)[values.length >> 1] ?? Number.NaN

/** The middle one of the quotients of pairs that were measured one right after the other. */
export const medianRatio = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>): number =>
  median(ours.map((one, index) => one / theirs[index]!))

/** A ratio that must not be less than this. */
export const atLeast = (ratio: number, bound: number): Pick<BenchLine, "asked" | "holds" | "ratio"> => ({
  ratio,
  asked: `at least ${bound}`,
  holds: ratio >= bound
})

/** A ratio that must not be more than this. */
export const atMost = (ratio: number, bound: number): Pick<BenchLine, "asked" | "holds" | "ratio"> => ({
  ratio,
  asked: `at most ${bound}`,
  holds: ratio <= bound
})

/** A number that must not be more than this; it is no ratio. */
export const within = (value: number, bound: number, unit: string): Pick<BenchLine, "asked" | "holds"> => ({
  asked: `at most ${bound} ${unit}`,
  holds: value <= bound
})

const cells = ({ against, asked = "", holds, ours, ratio, what }: BenchLine): ReadonlyArray<string> => [
  what,
  ours,
  against,
  ratio === undefined ? "" : ratio.toFixed(2),
  asked,
  holds === undefined ? "" : holds ? "holds" : "DOES NOT HOLD"
]

/** Prints the line; the process fails where what is asked does not hold. */
export const print = (line: BenchLine): void => {
  console.log(cells(line).filter((cell) => cell !== "").join(" | "))
  if (line.holds === false) process.exitCode = 1
  const file = process.env["ORCH_BENCH_LINES"]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`)
}

/** What `print` wrote into the file, as a table. */
export const table = (file: string): string => {
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => line !== "")
  const rows = [
    ["what", "ours", "peer or bound", "ratio", "asked", ""],
    ...lines.map((line) => cells(JSON.parse(line) as BenchLine))
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n")
}
