/** Times in microseconds since the epoch as RFC 3339 in UTC, which `Date` would round to milliseconds. */

/** Six digits behind the second. */
export const format = (micros: bigint | number): string => {
  const value = BigInt(micros)
  const rest = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n
  return new Date(Number((value - rest) / 1000n)).toISOString().replace(/\.\d+Z$/, `.${`${rest}`.padStart(6, "0")}Z`)
}

/** `undefined` where it is no such time. */
export const parse = (text: string): number | undefined => {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text)
  if (parts === null) return undefined
  const millis = Date.parse(`${parts[1]}T${parts[2]}${parts[4]!.toUpperCase()}`)
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number((parts[3] ?? "").padEnd(6, "0").slice(0, 6))
}
