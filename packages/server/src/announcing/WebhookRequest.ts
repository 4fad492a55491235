/**
 * One HTTP request to a listener, as a stranger's server deserves: a deadline for the whole of it, a limit to what is read,
 * no redirects, and a connection of its own, so that nothing a server says too much is taken for the next answer.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"

export interface Options {
  readonly method: "POST" | "HEAD"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMillis: number
  readonly maxBytes: number
}

export interface Answer {
  readonly status: number
  /** The beginning of the body, for people. */
  readonly excerpt: string
}

/** Nobody answered, or not as HTTP does. */
export class Unanswered extends Data.TaggedError("Unanswered")<{ readonly message: string }> {}

export const send = (options: Options): Effect.Effect<Answer, Unanswered> =>
  Effect.callback<Answer, Unanswered>((resume) => {
    const url = new URL(options.url)
    const { request } = url.protocol === "https:" ? Https : Http
    const body = Buffer.from(options.body, "utf8")
    const call = request(url, {
      method: options.method,
      agent: false,
      headers: { ...options.headers, "content-length": `${body.length}`, connection: "close" }
    }, (response) => {
      const chunks: Array<Buffer> = []
      let size = 0
      const finish = () => {
        const excerpt = Buffer.concat(chunks).toString("utf8").slice(0, 200)
        resume(Effect.succeed({ status: response.statusCode ?? 0, excerpt }))
        call.destroy()
      }
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > options.maxBytes) finish()
      })
      // The status is what counts: a body that breaks off changes nothing.
      response.on("end", finish).on("error", finish)
    })
    call.on("error", (error) => resume(Effect.fail(new Unanswered({ message: error.message }))))
    call.end(body)
    return Effect.sync(() => void call.destroy())
  }).pipe(
    Effect.timeoutOrElse({
      duration: options.timeoutMillis,
      orElse: () => Effect.fail(new Unanswered({ message: `no answer within ${options.timeoutMillis / 1000} s` }))
    })
  )
