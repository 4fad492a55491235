/**
 * How the programs are bundled with what they import, because loading hundreds of small files is most of the time
 * a short command takes, and because what is bundled need not be installed. The Promise client is bundled in the same
 * way: who has no use for Effect need not install it. The other libraries are emitted by `tsc -b`, and in a checkout
 * everything runs from sources.
 */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Options } from "tsup"
import * as ScriptBundle from "./ScriptBundle.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** CommonJS among the dependencies asks for `require`, which modules do not have. */
const requiring = `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);`

/** The same for programs that have to start at once: what hardly any call needs is made when it is needed. */
const requiringLate =
  `const require = (id) => process.getBuiltinModule("node:module").createRequire(import.meta.url)(id);`

/** What tsup needs to write one of them below a folder that has a folder for each package. */
type Bundle = (packages: string) => Options

const bundle = (
  folder: "client" | "server",
  entry: Readonly<Record<string, string>>,
  { banner = requiring, external = [], into = "bundle", script }: {
    readonly banner?: string
    readonly external?: Array<RegExp>
    readonly into?: string
    readonly script?: string
  } = {}
): Bundle =>
(packages) => {
  const outDir = join(packages, folder, "dist", into)
  // Chunks are called by their content: those of the build before would be published, too.
  rmSync(outDir, { recursive: true, force: true })
  return {
    entry: Object.fromEntries(
      Object.entries(entry).map(([name, file]) => [name, join(root, "packages", folder, "src", file)])
    ),
    outDir,
    format: "esm" as const,
    target: "node22",
    platform: "node" as const,
    splitting: true,
    clean: false,
    dts: false,
    silent: true,
    metafile: true,
    // Some of Node's modules, `node:sqlite` among them, are there under their whole name only.
    removeNodeProtocol: false,
    // PGlite reads its WebAssembly and its data from beside its own files, so it stays a dependency.
    external: [/^@electric-sql\//, ...external],
    banner: { js: banner },
    ...(script === undefined ? {} : { onSuccess: () => ScriptBundle.make(outDir, script) })
  }
}

/** The server starts the others as programs and threads of their own, which it looks for beside itself. */
const serverPrograms = {
  "orch-server": "main.ts",
  Runner: "localbuild/Runner.ts",
  NamespaceInit: "localbuild/sandbox/NamespaceInit.ts",
  SpawnerProcess: "programs/SpawnerProcess.ts",
  PgliteThread: "database/PgliteThread.ts",
  DocumentThread: "modulebuilds/documents/DocumentThread.ts"
}

export const bundles: Readonly<Record<"client" | "server" | "library", ReadonlyArray<Bundle>>> = {
  server: [bundle("server", serverPrograms, { script: "orch-server" })],
  // For programs that bring a farm or a storage of their own: one copy of Effect and core serves both sides.
  library: [
    bundle("server", { ...serverPrograms, index: "index.ts" }, {
      into: "library",
      external: [/^effect(?:\/|$)/, /^@orch\/core(?:\/|$)/]
    })
  ],
  client: [
    bundle("client", { orch: "main.ts", OrchPromiseClient: "OrchPromiseClient.ts" }),
    // Every file that is loaded takes time: these share none with the others, and are few files each.
    bundle("client", { "orch-help": "commands/help/main.ts" }, { into: "help", banner: requiringLate }),
    bundle("client", { "orch-modulemd": "commands/modulemd/main.ts" }, { into: "modulemd", banner: requiringLate })
  ]
}
