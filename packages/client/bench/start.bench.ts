/**
 * How long short calls of `orch` take, each a process of its own: help, and one small file, against a bare Node.js; an index
 * against `modulemd-validator`. Both sides take turns, so that they meet the same machine.
 *
 * What is measured is what people install: the programs as they are bundled for publication, in a folder of their own. The
 * index is real metadata of an EL8 distribution where that is there (`ORCH_SHARED_DATA`, else ../shared/data), else made up.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "orch-bench-start-"))

const tool = (name: string, ...args: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync(join(root, "node_modules/.bin", name), args, { cwd: root, encoding: "utf8" })
  if (status !== 0) throw new Error(`${name}: ${stderr}`)
}
tool("tsc", "-b", "packages/client")
tool("tsup")
for (const part of ["bin", "dist", "package.json"]) {
  cpSync(join(root, "packages/client", part), join(folder, part), { recursive: true })
}

const orch = (...args: ReadonlyArray<string>) => [process.execPath, join(folder, "bin/orch.js"), ...args]
const bare = [process.execPath, "-e", "0"]

/** Milliseconds of each command, the median of its runs after one that fills the cache of compiled code. */
const measure = (runs: number, ...commands: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<number> => {
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
  return times.map((all) => all.sort((one, two) => one - two)[runs >> 1]!)
}

const row = (what: string, ours: number, peer: string, theirs: number, aim: number): void =>
  console.log(
    `${what.padEnd(44)} ${ours.toFixed(0)} ms, ${peer} ${theirs.toFixed(0)} ms: ${
      (ours / theirs).toFixed(2)
    } (aim ${aim})`
  )

const small = join(root, "packages/core/test/modulemd/fixtures/good_plain.yaml")
const [node, help, source, one] = measure(
  25,
  bare,
  orch(),
  [process.execPath, join(root, "packages/client/bin/orch.js")],
  orch("modulemd", "validate", small)
) as [number, number, number, number]
row("orch (help)", help, "bare node", node, 2.5)
row("orch (help), from a checkout", source, "bare node", node, 2.5)
row("orch modulemd validate, small file", one, "bare node", node, 1.6)

const real = join(
  process.env["ORCH_SHARED_DATA"] ?? join(root, "../shared/data"),
  "modulemd/el8-appstream-aarch64.modules.yaml"
)
const index = (): string => {
  if (existsSync(real)) return real
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
if (spawnSync("modulemd-validator", ["--version"]).error !== undefined) {
  console.log("modulemd-validator is not installed (libmodulemd-tools): no ratio")
} else {
  const [ours, theirs] = measure(25, orch("modulemd", "validate", path), ["modulemd-validator", path]) as [
    number,
    number
  ]
  row("orch modulemd validate, index of an EL8 release", ours, "modulemd-validator", theirs, 1)
}
rmSync(folder, { recursive: true })
