/** Which message brokers are listened to, and how long what they brought is remembered. */
import * as Setting from "../Setting.ts"
import * as InboxSource from "./InboxSource.ts"

export const settings = {
  inbox: Setting.readSecret("ORCH_INBOX", InboxSource.parse, {
    about:
      "Message brokers that are listened to, over AMQP or MQTT, as JSON: [{\"id\": \"fedora\", \"url\": \"amqps://user:password@"
      + "mq.example.org/%2Fpubsub\", \"queue\": \"orch-prod\", \"topics\": [\"org.example.prod.buildsys.#\"], \"believe\": [\"koji\"]}]; "
      + "docs/messaging.md.",
    fallback: ""
  }),
  inboxKeepDays: Setting.integer("ORCH_INBOX_KEEP_DAYS", {
    about:
      "Days for which a message that was handled, or failed, is remembered, so that it is known when a broker brings it again.",
    fallback: "30",
    minimum: 1,
    maximum: 3650
  })
}

export interface Values extends Setting.Values<typeof settings> {}
