/**
 * A form with one file, as Pulp takes uploads: sent as it is read, with its length known before, so that neither side has to hold
 * a package in memory.
 */
import * as HttpBody from "effect/http/HttpBody"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"

/** The file of a form, with its length known before it is read. */
export interface FilePart {
  /** File name that the form states. */
  readonly name: string
  /** In bytes; what `bytes` yields. */
  readonly size: number
  readonly bytes: Stream.Stream<Uint8Array, unknown>
}

/** What a quoted parameter of a header cannot hold, as forms of browsers write it. */
const quoted = (text: string): string =>
  text.replace(/["\r\n]/g, (found) => `%${found.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`)

/** `multipart/form-data` with the fields and, last, the file under the name `file`. */
export const make = (fields: Readonly<Record<string, string>>, file: FilePart): HttpBody.HttpBody => {
  const boundary = `orch-${randomUUID()}`
  const parts = Object.entries(fields).map(([name, value]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`
  )
  const head = Buffer.from(
    `${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${
      quoted(file.name)
    }"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n"
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  const whole = Stream.make<[Uint8Array]>(head).pipe(
    Stream.concat(file.bytes),
    Stream.concat(Stream.make<[Uint8Array]>(tail))
  )
  return HttpBody.stream(whole, `multipart/form-data; boundary=${boundary}`, head.length + file.size + tail.length)
}
