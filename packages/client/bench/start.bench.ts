/**
 * How long short calls of `orch` take, each a process of its own: help, and one small file, against a bare Node.js; an index
 * against `modulemd-validator`. Both sides take turns, so that they meet the same machine.
 *
 * What is measured is what people install: the programs as they are bundled for publication, in a folder of their own. The
 * index is real metadata of an EL8 distribution where that is there (`ORCH_SHARED_DATA`, else shared/data beside the checkout or
 * above it), else made up.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import * as Bundled from "../../../tooling/bench/Bundled.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "orch-bench-start-"))

Bundled.make()
for (const part of ["bin", "dist", "package.json"]) {
  cpSync(join(root, "packages/client", part), join(folder, part), { recursive: true })
}

const orch = (...args: ReadonlyArray<string>) => [process.execPath, join(folder, "bin/orch.js"), ...args]
const bare = [process.execPath, "-e", "0"]

/** Milliseconds of each run of each command, by turns, after one that fills the cache of compiled code. */
const measure = (
  runs: number,
  ...commands: ReadonlyArray<ReadonlyArray<string>>
): ReadonlyArray<ReadonlyArray<number>> => {
  const once = ([program = "", ...args]: ReadonlyArray<string>): number => {
    const start = performance.now()
    const { error } = spawnSync(program, args, {
      stdio: "ignore",
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") }
    })
    if (error !== undefined) throw error
    return performance.now() - start
  }
  for (const command of commands) once(command)
  const times = commands.map((): Array<number> => [])
  for (let run = 0; run < runs; run++) commands.forEach((command, i) => times[i]!.push(once(command)))
  return times
}

type Times = ReadonlyArray<number>

const row = (what: string, ours: Times, peer: string, theirs: Times, aim: number): void =>
  BenchLine.print({
    what,
    ours: `${BenchLine.median(ours).toFixed(0)} ms`,
    against: `${peer} ${BenchLine.median(theirs).toFixed(0)} ms`,
    ...BenchLine.atMost(BenchLine.medianRatio(ours, theirs), aim)
  })

const small = join(root, "packages/core/test/modulemd/fixtures/good_plain.yaml")
const [node, help, source, one] = measure(
  15,
  bare,
  orch(),
  [process.execPath, join(root, "packages/client/bin/orch.js")],
  orch("modulemd", "validate", small)
) as [Times, Times, Times, Times]
row("orch (help)", help, "bare node", node, 2.5)
row("orch (help), from a checkout", source, "bare node", node, 2.5)
row("orch modulemd validate, small file", one, "bare node", node, 1.6)

/** In the folder that the environment names, or else in the nearest `shared/data` above this checkout. */
const found = (path: string): string | undefined => {
  const given = process.env["ORCH_SHARED_DATA"]
  if (given !== undefined) return existsSync(join(given, path)) ? join(given, path) : undefined
  for (let above = dirname(root.replace(/\/$/, "")); above !== dirname(above); above = dirname(above)) {
    const here = join(above, "shared/data", path)
    if (existsSync(here)) return here
  }
  return undefined
}
const real = found("modulemd/el8-appstream-aarch64.modules.yaml")
const index = (): string => {
  if (real !== undefined) return real
  console.log("real metadata is not there: a made up index of 0.7 MB")
  const path = join(folder, "index.yaml")
  const rpms = (i: number) =>
    Array.from({ length: 80 }, (_, k) => `    - package${i}-part${k}-0:1.${i}-1.module_el8.x86_64\n`)
  writeFileSync(
    path,
    Array.from(
      { length: 125 },
      (_, i) =>
        `---\ndocument: modulemd\nversion: 2\ndata:\n  name: module${i}\n  stream: rhel8\n  version: 8020020200715124551\n  context: c0ffee43\n  arch: x86_64\n  summary: s\n  description: d\n  license: {module: [MIT], content: [MIT]}\n  artifacts:\n    rpms:\n${
          rpms(i).join("")
        }...\n`
    ).join("")
  )
  return path
}
const path = index()
const what = `orch modulemd validate, ${real === undefined ? "index of 0.7 MB" : "EL8 index"}`
if (spawnSync("modulemd-validator", ["--version"]).error !== undefined) {
  const [ours] = measure(15, orch("modulemd", "validate", path)) as [Times]
  BenchLine.print({
    what,
    ours: `${BenchLine.median(ours).toFixed(0)} ms`,
    against: "modulemd-validator is not installed: apt-get install libmodulemd-tools, or dnf install libmodulemd"
  })
} else {
  const [ours, theirs] = measure(15, orch("modulemd", "validate", path), ["modulemd-validator", path]) as [
    Times,
    Times
  ]
  row(what, ours, "modulemd-validator", theirs, 1)
}
rmSync(folder, { recursive: true })
