/** An announcement as listeners are sent it: the same over webhooks and brokers. */
import type { Announcement } from "@orch/core/ports/Announcer"

/** Topic, time (RFC 3339 in UTC), number, subject and body of an announcement. */
export const of = ({ at, body, sequence, subject, topic }: Announcement): Readonly<Record<string, unknown>> => ({
  type: topic,
  timestamp: new Date(at).toISOString(),
  sequence,
  subject,
  data: body
})
