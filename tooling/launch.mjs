/**
 * Starts a program of this checkout again with the Node.js that the workspace installed.
 *
 * The machine's own Node.js may be too old to run TypeScript sources. Plain JavaScript without dependencies, because that
 * old one has to run it. The new process dies with the old one, also when that is killed and cannot say goodbye.
 */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const workspaceNode = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url))

/** Runs the file at `url` (a `file:` URL) with the arguments of this process, and ends as it ends. */
export const relaunch = (url) => {
  if (!existsSync(workspaceNode)) {
    console.error(
      "Node.js 22.19 or newer is needed. Run `npm run demo` or `npx -y pnpm@12 install` once: they install it."
    )
    process.exitCode = 1
    return
  }
  const child = spawn(workspaceNode, [fileURLToPath(url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, ORCH_RELAUNCHED: "1" }
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => {
    process.removeAllListeners()
    if (signal === null) process.exit(code ?? 1)
    process.kill(process.pid, signal)
  })
}

/** To be called by the relaunched process. */
export const followParent = () => {
  if (process.env["ORCH_RELAUNCHED"] !== "1" || !process.connected) return
  delete process.env["ORCH_RELAUNCHED"]
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"))
  process.channel?.unref()
}
