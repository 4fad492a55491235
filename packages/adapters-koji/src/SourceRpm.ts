/**
 * Writes a source package (`.src.rpm`) without rpmbuild: lead, signature, header, and a gzipped cpio archive of the files.
 *
 * A server that only orchestrates need not have RPM installed for the one small package it makes itself. The format is RPM's
 * version 3 file with version 4 headers, read by every rpm since; digests are those every rpm since 4.6 checks.
 */
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"

/** A file in the package. */
export interface SourceFile {
  readonly name: string
  readonly content: Uint8Array
}

/** What a package is made of. Equal values give equal bytes. */
export interface SourcePackage {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly summary: string
  readonly license: string
  readonly buildArch: string
  /** Which of the files is the spec. */
  readonly spec: string
  readonly files: ReadonlyArray<SourceFile>
}

type Entry =
  | { readonly tag: number; readonly type: "string" | "i18n"; readonly value: string }
  | { readonly tag: number; readonly type: "strings"; readonly value: ReadonlyArray<string> }
  | { readonly tag: number; readonly type: "int32" | "int16"; readonly value: ReadonlyArray<number> }
  | { readonly tag: number; readonly type: "bin"; readonly value: Uint8Array }

const typeCodes = { int16: 3, int32: 4, string: 6, bin: 7, strings: 8, i18n: 9 } as const
const alignments = { int16: 2, int32: 4, string: 1, bin: 1, strings: 1, i18n: 1 } as const

const encode = (entry: Entry): Buffer => {
  switch (entry.type) {
    case "string":
    case "i18n":
      return Buffer.from(`${entry.value}\0`, "utf8")
    case "strings":
      return Buffer.from(entry.value.map((text) => `${text}\0`).join(""), "utf8")
    case "bin":
      return Buffer.from(entry.value)
    case "int32": {
      const out = Buffer.alloc(entry.value.length * 4)
      entry.value.forEach((value, index) => out.writeUInt32BE(value >>> 0, index * 4))
      return out
    }
    case "int16": {
      const out = Buffer.alloc(entry.value.length * 2)
      entry.value.forEach((value, index) => out.writeUInt16BE(value & 0xffff, index * 2))
      return out
    }
  }
}

const count = (entry: Entry): number => entry.type === "string" || entry.type === "i18n" ? 1 : entry.value.length

const indexRow = (tag: number, type: number, offset: number, length: number): Buffer => {
  const row = Buffer.alloc(16)
  row.writeInt32BE(tag, 0)
  row.writeInt32BE(type, 4)
  row.writeInt32BE(offset, 8)
  row.writeInt32BE(length, 12)
  return row
}

/** A header: magic, index sorted by tag, data. `region` marks it immutable, as rpm expects of what is digested. */
const header = (entries: ReadonlyArray<Entry>, region: number): Buffer => {
  const rows: Array<Buffer> = []
  const data: Array<Buffer> = []
  let size = 0
  for (const entry of [...entries].sort((a, b) => a.tag - b.tag)) {
    const padding = -size & (alignments[entry.type] - 1)
    data.push(Buffer.alloc(padding))
    size += padding
    rows.push(indexRow(entry.tag, typeCodes[entry.type], size, count(entry)))
    const bytes = encode(entry)
    data.push(bytes)
    size += bytes.byteLength
  }
  const trailer = indexRow(region, typeCodes.bin, -(rows.length + 1) * 16, 16)
  const first = indexRow(region, typeCodes.bin, size, 16)
  const intro = Buffer.alloc(16)
  intro.set([0x8e, 0xad, 0xe8, 0x01])
  intro.writeUInt32BE(rows.length + 1, 8)
  intro.writeUInt32BE(size + 16, 12)
  return Buffer.concat([intro, first, ...rows, ...data, trailer])
}

const fileMode = 0o100644

const cpioEntry = (name: string, content: Uint8Array, inode: number): Buffer => {
  const hex = (value: number) => value.toString(16).padStart(8, "0")
  const fields = [
    inode,
    name === "TRAILER!!!" ? 0 : fileMode,
    0,
    0,
    1,
    0,
    content.byteLength,
    0,
    0,
    0,
    0,
    name.length + 1,
    0
  ]
  const head = Buffer.from(`070701${fields.map(hex).join("")}${name}\0`, "latin1")
  const pad = (length: number) => Buffer.alloc(-length & 3)
  return Buffer.concat([head, pad(head.byteLength), content, pad(content.byteLength)])
}

