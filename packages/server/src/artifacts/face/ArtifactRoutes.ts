/**
 * Uploads as Pulp takes them, since nodes and signers of today speak to Pulp: announce a size, send parts, commit with a checksum. Files can
 * be read by name below `/pulp/content/artifacts/`.
 *
 * Whoever uploads says who it is: a token as password of basic authentication, as clients of Pulp send it, or as bearer. An upload is its
 * beginner's alone.
 */
import * as NodeReport from "@orch/core/packagebuild/NodeReport"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import type { Asking } from "../../auth/Caller.ts"
import * as JsonBounds from "../../http/JsonBounds.ts"
import * as StrangersFile from "../../http/StrangersFile.ts"
import * as PackageHeader from "../../localbuild/PackageHeader.ts"
import * as ArtifactHref from "../ArtifactHref.ts"
import { type Artifact, ArtifactStore, type Upload, type UploadRefused } from "../ArtifactStore.ts"

type Services = AlbsCallers | ArtifactStore

/** Parts of a file are held in memory while they are written. */
const partBytes = 64 * 1024 * 1024

const json = (value: unknown, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(value, { status })

/** `Basic` with any name and the token as password becomes `Bearer`. */
const bearer = ({ headers, remoteAddress }: HttpServerRequest): Asking => {
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(headers["authorization"] ?? "")?.[1]
  if (basic === undefined) return { headers, remoteAddress }
  const decoded = Buffer.from(basic, "base64").toString("utf8")
  return { headers: { ...headers, authorization: `Bearer ${decoded.slice(decoded.indexOf(":") + 1)}` }, remoteAddress }
}

/** The name of who uploads. */
const requireUploader = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const { name, roles } = yield* (yield* AlbsCallers).identify(bearer(request))
  if (!roles.has("node") && !roles.has("signer") && !roles.has("tester")) {
    return yield* AlbsFailure.forbidden("Only build nodes, signers and test systems upload files")
  }
  return name
})

const refused = ({ message, reason }: UploadRefused): AlbsFailure.AlbsFailure =>
  reason === "unknown" ? AlbsFailure.notFound(message) : AlbsFailure.badRequest(message)

const shownUpload = ({ id, size }: Upload) => ({ pulp_href: ArtifactHref.upload(id), size, completed: null })
const shownArtifact = ({ sha256, size }: Artifact) => ({
  pulp_href: ArtifactHref.artifact(sha256),
  file: `artifact/${sha256.slice(0, 2)}/${sha256.slice(2)}`,
  size,
  sha256
})

const bodyOf = (request: HttpServerRequest) =>
  request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(partBytes)),
    Effect.mapError(() =>
      new AlbsFailure.AlbsFailure({ status: 413, detail: `A part may have at most ${partBytes} bytes` })
    )
  )

/** The fields of a JSON body or a form; files as bytes. */
const fieldsOf = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const bytes = yield* bodyOf(request)
  const type = request.headers["content-type"] ?? ""
  return yield* Effect.tryPromise({
    try: async (): Promise<ReadonlyMap<string, string | Uint8Array>> => {
      if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type)) {
        if (/^application\/octet-stream/i.test(type)) return new Map([["file", new Uint8Array(bytes)]])
        const text = new TextDecoder().decode(bytes)
        const problem = JsonBounds.problem(text)
        if (problem !== undefined) throw new Error(problem)
        const given = JSON.parse(text) as unknown
        return new Map(Object.entries(given ?? {}).map(([name, value]) => [name, String(value)]))
      }
      const form = await new Response(bytes, { headers: { "content-type": type } }).formData()
      const fields = new Map<string, string | Uint8Array>()
      for (const [name, value] of form) {
        fields.set(name, typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer()))
      }
      return fields
    },
    catch: () => AlbsFailure.badRequest("The body is neither JSON nor a form")
  })
})

const textOf = (fields: ReadonlyMap<string, string | Uint8Array>, name: string): string => {
  const value = fields.get(name)
  return typeof value === "string" ? value : ""
}

type Handler = (
  request: HttpServerRequest,
  params: Readonly<Record<string, string | undefined>>
) => AlbsCall.Answer<Services>

const begin: Handler = Effect.fnUntraced(function*(request) {
  const by = yield* requireUploader(request)
  const size = Number(textOf(yield* fieldsOf(request), "size") || Number.NaN)
  const upload = yield* (yield* ArtifactStore).begin(size, by).pipe(Effect.mapError(refused))
  return json(shownUpload(upload), 201)
})

