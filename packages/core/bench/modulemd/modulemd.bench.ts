/**
 * Reading with validation, writing and memory against libmodulemd in the same run, on files of 0.5 MB and more;
 * and the growth of an index with the versions of one stream.
 *
 * Files are made up here; real metadata of an EL8 distribution is used, too, where it is there (`ORCH_SHARED_DATA`, else
 * ../shared/data). Every measurement is a process of its own, taken in turns, so that both sides meet the same machine.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as ModuleIndex from "../../src/modulemd/ModuleIndex.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import { index, versions } from "./inputs.ts"

interface Measured {
  /** Milliseconds, best of several, in a process that is warm. */
  readonly read: number
  readonly write: number
  readonly written: number
  /** Peak of the process in MB, and what an idle one of its kind takes. */
  readonly peak: number
  readonly idle: number
}

const root = fileURLToPath(new URL("../../../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "orch-bench-"))
const ours = fileURLToPath(new URL("measure.ts", import.meta.url))
const theirs = fileURLToPath(new URL("measure.py", import.meta.url))
const python = ["/usr/bin/python3", "python3"].find((candidate) =>
  spawnSync(candidate, ["-c", "import gi; gi.require_version('Modulemd', '2.0')"]).status === 0
)

const measure = (command: string, args: ReadonlyArray<string>): Measured => {
  // Installed packages are JavaScript already: with the cache, memory is not that of Node.js stripping types.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") }
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8", env })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Measured
}

const best = (a: Measured, b: Measured): Measured => ({
  ...a,
  read: Math.min(a.read, b.read),
  write: Math.min(a.write, b.write),
  peak: Math.min(a.peak, b.peak)
})

const twice = (run: readonly [() => Measured, () => Measured]): readonly [Measured, Measured] => {
  const first = run.map((one) => one())
  const second = run.map((one) => one())
  return [best(first[0]!, second[0]!), best(first[1]!, second[1]!)]
}

const inputs: Array<readonly [string, string]> = [["made up, 0.6 MB", index(110)], ["made up, 2 MB", index(370)]]
const real = `${process.env["ORCH_SHARED_DATA"] ?? `${root}../shared/data`}/modulemd/el8-appstream-aarch64.modules.yaml`
if (existsSync(real)) {
  // Three of its documents have a buildorder that libmodulemd refuses: both sides get the repaired text.
  const { documents } = Modulemd.read(readFileSync(real, "utf8"), { profile: "compat" })
  const text = Modulemd.write(documents)
  inputs.push(["EL8 AppStream", text])
  const renamed = Array.from({ length: 10 }, (_, i) => text.replaceAll(/^ {2}name: /gm, `  name: copy${i}-`)).join("")
  inputs.push(["EL8 AppStream x10, renamed", renamed])
} else console.log("real metadata is not there: made up files only")

if (python === undefined) console.log("libmodulemd is not installed (python3-gi gir1.2-modulemd-2.0): no ratios")
const mb = (bytes: number) => (bytes / 1e6).toFixed(2)

const warm = join(folder, "warm.yaml")
writeFileSync(warm, index(1))
measure(process.execPath, ["--expose-gc", ours, warm])

for (const [name, text] of inputs) {
  const path = join(folder, "input.yaml")
  writeFileSync(path, text)
  const size = Buffer.byteLength(text)
  const mine = () => measure(process.execPath, ["--expose-gc", ours, path])
  const [a, b] = python === undefined
    ? [mine(), undefined]
    : twice([mine, () => measure(python, [theirs, path])])
  console.log(`${name}: ${mb(size)} MB`)
  const speed = (bytes: number, ms: number) => `${(bytes / ms / 1e3).toFixed(1)} MB/s`
  const row = (what: string, mine: string, ...peer: ReadonlyArray<string>) =>
    console.log(`  ${what.padEnd(16)} ${mine}${peer.join("")}`)
  const compared = (mineMs: number, theirMs: number | undefined, bytes: number, theirBytes: number | undefined) =>
    theirMs === undefined
      ? ["", ""] as const
      : [
        `, libmodulemd ${speed(theirBytes!, theirMs)}`,
        `: ${(bytes / mineMs / (theirBytes! / theirMs)).toFixed(2)}x`
      ] as const
  row("read+validate", speed(size, a.read), ...compared(a.read, b?.read, size, size))
  row("write", speed(a.written, a.write), ...compared(a.write, b?.write, a.written, b?.written))
  row(
    "peak memory",
    `${a.peak.toFixed(0)} MB (idle ${a.idle.toFixed(0)})`,
    b === undefined ? "" : `, libmodulemd ${b.peak.toFixed(0)} MB (idle ${b.idle.toFixed(0)})`,
    b === undefined ? "" : `: ${(a.peak / b.peak).toFixed(2)}x`
  )
}

console.log("versions of one stream, read into an index")
for (const count of [1000, 2000, 4000, 8000]) {
  const text = versions(count)
  let fastest = Infinity
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    ModuleIndex.fromDocuments(Modulemd.read(text).documents)
    fastest = Math.min(fastest, performance.now() - start)
  }
  const path = join(folder, "versions.yaml")
  writeFileSync(path, text)
  const peer = python === undefined ? "" : `, libmodulemd ${measure(python, [theirs, path, "1"]).read.toFixed(0)} ms`
  console.log(`  ${count}: ${fastest.toFixed(0)} ms${peer}`)
}

rmSync(folder, { recursive: true })
