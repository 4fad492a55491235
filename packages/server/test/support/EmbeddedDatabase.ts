/**
 * Embedded databases of tests are unpacked from one that was made once, which is most of what each of them would cost. It is made
 * anew whenever a step of the schema or the database itself is another one, and kept for the next run.
 */
import * as EmbeddedSnapshot from "@orch/server/database/EmbeddedSnapshot"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as SchemaSteps from "./SchemaSteps.ts"

const cache = fileURLToPath(new URL("../../node_modules/.cache/embedded-database", import.meta.url))

const library = Fs.realpathSync(fileURLToPath(import.meta.resolve("@electric-sql/pglite")))

/** The archive of one. */
export const file = Path.join(cache, `${SchemaSteps.hash(library)}.tar`)

/** In the folder of all files of this run (`TestFolder.ts`): whoever makes it first makes the database, the others wait for it. */
const begun = Path.join(tmpdir(), "embedded-database-begun")
const isFirst = (): boolean => {
  try {
    Fs.mkdirSync(begun)
    return true
  } catch {
    return false
  }
}

if (!Fs.existsSync(file) && !isFirst()) {
  // Who failed to make it does not keep the others waiting for ever.
  for (let waited = 0; waited < 600 && !Fs.existsSync(file); waited++) await pause(100)
}
if (!Fs.existsSync(file)) {
  const { make } = await import("@orch/server/database/SnapshotMaking")
  const { layer } = await import("@orch/server/Migrations")
  const archive = await make(layer)
  Fs.mkdirSync(cache, { recursive: true })
  // Another run that makes it at the same time makes the same, so nobody removes what others are writing.
  const unfinished = `${file}.${randomUUID()}`
  Fs.writeFileSync(unfinished, archive)
  Fs.renameSync(unfinished, file)
  for (const name of Fs.readdirSync(cache)) {
    if (name.endsWith(".tar") && name !== Path.basename(file)) Fs.rmSync(Path.join(cache, name), { force: true })
  }
}
EmbeddedSnapshot.use(file)
