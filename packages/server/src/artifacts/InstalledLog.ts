/** Lists of what buildroots held, which nodes bring among their logs: plain, or compressed by gzip. */
import * as InstalledPackages from "@orch/core/farm/InstalledPackages"
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"

/** Bytes of a list that are read. */
const most = 4 * 1024 * 1024

const gunzip = promisify(Zlib.gunzip)

/** Whether a file that a node brought is one, by its name. */
export const isOne = ({ name, type }: { readonly name: string; readonly type: string }): boolean =>
  type === "build_log" && /(?:^|[._-])installed_pkgs\b/.test(name)

const isCompressed = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The names of the packages in the file; none where it cannot be read. */
export const read = (path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.tryPromise(async () => {
    const bytes = await readFile(path)
    const plain = isCompressed(bytes) ? await gunzip(bytes, { maxOutputLength: most }) : bytes
    return InstalledPackages.names(plain.subarray(0, most).toString("utf8"))
  }).pipe(Effect.orElseSucceed(() => []))
