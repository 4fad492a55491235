/** Where the server listens, and how it stops. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  host: Setting.text("ORCH_HOST", {
    about: "Address to listen on. Anything but a loopback address makes the server reachable for others.",
    fallback: "127.0.0.1"
  }),
  port: Setting.integer("ORCH_PORT", {
    about: "Port to listen on; 0 takes a free one.",
    fallback: "8080",
    minimum: 0,
    maximum: 65535
  }),
  drain: Setting.integer("ORCH_DRAIN", {
    about: "Seconds for which a server that was told to stop still answers, with 503 to what would begin something, so "
      + "that load balancers turn to another.",
    fallback: "1",
    minimum: 0,
    maximum: 600
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class HttpSettings extends Context.Service<HttpSettings, Values>()("@orch/server/http/HttpSettings") {}
