/**
 * Asks an address for nothing but its status: is this storage node well, is this repository still there.
 *
 * Nothing of the answer is read, redirects are not followed, and the whole of it has a deadline: what hangs does not answer.
 */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"

export interface Options {
  readonly tlsVerify: boolean
  readonly timeoutMillis: number
}

/** The status code of an http or https address, undefined when there was no answer in time; never fails. */
export const status = (method: "GET" | "HEAD", address: string, options: Options): Effect.Effect<number | undefined> =>
  Effect.callback<number | undefined>((resume) => {
    const url = URL.parse(address)
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
      resume(Effect.undefined)
      return
    }
    const settings = { method, agent: false, headers: { connection: "close" } }
    const call = url.protocol === "https:"
      ? Https.request(url, { ...settings, rejectUnauthorized: options.tlsVerify })
      : Http.request(url, settings)
    call.on("response", (response) => {
      resume(Effect.succeed(response.statusCode))
      response.destroy()
    })
    call.on("error", () => resume(Effect.undefined))
    call.end()
    return Effect.sync(() => void call.destroy())
  }).pipe(
    Effect.timeoutOption(options.timeoutMillis),
    Effect.map((answer) => answer._tag === "Some" ? answer.value : undefined)
  )

/** True when `GET https://host/health/` is answered below 400, as shaman asks it. `host` may carry a port. */
export const isWell = (host: string, options: Options): Effect.Effect<boolean> =>
  Effect.map(status("GET", `https://${host}/health/`, options), (code) => code !== undefined && code < 400)
