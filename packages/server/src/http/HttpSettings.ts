/** Where the server listens, how it is known from outside, by which names it may be called, and how it stops. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Setting from "../Setting.ts"

/** An address that is none; what is wrong is said without repeating it, since it may hold a password. */
export class InvalidPublicUrl extends Schema.TaggedError<InvalidPublicUrl>()("InvalidPublicUrl", {
  message: Schema.String
}) {}

const parsePublicUrl = (text: string): Result.Result<string | undefined, InvalidPublicUrl> => {
  if (text === "") return Result.succeed(undefined)
  const url = URL.parse(text)
  const isPlain = url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.username === ""
    && url.password === "" && url.search === "" && url.hash === ""
  return isPlain
    ? Result.succeed(url.href.replace(/\/+$/, ""))
    : Result.fail(new InvalidPublicUrl({ message: "is not an address such as https://builds.example.org" }))
}

export const settings = {
  publicUrl: Setting.read("ORCH_PUBLIC_URL", parsePublicUrl, {
    about:
      "How users, build nodes, signers and test systems reach this server, such as https://builds.example.org: links and "
      + "redirects begin with it. Without it, links "
      + "name the host a request was sent to, and redirects name none.",
    fallback: ""
  }),
  allowedHosts: Setting.list("ORCH_ALLOWED_HOSTS", {
    about:
      "Host names, separated by commas, that requests may be addressed to besides loopback names and that of ORCH_PUBLIC_URL; "
      + "* for any. On other than loopback addresses any is taken unless one is named. This keeps web pages from reaching a "
      + "server on somebody's own machine under another name.",
    fallback: ""
  }),
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
