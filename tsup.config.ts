/**
 * Bundles the programs for publication. `tooling/bundle-licences.ts` adds the licences of what was bundled.
 */
import { join } from "node:path"
import { defineConfig } from "tsup"
import { bundles } from "./tooling/Bundles.ts"

const packages = join(import.meta.dirname, "packages")

export default defineConfig(Object.values(bundles).flat().map((bundle) => bundle(packages)))
