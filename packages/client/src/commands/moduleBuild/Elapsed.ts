/** How long something took, for people. */

const milliseconds = (text: string | null): number => text === null || text === "" ? NaN : Date.parse(text)

/** `42s`, `3m 7s`, `2h 5m`; `undefined` where one of the times (RFC 3339) is not known. */
export const between = (from: string | null, to: string | null): string | undefined => {
  const seconds = Math.max(0, Math.round((milliseconds(to) - milliseconds(from)) / 1000))
  if (Number.isNaN(seconds)) return undefined
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}
