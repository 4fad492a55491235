/**
 * Bytes to text. libyaml reads UTF-8, and UTF-16 behind a byte order mark; what is not well formed is replaced and
 * remembered, so that only the documents it is in are lost.
 */

/** A byte sequence that is not text: where it is in the bytes, and where its replacement is in the text. */
export interface Malformed {
  readonly byte: number
  readonly offset: number
}

export interface Decoded {
  readonly text: string
  readonly malformed: ReadonlyArray<Malformed>
}

/** No more are reported: a binary file has as many as it has bytes. */
const maxMalformed = 1000

export const decodeText = (bytes: Uint8Array): Decoded => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    const text = new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes)
    return { text, malformed: [] }
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), malformed: [] }
  } catch {
    return decodeAround(bytes)
  }
}

/** Decodes the good parts between the malformed bytes, each of which becomes one replacement character. */
const decodeAround = (bytes: Uint8Array): Decoded => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
  const malformed: Array<Malformed> = []
  const parts: Array<string> = []
  let length = 0
  let start = 0
  for (let i = 0; i < bytes.length;) {
    const size = sequenceLength(bytes, i)
    if (size > 0) {
      i += size
      continue
    }
    const part = decoder.decode(bytes.subarray(start, i))
    parts.push(part, "\ufffd")
    length += part.length
    if (malformed.length < maxMalformed) malformed.push({ byte: i, offset: length })
    length += 1
    start = ++i
  }
  parts.push(decoder.decode(bytes.subarray(start)))
  return { text: parts.join(""), malformed }
}

/** Bytes of the well-formed UTF-8 sequence at `i` (RFC 3629), 0 when there is none. */
const sequenceLength = (bytes: Uint8Array, i: number): number => {
  const first = bytes[i]!
  if (first < 0x80) return 1
  const size = first >= 0xc2 && first <= 0xdf
    ? 2
    : first >= 0xe0 && first <= 0xef
    ? 3
    : first >= 0xf0 && first <= 0xf4
    ? 4
    : 0
  for (let k = 1; k < size; k++) {
    const byte = bytes[i + k] ?? 0
    const low = k === 1 ? (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80) : 0x80
    const high = k === 1 ? (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf) : 0xbf
    if (byte < low || byte > high) return 0
  }
  return size
}
