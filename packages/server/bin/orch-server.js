#!/usr/bin/env node
/** Starts the server: from its sources in a checkout, from the bundle where the package was installed. */
import { existsSync } from "node:fs"
import * as Module from "node:module"

const launcher = new URL("../../../tooling/launch.mjs", import.meta.url)
const isCheckout = existsSync(launcher)
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) {
  if (isCheckout) (await import(launcher.href)).followParent()
  // Halves the time to load, which is what a server that was killed is away for.
  Module.enableCompileCache?.()
  await import(isCheckout ? "../src/main.ts" : "../dist/bundle/orch-server.js")
} else if (isCheckout) {
  ;(await import(launcher.href)).relaunch(import.meta.url)
} else {
  console.error(`orch-server needs Node.js 22.19 or newer, this is ${process.versions.node}`)
  process.exitCode = 1
}
