/** Reads the few tags of an RPM's header that the fake shows; `undefined` for what is no RPM. */

export interface RpmHeader {
  readonly name: string
  readonly epoch: string
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly summary: string
  readonly sourceRpm: string
}

const leadLength = 96
const numbers = { name: 1000, version: 1001, release: 1002, epoch: 1003, summary: 1004, arch: 1022, sourceRpm: 1044 }

/** Index and store of the header at an offset, and where it ends. */
const header = (bytes: Buffer, start: number) => {
  if (start + 16 > bytes.length || bytes.readUInt32BE(start) !== 0x8eade801) return undefined
  const entries = bytes.readUInt32BE(start + 8)
  const size = bytes.readUInt32BE(start + 12)
  const store = start + 16 + entries * 16
  if (store + size > bytes.length) return undefined
  const value = (tag: number): string | undefined => {
    for (let entry = 0; entry < entries; entry++) {
      const at = start + 16 + entry * 16
      if (bytes.readUInt32BE(at) !== tag) continue
      const offset = store + bytes.readUInt32BE(at + 8)
      // Type 4 is an integer; the texts here end with a zero byte.
      return bytes.readUInt32BE(at + 4) === 4
        ? String(bytes.readUInt32BE(offset))
        : bytes.toString("utf8", offset, bytes.indexOf(0, offset))
    }
    return undefined
  }
  return { value, end: store + size }
}

export const read = (bytes: Buffer): RpmHeader | undefined => {
  if (bytes.length < leadLength || bytes.readUInt32BE(0) !== 0xedabeedb) return undefined
  const signature = header(bytes, leadLength)
  const main = signature === undefined ? undefined : header(bytes, Math.ceil(signature.end / 8) * 8)
  if (main === undefined) return undefined
  const text = (name: keyof typeof numbers) => main.value(numbers[name]) ?? ""
  const sourceRpm = text("sourceRpm")
  return {
    name: text("name"),
    epoch: text("epoch") || "0",
    version: text("version"),
    release: text("release"),
    arch: sourceRpm === "" ? "src" : text("arch"),
    summary: text("summary"),
    sourceRpm
  }
}
