/**
 * What a process pays for importing a module of the built library, in milliseconds of its processor: the peer is
 * `effect/Schema`, which these modules are meant not to load. Run `tsc -b` first.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const dist = fileURLToPath(new URL("../dist/", import.meta.url))
const rounds = 7

const program = (target: string) =>
  `const before = process.cpuUsage(); await import(${JSON.stringify(target)}); `
  + `const { system, user } = process.cpuUsage(before); console.log((system + user) / 1000)`

const once = (target: string): number =>
  Number(
    spawnSync(process.execPath, ["--input-type=module", "-e", program(target)], { cwd: dist, encoding: "utf8" }).stdout
  )

const median = (numbers: ReadonlyArray<number>): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!

const measure = (target: string): number => median(Array.from({ length: rounds }, () => once(target)))

const peer = measure("effect/Schema")
console.log(`${"effect/Schema".padEnd(36)} ${peer.toFixed(0).padStart(5)} ms`)
for (
  const module of [
    "Evr",
    "buildorder/BuildOrder",
    "modulemd/Modulemd",
    "repository/Distro",
    "repository/RepositorySearch",
    "resolution/StreamExpansion",
    "resolution/ResolutionPlan"
  ]
) {
  const cost = measure(`${dist}${module}.js`)
  console.log(`${module.padEnd(36)} ${cost.toFixed(0).padStart(5)} ms  ${(cost / peer).toFixed(2)} of the peer`)
}
