/** Artifacts and chunked uploads. */
import { createHash } from "node:crypto"
import { invalid, TaskFailure, unknown } from "./FakeAnswer.ts"
import { type Context, equals, listed, postponed, required, type Route } from "./FakeContext.ts"
import type { Artifact, Upload } from "./FakeState.ts"

const uploadOf = ({ path, state }: Context): Upload => {
  const found = state.uploads.get(path.replace(/commit\/$/, ""))
  if (found === undefined) throw unknown("Upload")
  return found
}

/** The bytes of all chunks in a row; with a hole where one is missing. */
export const assembled = ({ chunks }: Upload): Buffer =>
  Buffer.concat([...chunks].sort(([a], [b]) => a - b).map(([, bytes]) => bytes))

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex")

export const uploadRoutes: ReadonlyArray<Route> = [
  {
    method: "GET",
    pattern: /^artifacts\/$/,
    handle: (context) =>
      listed<Artifact>(
        context,
        context.state.artifacts.values(),
        equals("sha256", (one) => one.sha256),
        ({ shown }) => shown
      )
  },
  {
    method: "POST",
    pattern: /^artifacts\/$/,
    handle: ({ body, file, state }) => {
      if (file === undefined) throw invalid({ file: ["No file was submitted."] })
      const sum = sha256(file.bytes)
      if (body["sha256"] !== undefined && body["sha256"] !== sum) {
        throw invalid({ non_field_errors: ["The sha256 checksum did not match."] })
      }
      if (state.artifactOf(sum) !== undefined) {
        throw invalid({ non_field_errors: [`Artifact with sha256 checksum of '${sum}' already exists.`] })
      }
      return { status: 201, body: state.store(file.bytes).shown }
    }
  },
  {
    method: "POST",
    pattern: /^uploads\/$/,
    handle: ({ body, state }) => {
      required(body, "size")
      const made = state.entity("uploads/", "core.upload", { size: Number(body["size"]) })
      state.uploads.set(made.href, { ...made, size: Number(body["size"]), chunks: new Map() })
      return { status: 201, body: made.shown }
    }
  },
  {
    method: "GET",
    pattern: /^uploads\/[^/]+\/$/,
    handle: (context) => {
      const { chunks, shown } = uploadOf(context)
      const told = [...chunks].map(([offset, { length }]) => ({ offset, size: length }))
      return { status: 200, body: { ...shown, chunks: told } }
    }
  },
  {
    method: "PUT",
    pattern: /^uploads\/[^/]+\/$/,
    handle: (context) => {
      const { body, file, headers } = context
      const upload = uploadOf(context)
      const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers["content-range"] ?? "")
      if (range === null || file === undefined) {
        throw invalid({ non_field_errors: ["Invalid or missing content range header."] })
      }
      const [start, end] = [Number(range[1]), Number(range[2])]
      if (end - start + 1 !== file.bytes.length || end >= upload.size) {
        throw invalid({ non_field_errors: ["Chunk size does not match content range."] })
      }
      if (body["sha256"] !== undefined && body["sha256"] !== sha256(file.bytes)) {
        throw invalid(["Checksum does not match chunk upload."] as never)
      }
      upload.chunks.set(start, file.bytes)
      return { status: 200, body: upload.shown }
    }
  },
  {
    method: "DELETE",
    pattern: /^uploads\/[^/]+\/$/,
    handle: (context) => {
      context.state.uploads.delete(uploadOf(context).href)
      return { status: 204 }
    }
  },
  {
    method: "POST",
    pattern: /^uploads\/[^/]+\/commit\/$/,
    handle: (context) => {
      const { body, state } = context
      required(body, "sha256")
      const upload = uploadOf(context)
      return postponed(context, {
        name: "pulpcore.app.tasks.upload.commit",
        exclusive: [upload.prn],
        run: () => {
          const bytes = assembled(upload)
          const sum = sha256(bytes)
          if (sum !== body["sha256"]) {
            throw new TaskFailure("{'non_field_errors': [ErrorDetail(string='The sha256 …')]}")
          }
          if (state.artifactOf(sum) !== undefined) throw new TaskFailure("Artifact already exists.")
          state.uploads.delete(upload.href)
          return { created: [state.store(bytes)] }
        }
      })
    }
  }
]
