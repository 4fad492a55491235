import { afterAll, assert, describe, it } from "@effect/vitest"
import * as PackageHeader from "@orch/server/localbuild/PackageHeader"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as PackageNode from "../poolfarm/PackageNode.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestFarm from "./TestFarm.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

describe.skipIf(TestFarm.missing.length > 0)(`headers of packages (needs ${TestFarm.missing.join(", ")})`, () => {
  it.live("are those of the file that is there now, and what is no package has none", () =>
    Effect.gen(function*() {
      PackageNode.makePackages(root, ["one", "two"])
      const find = (name: string) => Path.join(root, Fs.globSync(`{SRPMS,RPMS/*}/${name}`, { cwd: root })[0]!)
      const source = yield* PackageHeader.read(find("one-1-1.src.rpm"))
      assert.deepStrictEqual([source.nevra, source.source], ["one-0:1-1.src", "(none)"])
      assert.isAbove(source.built, 1_600_000_000)
      const path = Path.join(root, "any.rpm")
      Fs.copyFileSync(find("one-1-1.*[!c].rpm"), path)
      const one = yield* PackageHeader.read(path)
      assert.strictEqual(one.source, "one-1-1.src.rpm")
      assert.deepStrictEqual(yield* PackageHeader.read(path), one)
      Fs.copyFileSync(find("two-1-1.*[!c].rpm"), path)
      assert.match((yield* PackageHeader.read(path)).nevra, /^two-0:1-1\./)
      Fs.writeFileSync(path, "no package")
      assert.strictEqual((yield* Effect.flip(PackageHeader.read(path))).reason, "failed")
      Fs.rmSync(path)
      assert.strictEqual((yield* Effect.flip(PackageHeader.read(path))).reason, "failed")
    }))

  it.live("are the same when many are read ahead, whatever else is among them", () =>
    Effect.gen(function*() {
      const own = Path.join(root, "ahead")
      Fs.mkdirSync(own)
      PackageNode.makePackages(own, ["three", "four"])
      const paths = Fs.globSync("{SRPMS,RPMS/*}/*.rpm", { cwd: own }).map((name) => Path.join(own, name))
      assert.isAtLeast(paths.length, 4)
      const bad = Path.join(own, "bad.rpm")
      Fs.writeFileSync(bad, "no package")
      const gone = Path.join(own, "gone.rpm")
      yield* PackageHeader.readAhead([...paths, bad, gone])
      yield* PackageHeader.readAhead([...paths.toReversed(), gone])
      for (const path of paths) {
        const { nevra } = yield* PackageHeader.read(path)
        assert.strictEqual(`${nevra.replace(/-\d+:/, "-")}.rpm`, Path.basename(path))
      }
      assert.strictEqual((yield* Effect.flip(PackageHeader.read(bad))).reason, "failed")
      yield* PackageHeader.readAhead([])
      for (const path of [paths[0]!, bad, gone, own]) yield* PackageHeader.expect(path)
    }))
})
