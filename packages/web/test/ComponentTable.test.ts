/** Which components of a large build the page of the build shows. */
import { assert, describe, it } from "@effect/vitest"
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import { renderToString } from "preact-render-to-string"
import * as Samples from "../../api/test/orch/Samples.ts"
import * as Blocks from "../src/Blocks.ts"
import * as ComponentTable from "../src/ComponentTable.ts"
import { stranger } from "../src/Viewer.ts"

const component = (n: number, more: Partial<ComponentDetail> = {}): ComponentDetail =>
  Samples.component(`c${n}`, { batch: n + 1, ...more })

const html = (components: ReadonlyArray<ComponentDetail>): string => {
  const build = {
    id: 7,
    components,
    state: "build",
    state_reason: "",
    completed_at: null
  } as unknown as ModuleBuildDetail
  return renderToString(ComponentTable.table({ build, possible: [], viewer: stranger, now: Date.now(), prefix: "/at" }))
}

const rows = (text: string): ReadonlyArray<string> => [...text.matchAll(/<tr id="c-(\w+)"/g)].map(([, name]) => name!)

describe("components on the page of a build", () => {
  it("are all there, batch by batch, and counted", () => {
    const text = html([component(0, { batch: 2 }), component(1, { batch: 1, state: "available" })])
    assert.deepStrictEqual(rows(text), ["c1", "c0"])
    assert.include(text, "Batch 1: 1 of 1 in the repository")
    assert.notInclude(text, "more are not shown")
  })

  it("are as many as can be read; of a large build those that failed or are being built come first", () => {
    const many = 20_000
    const components = Array.from({ length: many }, (_, n) => component(n)).with(
      many - 1,
      component(many - 1, { state: "failed" })
    )
      .with(many - 2, component(many - 2, { state: "building", submitted_at: new Date().toISOString() }))
    const text = html(components)
    const shown = rows(text)
    assert.strictEqual(shown.length, Blocks.mostRows)
    assert.deepStrictEqual([shown[0], ...shown.slice(-2)], ["c0", `c${many - 2}`, `c${many - 1}`])
    assert.include(text, `${many - Blocks.mostRows} more are not shown here`)
  })
})
