/**
 * Scalars as YAML text in a form every reader takes for the same string: YAML 1.1 (libyaml, PyYAML) and the 1.2 core
 * schema alike. What either would take for a number, boolean, null, date or merge key is quoted.
 */

/** Starts with a letter; no character in it has a meaning of its own; a colon is followed by something. */
const safe =
  /^[A-Za-z/(](?:[A-Za-z0-9_.+/()~^=;%$<>"'*&!?@|\\-]| (?=[A-Za-z0-9_.+/()~^=;%$<>"'*&!?@|\\-])|:(?=[^\s:#]))*$/

/** Also what does not start with a letter, and text beyond ASCII; checked only when the first did not match. */
const plain =
  /^(?:[A-Za-z0-9_/(.~^+\u00a1-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd]|-(?=[A-Za-z]))(?:[A-Za-z0-9_.+/()~^=;%$<>"'*&!?@|\\\u00a1-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd-]| (?=[^\s#:])|:(?=[^\s:#]))*$/

const words = /^(?:~|null|true|false|yes|no|on|off|y|n)$/i

/** Numbers of YAML 1.1 and 1.2 (also sexagesimal and with underscores), dates, document markers. */
const typed =
  /^(?:[-+]?[0-9._:]*(?:[eE][-+]?[0-9]*)?|[-+]?0[xob][0-9a-fA-F_]*|[-+]?\.(?:inf|nan)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|\.\.\..*|---.*)$/i

const isPlain = (value: string): boolean => {
  if (safe.test(value)) return value.length > 5 || !words.test(value)
  return plain.test(value) && !typed.test(value) && !words.test(value)
}

/** Characters that only an escape can write in double quotes. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const escaped = /["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]/g

const shortEscapes: Readonly<Record<string, string>> = {
  "\"": "\\\"",
  "\\": "\\\\",
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\0": "\\0",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P"
}

const escape = (text: string): string =>
  shortEscapes[text] ?? (text.charCodeAt(0) < 0x100
    ? `\\x${text.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
    : `\\u${text.charCodeAt(0).toString(16).toUpperCase()}`)

/** Letters beyond the first plane are escaped by their code point, halves of surrogate pairs cannot be written. */
const quoteSlow = (value: string): string =>
  `"${
    value.toWellFormed().replace(/[\u{10000}-\u{10ffff}]/gu, (char) =>
      `\u0001${char.codePointAt(0)!.toString(16).toUpperCase().padStart(8, "0")}`)
      .replace(escaped, (char) =>
        char === "\u0001" ? "\\U" : escape(char))
  }"`

export const quoted = (value: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /^[\u0020\u0021\u0023-\u005b\u005d-\u007e]*$/.test(value)
    ? `"${value}"`
    : value.includes("\u0001")
    ? quoteSafe(value)
    : quoteSlow(value)

/** Text that holds the mark `quoteSlow` uses is written character by character. */
const quoteSafe = (value: string): string => {
  let out = "\""
  for (const char of value.toWellFormed()) {
    const code = char.codePointAt(0)!
    if (code > 0xffff) out += `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`
    else out += char.replace(escaped, escape)
  }
  return `${out}"`
}

/** One line: plain where that is safe, double quotes otherwise. */
export const scalar = (value: string): string => isPlain(value) ? value : quoted(value)

/** Whether a block scalar can hold the text: it shows something, and nothing in it needs an escape or an indentation mark. */
const unblockable =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /^[\s]|[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]|[ ]$|^$/

const chomp = (value: string): string => value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-"

const trailing = (value: string): number => value.length - value.replace(/\n+$/, "").length

/** A literal block (`|`), or quotes where that cannot hold the text. */
export const multiline = (value: string, indent: string): string => {
  if (!value.includes("\n")) return scalar(value)
  if (unblockable.test(value)) return quoted(value)
  const body = value.replace(/\n+$/, "")
  if (body === "") return quoted(value)
  return `|${chomp(value)}\n${body.split("\n").map((line) => line === "" ? "" : indent + line).join("\n")}${
    "\n".repeat(Math.max(0, trailing(value) - 1))
  }`
}

const width = 80

/** A folded block (`>`) of lines up to 80 columns, for prose; otherwise as `multiline`. */
export const folded = (value: string, indent: string): string => {
  if (unblockable.test(value) || /^[ ]|\n[ ]|[ ]\n/.test(value)) return multiline(value, indent)
  const body = value.replace(/\n+$/, "")
  // One line break in a folded block is read as a space, so every line break of the text takes one more.
  const lines = body.split(/(\n+)/)
  const text = lines.map((part, i) => i % 2 === 1 ? `${part}\n` : wrap(part, indent)).join("")
  return `>${chomp(value)}\n${text}${"\n".repeat(Math.max(0, trailing(value) - 1))}`
}

/** Breaks at single spaces only: any other white space would not come back as it was. */
const wrap = (line: string, indent: string): string => {
  const room = width - indent.length
  if (line.length <= room) return indent + line
  let out = ""
  let start = 0
  let fit = -1
  for (let i = line.indexOf(" "); i >= 0; i = line.indexOf(" ", i + 1)) {
    if (line[i + 1] === " " || line[i - 1] === " ") continue
    if (i - start > room && fit > start) {
      out += `${indent}${line.slice(start, fit)}\n`
      start = fit + 1
    }
    fit = i
  }
  if (line.length - start > room && fit > start) {
    out += `${indent}${line.slice(start, fit)}\n`
    start = fit + 1
  }
  return out + indent + line.slice(start)
}
