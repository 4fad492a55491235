/**
 * Bundles the programs for publication with what they import, because loading hundreds of small files is most of the time
 * a short command takes. The libraries themselves are emitted by `tsc -b`, and in a checkout everything runs from sources.
 * `tooling/bundle-licences.ts` adds the licences of what was bundled.
 */
import { defineConfig } from "tsup"

const programs = (folder: string, entry: Readonly<Record<string, string>>) => ({
  entry: Object.fromEntries(Object.entries(entry).map(([name, file]) => [name, `packages/${folder}/src/${file}`])),
  outDir: `packages/${folder}/dist`,
  format: "esm" as const,
  target: "node22",
  platform: "node" as const,
  splitting: true,
  clean: false,
  dts: false,
  silent: true,
  metafile: true,
  // PGlite finds its WebAssembly beside its own files, so it stays a dependency.
  noExternal: [/^(?!@electric-sql\/)/],
  // CommonJS among the dependencies asks for `require`, which modules do not have.
  banner: {
    js: `import { createRequire as orchRequire } from "node:module"; const require = orchRequire(import.meta.url);`
  }
})

export default defineConfig([
  // The local farm starts `Runner` as a program of its own, which it looks for beside itself.
  programs("server", { "orch-server": "main.ts", Runner: "localbuild/Runner.ts" }),
  programs("client", {
    orch: "main.ts",
    "orch-help": "commands/help/main.ts",
    "orch-modulemd": "commands/modulemd/main.ts"
  })
])
