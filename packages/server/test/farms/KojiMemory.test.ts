import { assert, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as KojiMemory from "../../src/farms/KojiMemory.ts"
import * as TestRepository from "../scm/TestRepository.ts"

const known = { arches: ["aarch64", "x86_64"], tagArches: { "el9-build": ["x86_64"] } }

describe("the memory of a Koji hub", () => {
  it("gives back what was kept, for each profile its own", () => {
    const folder = TestRepository.temporary()
    const memory = KojiMemory.make(folder, "fedora")
    assert.isUndefined(memory.load())
    memory.save(known)
    assert.deepStrictEqual(KojiMemory.make(folder, "fedora").load(), known)
    assert.isUndefined(KojiMemory.make(folder, "epel").load())
  })

  it("is empty where its file cannot be read, and silent where it cannot be written", () => {
    const folder = TestRepository.temporary()
    Fs.mkdirSync(Path.join(folder, "koji"))
    Fs.writeFileSync(Path.join(folder, "koji", "fedora.json"), "{\"arches\": 1}")
    assert.isUndefined(KojiMemory.make(folder, "fedora").load())
    const nowhere = KojiMemory.make(Path.join(folder, "koji", "fedora.json"), "fedora")
    nowhere.save(known)
    assert.isUndefined(nowhere.load())
  })
})
