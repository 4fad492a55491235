/** Types the commands of documents in an empty folder, as they are printed. */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Walkthrough from "../docs/walkthrough.ts"
import type { EmptyFolder } from "./EmptyFolder.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** A document, and the headings of those of its steps that are wanted: all unless told; without any, only its files are there. */
export interface Part {
  readonly document: string
  readonly headings?: ReadonlyArray<RegExp>
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Kills whatever a script left running, and resolves to its exit code and output. */
const bash = (folder: EmptyFolder, script: string): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve, reject) => {
    const inherited = Object.entries(process.env).filter(([name]) =>
      name !== "DATABASE_URL" && !/^ORCH_|^XDG_/.test(name)
    )
    const child = spawn("bash", ["-c", script], {
      cwd: folder.path,
      // A group of its own, which the servers that the script starts belong to as well.
      detached: true,
      env: { ...Object.fromEntries(inherited), HOME: folder.path, npm_config_userconfig: join(folder.path, ".npmrc") },
      stdio: ["ignore", "pipe", "pipe"]
    })
    const end = (signal: NodeJS.Signals) => () => {
      try {
        process.kill(-(child.pid ?? 0), signal)
      } catch {
        // Nothing was left.
      }
    }
    // Whoever ends this process ends the script as well, which waits for servers in loops.
    const abandoned = end("SIGKILL")
    process.once("exit", abandoned)
    let output = ""
    child.stdout.on("data", (text) => output += text)
    child.stderr.on("data", (text) => output += text)
    const patience = setTimeout(end("SIGKILL"), 300_000)
    child.once("error", reject)
    child.once("exit", (code) => {
      clearTimeout(patience)
      process.off("exit", abandoned)
      end("SIGTERM")()
      resolve({ code: code ?? 1, output })
    })
  })

/** Takes the steps of the parts in order; fails with all that was printed where a command fails. */
export const follow = async (folder: EmptyFolder, parts: ReadonlyArray<Part>): Promise<void> => {
  folder.write("shown/README", "Files that the documents show.\n")
  const steps = parts.flatMap(({ document, headings }) => {
    const { files, steps } = Walkthrough.read(readFileSync(join(root, document), "utf8"))
    for (const { content, path } of files) folder.write(`shown/${basename(path)}`, content)
    const wanted = steps.filter(({ heading }) => headings?.some((one) => one.test(heading)) ?? true)
    if (wanted.length === 0 && headings?.length !== 0) throw new Error(`${document} has no such steps`)
    return wanted
  })
  const { code, output } = await bash(folder, Walkthrough.script(steps, await freePort(), join(folder.path, "shown")))
  if (code !== 0) throw new Error(`the commands ended with ${code}\n${output.split("\n").slice(-60).join("\n")}`)
}
