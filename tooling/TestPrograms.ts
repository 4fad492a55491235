/**
 * The two programs as they are published, for tests that start them often: a bundle is there in a third of the time and the processor
 * time that the sources take. Made once for a run, when the first test wants one, of the sources as they are then.
 */
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"
import { bundles } from "./Bundles.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The folder of all files of this run (`TestFolder.ts`). */
const packages = Path.join(tmpdir(), "programs")

const lay = async (name: "client" | "server"): Promise<void> => {
  const from = Path.join(root, "packages", name)
  const to = Path.join(packages, name)
  for (const file of ["bin", "package.json"]) Fs.cpSync(Path.join(from, file), Path.join(to, file), { recursive: true })
  Fs.symlinkSync(Path.join(from, "node_modules"), Path.join(to, "node_modules"))
  const { build } = await import("tsup")
  for (const bundle of bundles[name]) await build({ ...bundle(packages), config: false })
  if (name === "client") return
  const { fileName } = await import("@orch/server/database/EmbeddedSnapshot")
  const { file } = await import("../packages/server/test/support/EmbeddedDatabase.ts")
  // In a run, whatever is written is read a few times only.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 }
  Fs.writeFileSync(Path.join(to, "dist", fileName), brotliCompressSync(Fs.readFileSync(file), { params }))
}

/** Whoever comes first makes it, the others wait for it. */
const once = async (name: "client" | "server"): Promise<void> => {
  const state = (which: string) => Path.join(packages, `${name}.${which}`)
  Fs.mkdirSync(packages, { recursive: true })
  try {
    Fs.mkdirSync(state("begun"))
  } catch {
    while (!Fs.existsSync(state("done"))) {
      if (Fs.existsSync(state("failed"))) throw new Error(Fs.readFileSync(state("failed"), "utf8"))
      await pause(50)
    }
    return
  }
  try {
    await lay(name)
    Fs.writeFileSync(state("done"), "")
  } catch (error) {
    Fs.writeFileSync(state("failed"), String(error))
    throw error
  }
}

const made = new Map<string, Promise<void>>()

const program = async (name: "client" | "server", file: string): Promise<string> => {
  if (!made.has(name)) made.set(name, once(name))
  await made.get(name)
  return Path.join(packages, name, "bin", file)
}

/** The file of `orch`, to be run by this Node.js. */
export const orch = (): Promise<string> => program("client", "orch.js")

/** The file of `orch-server`, to be run by this Node.js. */
export const server = (): Promise<string> => program("server", "orch-server.js")
