/**
 * Asks one storage node whether it is well: `GET https://host/health/`, any answer below 400 says yes.
 *
 * Nothing of the answer is kept, redirects are not followed, and the whole of it has a deadline: a node that hangs is not well.
 */
import * as Effect from "effect/Effect"
import { request } from "node:https"

export interface Options {
  readonly tlsVerify: boolean
  readonly timeoutMillis: number
}

/** True when the node at this host (`name[:port]`) answered well in time; never fails. */
export const probe = (host: string, options: Options): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const finish = (well: boolean) => resume(Effect.succeed(well))
    try {
      const call = request(
        new URL(`https://${host}/health/`),
        { method: "GET", rejectUnauthorized: options.tlsVerify, agent: false, headers: { connection: "close" } },
        (response) => {
          finish((response.statusCode ?? 500) < 400)
          response.destroy()
        }
      )
      call.on("error", () => finish(false))
      call.end()
      return Effect.sync(() => void call.destroy())
    } catch {
      finish(false)
    }
  }).pipe(
    Effect.timeoutOption(options.timeoutMillis),
    Effect.map((answer) => answer._tag === "Some" && answer.value)
  )
