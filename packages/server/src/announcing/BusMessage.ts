/**
 * What a message bus is told of an announcement, in the format of fedora-messaging: topic, headers, body, and an id that is the
 * same however often it is told.
 *
 * Every announcement is a message of our own topics. State changes of module builds and components are messages of the Module
 * Build Service's topics as well, and decisions of gates are messages of Greenwave's, for consumers that exist.
 */
import * as Topics from "@orch/api/topics/Topics"
import type { Announcement } from "@orch/core/ports/Announcer"
import * as Crypto from "node:crypto"
import * as Envelope from "./Envelope.ts"

/** One message, whatever carries it. */
export interface BusMessage {
  /** Dotted, with the prefix. */
  readonly topic: string
  /** A UUID made of what the announcement is. */
  readonly id: string
  readonly headers: {
    readonly fedora_messaging_schema: string
    readonly fedora_messaging_severity: number
    /** RFC 3339 in UTC, whole seconds. */
    readonly "sent-at": string
    readonly priority: number
  }
  readonly body: Readonly<Record<string, unknown>>
}

const info = 20
const error = 40

/** A UUID that says it is random (version 4), since some consumers look; it is a digest, so a repeat has the same. */
const idOf = (parts: ReadonlyArray<unknown>): string => {
  const bytes = Crypto.createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

const make = (
  prefix: string,
  { at, body: data, sequence, subject, topic }: Announcement,
  name: string,
  schema: string,
  body: BusMessage["body"]
): BusMessage => ({
  topic: `${prefix}.${name}`,
  id: idOf([prefix, name, sequence, topic, subject, at]),
  headers: {
    fedora_messaging_schema: schema,
    fedora_messaging_severity: (data as { readonly state?: unknown } | null)?.state === "failed" ? error : info,
    "sent-at": `${new Date(at).toISOString().slice(0, 19)}+00:00`,
    priority: 0
  },
  body
})

/** The message of our own topic: `PREFIX.orch.TOPIC`. */
export const own = (prefix: string, announcement: Announcement): BusMessage =>
  make(
    prefix,
    announcement,
    `orch.${announcement.topic}`,
    Topics.schemaName(announcement.topic),
    Envelope.of(announcement)
  )

/** The message of a topic of the Module Build Service or of Greenwave, such as `PREFIX.mbs.module.state.change`. */
export const established = (
  prefix: string,
  announcement: Announcement,
  name: "mbs.module.state.change" | "mbs.component.state.change" | "greenwave.decision.update",
  body: BusMessage["body"]
): BusMessage => make(prefix, announcement, name, "base.message", body)
