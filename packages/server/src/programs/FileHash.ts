/** The hash by which files are told from each other, whatever their size. */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { pipeline } from "node:stream/promises"

/** The SHA-256 of a file's bytes, in hexadecimal; rejects where it cannot be read. */
export const sha256 = async (path: string): Promise<string> => {
  const hash = Crypto.createHash("sha256")
  await pipeline(Fs.createReadStream(path), hash)
  return hash.digest("hex")
}
