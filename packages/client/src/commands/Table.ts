/** Rows as aligned columns, the last one as long as it likes. */
import { plain } from "./Printable.ts"

/**
 * Lays out rows below their headings, in columns that are as wide as their longest cell; lines are separated by
 * newlines. Each cell is one line without control characters.
 */
export const format = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const all = [header, ...rows.map((row) => row.map(plain))]
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)))
  return all
    .map((row) =>
      row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column]!)).join("  ").trimEnd()
    )
    .join("\n")
}
