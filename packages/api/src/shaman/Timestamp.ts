/** Times as shaman prints them: a Python datetime, `2026-11-21 22:18:19.941603+00:00`; nodes' without the zone. */

const pad = (value: number, width: number): string => String(value).padStart(width, "0")

/** Microseconds since the epoch as UTC, without zone. Python leaves a zero fraction out, and so does this. */
export const formatNaive = (micros: bigint): string => {
  const date = new Date(Number(micros / 1000n))
  const fraction = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`
  const time = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`
  return fraction === 0 ? `${day} ${time}` : `${day} ${time}.${pad(fraction, 6)}`
}

/** The same with `+00:00`. */
export const format = (micros: bigint): string => `${formatNaive(micros)}+00:00`

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
