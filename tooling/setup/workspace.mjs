/** Installs what the lockfile names, unless that has been done, and finds the Node.js it brought. */
import { existsSync, readFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { run } from "./run.mjs"

const pnpm = "pnpm@12.21.0"

const isInstalled = (root) => {
  try {
    const stamp = readFileSync(join(root, "node_modules/.cache/setup-lockfile.yaml"), "utf8")
    return stamp === readFileSync(join(root, "pnpm-lock.yaml"), "utf8") &&
      existsSync(join(root, "node_modules/.bin/vitest"))
  } catch {
    return false
  }
}

/** Resolves to the path of Node.js and the environment in which it and the workspace's programs come first. */
export const workspace = async (root) => {
  const [major = 0] = process.versions.node.split(".").map(Number)
  if (major < 20) throw new Error(`Node.js 20 or newer is needed to begin with, this is ${process.versions.node}`)
  if (!isInstalled(root)) {
    console.log("setup: installing the workspace")
    const args = ["-y", pnpm, "install", "--frozen-lockfile"]
    const { code, output } = await run("npx", args, { cwd: root, timeout: 540_000 })
    if (code !== 0) throw new Error(`\`npx ${args.join(" ")}\` failed:\n${output}`)
    const { cpSync } = await import("node:fs")
    cpSync(join(root, "pnpm-lock.yaml"), join(root, "node_modules/.cache/setup-lockfile.yaml"))
  }
  const bin = join(root, "node_modules/.bin")
  const own = join(bin, "node")
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` }
  if (existsSync(own)) return { node: own, env }
  if (major >= 24 || major === 22) return { node: process.execPath, env }
  throw new Error(`no Node.js comes with the workspace for ${process.platform} ${process.arch}: install Node.js 24`)
}
