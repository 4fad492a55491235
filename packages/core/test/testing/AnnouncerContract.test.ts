/** The announcer contract in memory, and who wants which announcement. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { wants } from "../../src/ports/Announcer.ts"
import { announcerContract } from "../../src/testing/AnnouncerContract.ts"
import * as MemoryAnnouncer from "../../src/testing/MemoryAnnouncer.ts"

announcerContract("MemoryAnnouncer", {
  layer: MemoryAnnouncer.layer([{ id: "one", address: "memory:one", topics: [] }]),
  received: Effect.map(MemoryAnnouncer.MemoryListeners, ({ delivered }) => delivered.get("one") ?? []),
  silence: Effect.map(MemoryAnnouncer.MemoryListeners, (control) => void (control.failures = 1))
})

describe("wants", () => {
  it.each([
    [[], "module-build.state", true],
    [["module-build.state"], "module-build.state", true],
    [["module-build"], "module-build.state", true],
    [["module-build."], "module-build.state", true],
    [["module"], "module-build.state", false],
    [["module-build.state.x"], "module-build.state", false],
    [["repository", "component-build"], "component-build.state", true],
    [["repository"], "component-build.state", false]
  ])("with topics %j, %s: %s", (topics, topic, expected) => {
    assert.strictEqual(wants({ id: "x", address: "x", topics }, topic), expected)
  })
})
