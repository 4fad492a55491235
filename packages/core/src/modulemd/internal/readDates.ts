/**
 * Dates (`YYYY-MM-DD`) and timestamps (`YYYY-MM-DDTHH:MMZ`) with a real calendar behind them: libmodulemd ends the
 * process on February 31 in a service level, and takes it as it is in obsoletes.
 */
import type { DocumentReader, Read } from "./documentReader.ts"
import { quote, text } from "./documentReader.ts"
import type { YamlNode } from "./yamlNode.ts"

const isDay = (year: number, month: number, day: number): boolean => {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

const pad = (part: string, width: number): string => part.replace(/^0+(?=.)/, "").padStart(width, "0")

export const date: Read<string | undefined> = (reader, node) => {
  const value = text(reader, node)
  if (node.kind !== "scalar") return undefined
  const parts = /^([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2})(.*)$/s.exec(value)
  if (parts === null) {
    reader.error("not-date", node, `expected a date as 2030-12-31, found ${quote(value)}`)
    return undefined
  }
  const [, year, month, day, rest] = parts as unknown as [string, string, string, string, string]
  if (!isDay(Number(year), Number(month), Number(day))) {
    reader.error("not-date", node, `${quote(value)} is not a day of the calendar`)
    return undefined
  }
  const written = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
  if (/^[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$/.test(rest)) {
    reader.warn("date-form", node, `a date has no time of day, ${quote(rest)} is ignored`, `write ${written}`)
  } else if (rest !== "") {
    reader.strict("date-form", node, `unexpected ${quote(rest)} after the date`, `write ${written}`)
  } else if (written !== value) {
    reader.warn("date-form", node, `${quote(value)} is read as ${written}`, `write ${written}`)
  }
  return written
}

export const timestamp: Read<string> = (reader: DocumentReader, node: YamlNode) => {
  const value = text(reader, node)
  if (node.kind !== "scalar") return ""
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})Z$/.exec(value)
  if (parts === null) {
    reader.error("not-date", node, `expected a time as 2030-12-31T23:59Z, found ${quote(value)}`)
  } else if (
    !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) || Number(parts[4]) > 23 || Number(parts[5]) > 59
  ) {
    reader.strict("not-date", node, `${quote(value)} is not a moment of the calendar`)
  }
  return value
}
