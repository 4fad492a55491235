/** Reads the logs that a test system names in its report, of what was uploaded to this server. */
import * as NodeReport from "@orch/core/packagebuild/NodeReport"
import * as TapLog from "@orch/core/testrun/TapLog"
import type { TestLog } from "@orch/core/testrun/TestResult"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Zlib from "node:zlib"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import type { KeptLog } from "./Tests.ts"

/** What is kept of one log, in bytes; what is behind it is told by its size alone. */
const mostBytes = 1024 * 1024
/** Logs of one test. */
const mostLogs = 50

/** The beginning of a file, unpacked where it is packed by gzip. */
const beginning = async (path: string, size: number): Promise<string> => {
  const file = await Fs.promises.open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, mostBytes)), 0, Math.min(size, mostBytes))
    const bytes = buffer.subarray(0, bytesRead)
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
    // A file that is cut off unpacks to what is there of it.
    const text = isPacked
      ? Zlib.gunzipSync(bytes, { finishFlush: Zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 16 * mostBytes })
        .subarray(0, mostBytes)
      : bytes
    return new TextDecoder().decode(text) + (size > mostBytes ? `\n[cut off: the log has ${size} bytes]\n` : "")
  } finally {
    await file.close()
  }
}

/** The log's text with the rows that it speaks of. Logs that are not TAP have none and do not fail. */
const read = (name: string, content: string): KeptLog => {
  const tap = TapLog.parse(content)
  return {
    name,
    content,
    success: tap.results.length === 0 || TapLog.isSuccess(tap),
    format: tap.declared ? "tap" : "text",
    results: tap.results
  }
}

/** What is kept of each log. One that is not here says so in its text, so that nobody waits for it. */
export const readAll = Effect.fn("TestLogs.readAll")(function*(logs: ReadonlyArray<TestLog>) {
  const store = yield* ArtifactStore
  return yield* Effect.forEach(logs.slice(0, mostLogs), ({ href, name: given }) =>
    Effect.gen(function*() {
      const name = NodeReport.isFileName(given) ? given : "log"
      const sha256 = ArtifactHref.parse(href)
      const found = sha256 === undefined ? undefined : yield* store.find(sha256)
      if (found === undefined) return { name, content: "", success: true, format: "text" as const, results: [] }
      return yield* Effect.tryPromise(() => beginning(found.path, found.size)).pipe(
        Effect.orElseSucceed(() => "[the log cannot be unpacked]\n"),
        Effect.map((content) => read(name, content))
      )
    }))
})
