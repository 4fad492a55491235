/**
 * Streams that are one to readers which take them for numbers or booleans: `5.30` and `5.3`, `on` and `true`. Where one is
 * named and only the other is there, such a reader wrote one of the two.
 */

/** What is left of the name after such a reader: equal for streams that it cannot tell apart. */
const residue = (stream: string): string => {
  if (/^(?:true|yes|on)$/i.test(stream)) return "true"
  if (/^(?:false|no|off)$/i.test(stream)) return "false"
  const number = /^[+]?([0-9][0-9_]*|(?=\.[0-9]))(?:\.([0-9_]*))?(?:[eE]([-+]?[0-9]{1,3}))?$/.exec(stream)
  if (number === null) return stream
  const exponent = Number(number[3] ?? 0)
  const whole = number[1]!.replaceAll("_", "")
  const fraction = (number[2] ?? "").replaceAll("_", "")
  const digits = `${whole}${fraction}`.replace(/^0+/, "").replace(/0+$/, "")
  if (digits === "") return "0"
  // The place of the point, counted from the last digit that is not zero.
  const zeros = /0*$/.exec(`${whole}${fraction}`)![0].length
  return `${digits}e${exponent - fraction.length + zeros}`
}

/** Those of the streams that are not the one named, but one with it to readers that take names for numbers. */
export const twins = (stream: string, streams: Iterable<string>): ReadonlyArray<string> => {
  const wanted = residue(stream)
  return [...streams].filter((other) => other !== stream && residue(other) === wanted)
}
