/** The alert rules: read and tried by promtool, and about metrics that operators are told of. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Yaml from "yaml"
import * as DebianTool from "../DebianTool.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

interface Rules {
  readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<{ readonly alert: string; readonly expr: string }> }>
}
const { groups } = Yaml.parse(readFileSync(`${root}deploy/alerts.yaml`, "utf8")) as Rules
const rules = groups.flatMap((group) => group.rules)
const operating = readFileSync(`${root}docs/operating.md`, "utf8")
const promtool = await DebianTool.prepare("promtool", "prometheus")

/** Families that an expression is about; the parts of a histogram are the histogram. */
const families = (expression: string): ReadonlyArray<string> =>
  [...expression.matchAll(/\b(?:orch|process)_[a-z_]+\b/g)].map(([name]) => name.replace(/_(?:count|bucket|sum)$/, ""))

describe("the alert rules", () => {
  it("are about families that docs/operating.md describes", () => {
    const described = new Set([...operating.matchAll(/^\| `((?:orch|process)_[a-z_]+)/gm)].map(([, name]) => name))
    const used = rules.flatMap(({ expr }) => families(expr))
    assert.isAtLeast(used.length, 10)
    assert.deepStrictEqual(used.filter((name) => !described.has(name)), [])
  })
  it("are each told what to do about in docs/operating.md", () =>
    assert.deepStrictEqual(rules.map(({ alert }) => alert).filter((name) => !operating.includes(`**${name}**`)), []))

  if ("missing" in promtool) it.skip(`are understood by promtool (${promtool.missing})`, () => {})
  else {
    for (const [what, file] of [["check", "alerts.yaml"], ["test", "alerts.test.yaml"]] as const) {
      it(`pass promtool ${what} rules`, () => {
        const { status, stderr, stdout } = spawnSync(promtool.program, [what, "rules", file], {
          cwd: `${root}deploy`,
          encoding: "utf8"
        })
        assert.strictEqual(status, 0, `${stdout}${stderr}`)
      })
    }
  }
})
