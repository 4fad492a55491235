import { assert, describe, it } from "@effect/vitest"
import * as EngineFlags from "@orch/client/commands/modulemd/EngineFlags"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

describe("EngineFlags", () => {
  it("are none for small files, and for large ones take back what was set for those between", () => {
    assert.deepStrictEqual(EngineFlags.flagsFor(1000), [])
    const between = EngineFlags.flagsFor(700_000)
    const large = EngineFlags.flagsFor(7_000_000)
    for (const flag of between) assert.include(large, flag.replace("--no-", "--"))
  })

  it("are known to this engine, which complains of others", () => {
    const flags = [700_000, 7_000_000].map((bytes) => `EngineFlags.set(${bytes});`).join("")
    const file = fileURLToPath(new URL("../../src/commands/modulemd/EngineFlags.ts", import.meta.url))
    const { status, stderr, stdout } = spawnSync(process.execPath, [
      "--input-type=module",
      "-e",
      `import * as EngineFlags from ${JSON.stringify(file)}; ${flags} console.log(1 + 1)`
    ], { encoding: "utf8" })
    assert.deepStrictEqual([status, stdout, stderr], [0, "2\n", ""])
  })
})
