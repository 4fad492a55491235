/** Who is told of changes. */
import * as Setting from "../Setting.ts"
import * as BusListener from "./BusListener.ts"
import * as WebhookListener from "./WebhookListener.ts"

export const settings = {
  webhooks: Setting.readSecret("ORCH_WEBHOOKS", WebhookListener.parse, {
    about:
      "Who is told of every change by webhook, as JSON: [{\"id\": \"ci\", \"url\": \"https://ci.example.org/hook\", "
      + "\"secret\": \"whsec_…\", \"topics\": [\"module-build\"]}]. Signed as in Standard Webhooks; docs/webhooks.md.",
    fallback: ""
  }),
  buses: Setting.readSecret("ORCH_BUSES", BusListener.parse, {
    about: "Message brokers that are told of every change, over AMQP or MQTT, as JSON: [{\"id\": \"fedora\", "
      + "\"url\": \"amqps://user:password@mq.example.org/%2Fpubsub\", \"prefix\": \"org.example.prod\"}]; docs/messaging.md.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}
