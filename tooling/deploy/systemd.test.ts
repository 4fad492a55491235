/** The systemd unit, by systemd's own judgement. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))
const text = readFileSync(`${root}deploy/orch-server.service`, "utf8")
const isThere = spawnSync("systemd-analyze", ["--version"]).error === undefined

/** The unit as it is, but for the program, which is that of this checkout. */
const analyze = (...words: ReadonlyArray<string>) => {
  const folder = mkdtempSync(join(tmpdir(), "orch-unit-"))
  try {
    const unit = join(folder, "orch-server.service")
    writeFileSync(unit, text.replace(/^ExecStart=.*$/m, `ExecStart=${root}packages/server/bin/orch-server.js`))
    return spawnSync("systemd-analyze", [...words, unit], { encoding: "utf8" })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("the systemd unit", () => {
  it("leaves package builds running when the server stops, as the next one takes them over", () =>
    assert.match(text, /^KillMode=process$/m))

  if (!isThere) it.skip("is one (needs systemd-analyze)", () => {})
  else {
    it("is one", () => {
      const { status, stderr, stdout } = analyze("verify")
      // Units of this machine are looked at as well; what is said of them is not about ours.
      const ours = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("orch-server"))
      assert.deepStrictEqual(ours, [])
      assert.strictEqual(status, 0, stderr)
    })
    it("exposes the machine no more than a service that needs namespaces has to", () => {
      const { stdout } = analyze("security", "--offline=true", "--no-pager")
      const level = /exposure level[^:]*: ([\d.]+)/.exec(stdout)?.[1]
      assert.isBelow(Number(level ?? 10), 6, stdout)
    })
  }
})
