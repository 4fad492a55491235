/** Lists of what buildroots held, which nodes bring among their logs: plain, or compressed by gzip. */
import * as InstalledPackages from "@orch/core/farm/InstalledPackages"
import * as Effect from "effect/Effect"
import { open } from "node:fs/promises"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"

/** Bytes of a list that are read, as it is in the file and as it is unpacked: whatever else a node brings under that name is not. */
const most = 4 * 1024 * 1024

const beginning = async (path: string): Promise<Uint8Array> => {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.min(most, (await file.stat()).size)) })
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const gunzip = promisify(Zlib.gunzip)

/** Whether a file that a node brought is one, by its name. */
export const isOne = ({ name, type }: { readonly name: string; readonly type: string }): boolean =>
  type === "build_log" && /(?:^|[._-])installed_pkgs\b/.test(name)

const isCompressed = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The names of the packages in the file; none where it cannot be read. */
export const read = (path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(async () => {
    const bytes = await beginning(path)
    const plain = isCompressed(bytes) ? await gunzip(bytes, { maxOutputLength: most }) : bytes
    return InstalledPackages.names(new TextDecoder().decode(plain))
  }).pipe(Effect.orElseSucceed(() => []))
