/**
 * Bundles the two programs for publication, so that `orch` starts fast. The libraries themselves are emitted by `tsc -b`,
 * and in a checkout everything runs from its sources.
 */
import { defineConfig } from "tsup"

const program = (folder: string, name: string, file = "main.ts") => ({
  entry: { [name]: `packages/${folder}/src/${file}` },
  outDir: `packages/${folder}/dist`,
  format: "esm" as const,
  target: "node22",
  platform: "node" as const,
  splitting: true,
  clean: false,
  dts: false,
  silent: true,
  // PGlite finds its WebAssembly beside its own files, and bundled dependencies would lose their licences.
  external: [/^@electric-sql\//, /^effect(\/|$)/, /^@effect\//],
  noExternal: [/^@orch\//]
})

export default defineConfig([
  program("server", "orch-server"),
  // The local farm starts it as a program of its own, which it looks for beside itself.
  program("server", "Runner", "localbuild/Runner.ts"),
  program("client", "orch"),
  program("client", "orch-modulemd", "commands/modulemd/main.ts")
])