const write: Handler = Effect.fnUntraced(function*(request, { id = "" }) {
  const by = yield* requireUploader(request)
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(request.headers["content-range"] ?? "")
  if (range === null) return yield* AlbsFailure.badRequest("Content-Range must be bytes FIRST-LAST/SIZE")
  const part = (yield* fieldsOf(request)).get("file")
  if (part === undefined) return yield* AlbsFailure.badRequest("The part is expected in the field file")
  const bytes = typeof part === "string" ? Buffer.from(part) : part
  if (bytes.length !== Number(range[2]) - Number(range[1]) + 1) {
    return yield* AlbsFailure.badRequest(
      `Content-Range names another number of bytes than the ${bytes.length} that came`
    )
  }
  const store = yield* ArtifactStore
  const { size } = yield* store.progress(id, by).pipe(Effect.mapError(refused))
  if (range[3] !== "*" && Number(range[3]) !== size) {
    return yield* AlbsFailure.badRequest(
      `Content-Range says ${range[3]} bytes, and the file was announced with ${size}`
    )
  }
  const upload = yield* store.write(id, Number(range[1]), bytes, by).pipe(Effect.mapError(refused))
  return json(shownUpload(upload))
})

/** Where whoever was interrupted goes on: files are sent from their beginning. */
const progress: Handler = Effect.fnUntraced(function*(request, { id = "" }) {
  const by = yield* requireUploader(request)
  const upload = yield* (yield* ArtifactStore).progress(id, by).pipe(Effect.mapError(refused))
  const chunks = upload.written === 0 ? [] : [{ offset: 0, size: upload.written }]
  return json({ ...shownUpload(upload), chunks })
})

const commit: Handler = Effect.fnUntraced(function*(request, { id = "" }) {
  const by = yield* requireUploader(request)
  const sha256 = textOf(yield* fieldsOf(request), "sha256")
  const artifact = yield* (yield* ArtifactStore).commit(id, sha256, by).pipe(Effect.mapError(refused))
  // Its report follows, and then the task waits for what the package says of itself.
  yield* Effect.forkDetach(PackageHeader.expect(artifact.path))
  return json({ task: ArtifactHref.task(artifact.sha256) }, 202)
})

const find = Effect.fnUntraced(function*(sha256: string) {
  const found = yield* (yield* ArtifactStore).find(sha256.toLowerCase())
  return found ?? (yield* AlbsFailure.notFound("There is no such artifact"))
})

const task: Handler = Effect.fnUntraced(function*(request, { sha256 = "" }) {
  yield* requireUploader(request)
  const artifact = yield* find(sha256)
  return json({
    pulp_href: ArtifactHref.task(artifact.sha256),
    state: "completed",
    error: null,
    created_resources: [ArtifactHref.artifact(artifact.sha256)]
  })
})

const list: Handler = Effect.fnUntraced(function*(request) {
  yield* requireUploader(request)
  const wanted = new URL(request.originalUrl, "http://localhost").searchParams.get("sha256") ?? ""
  const found = yield* (yield* ArtifactStore).find(wanted.toLowerCase())
  const results = found === undefined ? [] : [shownArtifact(found)]
  return json({ count: results.length, next: null, previous: null, results })
})

const show: Handler = Effect.fnUntraced(function*(request, { sha256 = "" }) {
  yield* requireUploader(request)
  return json(shownArtifact(yield* find(sha256)))
})

/** The file under the name that is asked for; logs are text, everything else is for programs. */
const content: Handler = Effect.fnUntraced(function*(_request, { name = "", sha256 = "" }) {
  if (!NodeReport.isFileName(name)) return yield* AlbsFailure.notFound("There is no such artifact")
  const { path, size } = yield* find(sha256)
  const isText = /\.(?:log|cfg|txt)$/.test(name)
  return StrangersFile.confined(HttpServerResponse.raw(Fs.createReadStream(path), {
    contentType: isText
      ? "text/plain; charset=utf-8"
      : name.endsWith(".rpm")
      ? "application/x-rpm"
      : "application/octet-stream",
    contentLength: size,
    headers: { "x-content-type-options": "nosniff", "cache-control": "public, max-age=31536000, immutable" }
  }))
})

const routes: ReadonlyArray<readonly [method: "GET" | "POST" | "PUT", path: `/${string}`, handler: Handler]> = [
  ["GET", "/pulp/api/v3/artifacts/", list],
  ["GET", "/pulp/api/v3/artifacts/:sha256/", show],
  ["POST", "/pulp/api/v3/uploads/", begin],
  ["GET", "/pulp/api/v3/uploads/:id/", progress],
  ["PUT", "/pulp/api/v3/uploads/:id/", write],
  ["POST", "/pulp/api/v3/uploads/:id/commit/", commit],
  ["GET", "/pulp/api/v3/tasks/:sha256/", task],
  ["GET", "/pulp/content/artifacts/:sha256/:name", content]
]

export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Services> = HttpRouter.use((router) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Services>()
    for (const [method, path, handler] of routes) {
      yield* router.add(
        method,
        path,
        (request) =>
          Effect.flatMap(HttpRouter.params, (params) =>
            handler(request, params).pipe(
              Effect.catchTag("AlbsFailure", (failure) => Effect.succeed(AlbsCall.failed(failure))),
              Effect.catchTag("StoreUnavailable", () =>
                Effect.succeed(
                  AlbsCall.failed(AlbsFailure.unavailable("The database does not answer; try again in a moment"))
                )),
              Effect.provideContext(context)
            ))
      )
    }
  })
)