const lead = (name: string): Buffer => {
  const out = Buffer.alloc(96)
  out.set([0xed, 0xab, 0xee, 0xdb, 3, 0])
  out.writeUInt16BE(1, 6)
  out.writeUInt16BE(255, 8)
  out.write(name.slice(0, 65), 10, "latin1")
  out.writeUInt16BE(1, 76)
  out.writeUInt16BE(5, 78)
  return out
}

/** The name of the package's file: `NAME-VERSION-RELEASE.src.rpm`. */
export const filename = ({ name, release, version }: SourcePackage): string => `${name}-${version}-${release}.src.rpm`

/** RPMSENSE_LESS|EQUAL|RPMLIB: what rpm must know to read the package. */
const rpmlibSense = 0x0100000a

/** The bytes of the source package. */
export const write = (source: SourcePackage): Uint8Array => {
  const { files } = source
  const archive = Buffer.concat([
    ...files.map(({ content, name }, index) => cpioEntry(name, content, index + 1)),
    cpioEntry("TRAILER!!!", new Uint8Array(0), 0)
  ])
  const payload = gzipSync(archive, { level: 9 })
  const each = <A>(value: A): ReadonlyArray<A> => files.map(() => value)
  const total = files.reduce((sum, { content }) => sum + content.byteLength, 0)
  const main = header([
    { tag: 100, type: "strings", value: ["C"] },
    { tag: 1000, type: "string", value: source.name },
    { tag: 1001, type: "string", value: source.version },
    { tag: 1002, type: "string", value: source.release },
    { tag: 1004, type: "i18n", value: source.summary },
    { tag: 1005, type: "i18n", value: source.summary },
    // A fixed time: the same contents make the same bytes.
    { tag: 1006, type: "int32", value: [0] },
    { tag: 1007, type: "string", value: "localhost" },
    { tag: 1009, type: "int32", value: [total] },
    { tag: 1014, type: "string", value: source.license },
    { tag: 1016, type: "i18n", value: "Unspecified" },
    { tag: 1021, type: "string", value: "linux" },
    { tag: 1022, type: "string", value: source.buildArch },
    { tag: 1028, type: "int32", value: files.map(({ content }) => content.byteLength) },
    { tag: 1030, type: "int16", value: each(fileMode) },
    { tag: 1033, type: "int16", value: each(0) },
    { tag: 1034, type: "int32", value: each(0) },
    {
      tag: 1035,
      type: "strings",
      value: files.map(({ content }) => createHash("sha256").update(content).digest("hex"))
    },
    { tag: 1036, type: "strings", value: each("") },
    { tag: 1037, type: "int32", value: files.map(({ name }) => name === source.spec ? 32 : 0) },
    { tag: 1039, type: "strings", value: each("root") },
    { tag: 1040, type: "strings", value: each("root") },
    { tag: 1048, type: "int32", value: [rpmlibSense, rpmlibSense] },
    { tag: 1049, type: "strings", value: ["rpmlib(CompressedFileNames)", "rpmlib(FileDigests)"] },
    { tag: 1050, type: "strings", value: ["3.0.4-1", "4.6.0-1"] },
    { tag: 1089, type: "strings", value: [source.buildArch] },
    { tag: 1095, type: "int32", value: each(1) },
    { tag: 1096, type: "int32", value: files.map((_, index) => index + 1) },
    { tag: 1097, type: "strings", value: each("") },
    { tag: 1106, type: "int32", value: [1] },
    { tag: 1116, type: "int32", value: each(0) },
    { tag: 1117, type: "strings", value: files.map(({ name }) => name) },
    { tag: 1118, type: "strings", value: [""] },
    { tag: 1124, type: "string", value: "cpio" },
    { tag: 1125, type: "string", value: "gzip" },
    { tag: 1126, type: "string", value: "9" },
    { tag: 5011, type: "int32", value: [8] },
    { tag: 5092, type: "strings", value: [createHash("sha256").update(payload).digest("hex")] },
    { tag: 5093, type: "int32", value: [8] }
  ], 63)
  const signature = header([
    { tag: 269, type: "string", value: createHash("sha1").update(main).digest("hex") },
    { tag: 273, type: "string", value: createHash("sha256").update(main).digest("hex") },
    { tag: 1000, type: "int32", value: [main.byteLength + payload.byteLength] },
    { tag: 1004, type: "bin", value: createHash("md5").update(main).update(payload).digest() },
    { tag: 1007, type: "int32", value: [archive.byteLength] }
  ], 62)
  const padding = Buffer.alloc(-signature.byteLength & 7)
  return Buffer.concat([lead(`${source.name}-${source.version}-${source.release}`), signature, padding, main, payload])
}
