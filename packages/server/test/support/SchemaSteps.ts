/** What tells one state of the database's schema from another: databases that were made of it can be used again. */
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const source = fileURLToPath(new URL("../../src", import.meta.url))
const steps = Fs.globSync(["**/*Migrations.ts", "database/SnapshotMaking.ts"], { cwd: source }).sort()

/** 32 hexadecimal digits of the sources of every step, and of a word that the steps depend on beside. */
export const hash = (word = ""): string => {
  const hash = createHash("sha256")
  for (const file of steps) hash.update(`${file}\0`).update(Fs.readFileSync(Path.join(source, file)))
  return hash.update(word).digest("hex").slice(0, 32)
}
