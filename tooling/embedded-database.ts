/** Makes the embedded database that is published with the server, after `tsup` has made its bundles. */
import { fileName } from "@orch/server/database/EmbeddedSnapshot"
import * as SnapshotMaking from "@orch/server/database/SnapshotMaking"
import * as Migrations from "@orch/server/Migrations"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"

const archive = await SnapshotMaking.make(Migrations.layer)
const compressed = brotliCompressSync(archive, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS }
})
writeFileSync(fileURLToPath(new URL(`../packages/server/dist/${fileName}`, import.meta.url)), compressed)
