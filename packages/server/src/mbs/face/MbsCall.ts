/** One request to the Module Build Service's face, taken apart, and its body within bounds. */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { Upload } from "@orch/api/mbs/MbsSubmitRequest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as JsonBounds from "../../http/JsonBounds.ts"
import * as PublicAddress from "../../http/PublicAddress.ts"
import { submissionBytes, SubmissionSettings } from "../../modulebuilds/submission/SubmissionSettings.ts"

export interface MbsCall {
  readonly method: string
  readonly apiVersion: number
  /** What follows the version, such as `["module-builds", "7"]`. */
  readonly segments: ReadonlyArray<string>
  readonly query: URLSearchParams
  /** Absolute URL of the path, for links. */
  readonly url: string
  readonly request: HttpServerRequest
}

export interface Body {
  readonly fields: Readonly<Record<string, unknown>>
  readonly upload: Upload | undefined
}

const versions = [1, 2]

/** Splits a request; fails with what the client is told. */
export const parse = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost")
  const segments = yield* Effect.try({
    try: () => pathname.split("/").filter((part) => part !== "").map(decodeURIComponent),
    catch: () => MbsError.invalid("The path holds a broken percent-encoding")
  })
  const [, version = "", ...rest] = segments
  if (!/^\d{1,9}$/.test(version)) return yield* MbsError.notFound(`There is nothing at ${pathname.slice(0, 200)}`)
  if (!versions.includes(Number(version))) {
    return yield* MbsError.notFound("The requested API version is not available")
  }
  const texts = [...rest, ...Array.from(searchParams).flat()]
  if (texts.some((text) => text.includes("\0"))) return yield* MbsError.invalid("The address holds a NUL character")
  const publicUrl = yield* PublicAddress.PublicUrl
  return {
    method: request.method,
    apiVersion: Number(version),
    segments: rest,
    query: searchParams,
    url: PublicAddress.link(publicUrl, request, pathname.endsWith("/") ? pathname : `${pathname}/`),
    request
  } satisfies MbsCall
})

const invalidJson = MbsError.invalid("Invalid JSON submitted")

const bytesOf = (call: MbsCall) =>
  Effect.flatMap(SubmissionSettings, (settings) => {
    const mostBytes = submissionBytes(settings)
    return call.request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(mostBytes)),
      Effect.mapError(() =>
        new MbsError.MbsError({ status: 413, message: `The body must not be larger than ${mostBytes} bytes.` })
      )
    )
  })

/** Fields of a form are text; those that are lists or objects are written as JSON. */
const ofField = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text) || JsonBounds.problem(text) !== undefined) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const form = (bytes: ArrayBuffer, contentType: string) =>
  Effect.tryPromise({
    try: async (): Promise<Body> => {
      const data = await new Response(bytes, { headers: { "content-type": contentType } }).formData()
      const fields: Record<string, unknown> = {}
      let upload: Upload | undefined
      for (const [name, value] of data) {
        if (typeof value === "string") fields[name] = name === "modulemd" ? value : ofField(value)
        else if (name === "yaml") upload = { filename: value.name, text: await value.text() }
      }
      return { fields, upload }
    },
    catch: () => MbsError.invalid("Invalid form submitted")
  })

/** The JSON object or form of a request. */
export const body = Effect.fnUntraced(
  function*(call: MbsCall): Effect.fn.Return<Body, MbsError.MbsError, SubmissionSettings> {
    const bytes = yield* bytesOf(call)
    const contentType = call.request.headers["content-type"] ?? ""
    if (contentType.includes("multipart/form-data")) return yield* form(bytes, contentType)
    const text = yield* Effect.try({
      try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
      catch: () => invalidJson
    })
    const problem = JsonBounds.problem(text)
    if (problem !== undefined) return yield* MbsError.invalid(problem)
    const json = yield* Effect.try({ try: (): unknown => JSON.parse(text), catch: () => invalidJson })
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? { fields: json as Body["fields"], upload: undefined }
      : yield* invalidJson
  }
)

/** An id in the path: what is no number names nothing. */
export const id = (text: string): number | undefined => /^\d{1,15}$/.test(text) ? Number(text) : undefined
