/**
 * Lines of logs as browsers may show them: the sixteen colours of terminals as classes, addresses as links, and nothing of what a
 * terminal would do. Pages and the script of pages use the same function.
 */

/** A part of a line: its text, the class that colours it, and where it leads. */
export interface Segment {
  readonly text: string
  /** Such as `a-red`, or `a-bold a-red`; empty for plain text. */
  readonly kind: string
  readonly href?: string
}

/**
 * The parts of one line. What was overwritten by a carriage return is gone, cursor movements are left out, and control characters and
 * those that turn the direction of text are shown by their numbers. Stands on nothing outside of itself, because browsers are sent
 * its text.
 */
export const segments = (line: string): ReadonlyArray<Segment> => {
  const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
  /** Of the 256 colours, the nearest of the eight. */
  const nearest = (red: number, green: number, blue: number): number => {
    const most = Math.max(red, green, blue)
    if (most - Math.min(red, green, blue) < 40) return most < 100 ? 0 : 7
    const on = (part: number) => part > most * 0.6 ? 1 : 0
    return on(red) + 2 * on(green) + 4 * on(blue)
  }
  const of256 = (code: number): number => {
    if (code < 16) return code % 8
    if (code >= 232) return code < 244 ? 0 : 7
    const cube = code - 16
    return nearest(51 * Math.floor(cube / 36), 51 * (Math.floor(cube / 6) % 6), 51 * (cube % 6))
  }
  const whole = line.replace(/\r+$/, "")
  const found: Array<Segment> = []
  let colour: number | undefined
  let bold = false
  const turn = (codes: ReadonlyArray<number>) => {
    for (let index = 0; index < codes.length; index++) {
      const code = codes[index] ?? 0
      if (code === 0) {
        colour = undefined
        bold = false
      } else if (code === 1) bold = true
      else if (code === 22) bold = false
      else if (code >= 30 && code <= 37) colour = code - 30
      else if (code >= 90 && code <= 97) colour = code - 90
      else if (code === 39) colour = undefined
      else if (code === 38 || code === 48) {
        const isText = code === 38
        const kind = codes[index + 1]
        if (kind === 5) {
          if (isText) colour = of256(codes[index + 2] ?? 0)
          index += 2
        } else if (kind === 2) {
          if (isText) colour = nearest(codes[index + 2] ?? 0, codes[index + 3] ?? 0, codes[index + 4] ?? 0)
          index += 4
        }
      }
    }
  }
  const shown = (text: string): string =>
    text.replace(
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
    )
  const put = (raw: string) => {
    const text = shown(raw)
    if (text === "") return
    const kind = [bold ? "a-bold" : "", colour === undefined ? "" : `a-${names[colour]}`].filter((one) => one !== "")
      .join(" ")
    let at = 0
    for (const match of text.matchAll(/https?:\/\/[^\s<>"'`\\]+[^\s<>"'`\\.,;:!?)\]}]/g)) {
      if (match.index > at) found.push({ text: text.slice(at, match.index), kind })
      found.push({ text: match[0], kind, href: match[0] })
      at = match.index + match[0].length
    }
    if (at < text.length) found.push({ text: text.slice(at), kind })
  }
  const escape =
    // oxlint-disable-next-line no-control-regex
    /\u001b\[([0-9;:?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[()][0-9A-Za-z]|\u001b[=>78cDEHMNOZ]|\r/g
  let at = 0
  for (const match of whole.matchAll(escape)) {
    put(whole.slice(at, match.index))
    at = match.index + match[0].length
    if (match[0] === "\r") found.length = 0
    else if (match[2] === "m" && !(match[1] ?? "").includes("?")) {
      turn((match[1] ?? "").split(/[;:]/).map((code) => Number(code) || 0))
    }
  }
  put(whole.slice(at))
  return found
}

/** The text of a line alone. */
export const plain = (line: string): string => segments(line).map(({ text }) => text).join("")
