import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "../../src/resolution/AvailableModule.ts"
import * as SideTag from "../../src/resolution/SideTag.ts"

const settings = { baseModuleNames: ["platform"] }
const platform = AvailableModule.make({ name: "platform", stream: "el9", version: 3, sideTagFormat: "{side_tag}-el9" })
const perl = AvailableModule.make({ name: "perl", stream: "5.40", version: 1, sideTagFormat: "{side_tag}-perl" })

describe("SideTag", () => {
  it("moves base modules that say what they are called there, and nothing else", () => {
    assert.deepStrictEqual(SideTag.locations([platform, perl], "batch-7", settings), {
      "platform:el9:3:00000000": "batch-7-el9"
    })
  })

  it("has no effect where no base module knows side tags", () => {
    const plain = AvailableModule.make({ name: "platform", stream: "el9", version: 3 })
    assert.isUndefined(SideTag.locations([plain, perl], "batch-7", settings))
  })
})
