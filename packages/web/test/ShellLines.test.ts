/** Commands that pages show, read by a real shell: what an address or a build names is a word there and never a command. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import * as ImpactPage from "../src/campaigns/ImpactPage.ts"
import * as QueueTable from "../src/farm/QueueTable.ts"
import * as GatePage from "../src/gates/GatePage.ts"
import * as HistoryPage from "../src/history/HistoryPage.ts"
import * as PlannerPage from "../src/planner/PlannerPage.ts"
import * as ShellLines from "../src/ShellLines.ts"
import * as Viewer from "../src/Viewer.ts"

const wordsOf = (command: string | undefined): ReadonlyArray<string> =>
  execFileSync("sh", ["-c", `set -- ${command}; printf '%s\\n' "$@"`], { encoding: "utf8" }).trimEnd().split("\n")

const bad = "x'; echo $(id) `id` \\ \"y\" #z"
const shown = { problem: undefined, viewer: Viewer.stranger, now: 0, prefix: "" }
const nowhere = { ...shown, offset: 0, tier: "", impact: undefined }

describe("commands that pages show", () => {
  it("have whatever they were asked for as one word", () => {
    assert.deepStrictEqual(wordsOf(ShellLines.line("echo", bad, "", "*", "plain:1")), ["echo", bad, "", "*", "plain:1"])
    assert.deepStrictEqual(
      wordsOf(ImpactPage.page({ ...nowhere, subject: bad, ref: "", commit: "" }).command),
      ["orch", "impact", bad]
    )
    const queue = { items: [], total: 0, more: false } as unknown as QueueTable.Content["queue"]
    assert.deepStrictEqual(
      wordsOf(QueueTable.page({ ...shown, queue, arch: bad, owner: bad, kind: "", offset: 0 }).command),
      ["orch", "farm", "queue", "--arch", bad, "--owner", bad]
    )
    const question = { type: bad, id: bad, product: "", context: "" }
    assert.deepStrictEqual(
      wordsOf(GatePage.page({ ...shown, question, answers: [], policies: [], types: [], waivers: [] }).command),
      ["orch", "gate", "decide", bad, "--type", bad]
    )
    const history = { refs: [], intervals: [], stale: [], next: undefined }
    assert.deepStrictEqual(
      wordsOf(HistoryPage.page({ ...shown, ...history, repository: bad, ref: bad, commit: "" }).command),
      ["orch", "history", "show", bad, bad]
    )
    assert.deepStrictEqual(
      wordsOf(
        PlannerPage.page({ ...shown, given: { ...PlannerPage.blank, scmurl: bad }, preview: undefined }).command
      ),
      ["orch", "module-build", "preview", bad]
    )
    assert.deepStrictEqual(
      wordsOf(ShellLines.dnf(bad, "/r/", "https://orch.example", "list")),
      ["dnf", `--repofrompath=${bad},https://orch.example/r/`, `--repo=${bad}`, "--nogpgcheck", "list"]
    )
  })
})
