/**
 * Embedded databases of tests are unpacked from one that was made once, which is most of what each of them would cost. It is made
 * anew whenever a step of the schema or the database itself is another one, and kept for the next run.
 */
import * as EmbeddedSnapshot from "@orch/server/database/EmbeddedSnapshot"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as SchemaSteps from "./SchemaSteps.ts"

const cache = fileURLToPath(new URL("../../node_modules/.cache/embedded-database", import.meta.url))

const library = Fs.realpathSync(fileURLToPath(import.meta.resolve("@electric-sql/pglite")))

/** The archive of one. */
export const file = Path.join(cache, `${SchemaSteps.hash(library)}.tar`)
if (!Fs.existsSync(file)) {
  const { make } = await import("@orch/server/database/SnapshotMaking")
  const { layer } = await import("@orch/server/Migrations")
  const archive = await make(layer)
  Fs.mkdirSync(cache, { recursive: true })
  // Whoever makes it at the same time makes the same, so nobody removes what others are writing.
  const unfinished = `${file}.${randomUUID()}`
  Fs.writeFileSync(unfinished, archive)
  Fs.renameSync(unfinished, file)
  for (const name of Fs.readdirSync(cache)) {
    if (name.endsWith(".tar") && name !== Path.basename(file)) Fs.rmSync(Path.join(cache, name), { force: true })
  }
}
EmbeddedSnapshot.use(file)
