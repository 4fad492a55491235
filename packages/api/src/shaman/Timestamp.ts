/** Times as shaman prints them: a Python datetime, `2026-11-21 22:18:19.941603+00:00`; nodes' without the zone. */

const pad = (value: number, width: number): string => String(value).padStart(width, "0")

/** To the second, in UTC, and the microseconds left over. */
const seconds = (micros: bigint): readonly [string, number] => {
  const date = new Date(Number(micros / 1000n))
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`
  const time = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`
  return [`${day} ${time}`, Number(micros % 1_000_000n)]
}

/** Microseconds since the epoch without zone. Python leaves a zero fraction out, as in the 1970 of a node never used. */
export const formatNaive = (micros: bigint): string => {
  const [text, fraction] = seconds(micros)
  return fraction === 0 ? text : `${text}.${pad(fraction, 6)}`
}

/** With the fraction always there, and `+00:00`. */
export const format = (micros: bigint): string => {
  const [text, fraction] = seconds(micros)
  return `${text}.${pad(fraction, 6)}+00:00`
}

const shape = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:?\d{2})?$/

/** Reads either form, and ISO 8601; no zone means UTC. Undefined for anything else. */
export const parse = (text: string): bigint | undefined => {
  const match = shape.exec(text.trim())
  if (match === null) return undefined
  const zone = match[4] ?? "Z"
  const millis = Date.parse(
    `${match[1]}T${match[2]}${zone === "Z" || zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`}`
  )
  if (Number.isNaN(millis)) return undefined
  return BigInt(millis) * 1000n + BigInt((match[3] ?? "").padEnd(6, "0").slice(0, 6) || "0")
}
