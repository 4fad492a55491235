import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as stock from "./stockClient.ts"

const missing = "missing" in stock.client ? stock.client.missing : undefined
describe.skipIf(missing !== undefined).each(["1.34.0", "1.35.3"])(
  `the stock koji client on a fake hub of %s${missing === undefined ? "" : ` [skipped: ${missing}]`}`,
  (version) => {
    let hub: FakeKojiHub.FakeKojiHub
    beforeAll(async () => {
      hub = await FakeKojiHub.start({ version })
      hub.addTag("el9-base")
    })
    afterAll(() => hub.close())

    const works = async (...args: ReadonlyArray<string>) => {
      const { code, output } = await stock.run(hub.url, ...args)
      assert.strictEqual(code, 0, output)
      return output
    }

    it("greets, and is told who it is", async () => {
      const output = await works("hello")
      assert.include(output, "orch")
      assert.include(output, `Koji ${version}`)
    })

    it("adds tags with inheritance, packages, groups and a target, and lists them", async () => {
      await works("add-tag", "m", "--arches=x86_64")
      await works("add-tag", "m-build", "--parent=el9-base", "--arches=x86_64")
      await works("add-tag-inheritance", "m-build", "m", "--priority=5")
      await works("add-pkg", "--owner=orch", "m", "hello", "world")
      await works("add-group", "m-build", "build")
      await works("add-group-pkg", "m-build", "build", "bash")
      await works("add-target", "m", "m-build", "m")
      assert.match(await works("list-targets"), /m\s+m-build\s+m\b/)
      assert.match(await works("list-tag-inheritance", "m-build"), /m-build[\s\S]*el9-base[\s\S]*m \(/)
      assert.include(await works("list-groups", "m-build"), "bash")
      assert.include(await works("list-pkgs", "--tag=m"), "hello")
    }, 180_000)

    it("is told that a tag exists already", async () => {
      const { code, output } = await stock.run(hub.url, "add-tag", "m")
      assert.notStrictEqual(code, 0)
      assert.include(output, "already exists")
    })

    it("submits a build and sees it tagged", async () => {
      const output = await works("build", "--nowait", "m", "git+https://git.example.org/rpms/hello#1a2b3c")
      const task = /Created task: (\d+)/.exec(output)?.[1] ?? ""
      await works("watch-task", task)
      assert.include(await works("list-tagged", "m"), "hello-1.0-1")
      assert.include(await works("list-tagged", "--rpms", "m"), "hello-1.0-1.noarch")
      assert.match(await works("call", "getBuild", "hello-1.0-1"), /'state': 1\b/)
      assert.match(await works("call", "getTaskInfo", task), /'state': 2\b/)
    })

    it("uploads a source package and waits for its build", async () => {
      const srpm = join(mkdtempSync(join(tmpdir(), "srpm-")), "world-2.0-1.src.rpm")
      writeFileSync(srpm, Buffer.alloc(3_000_000, "x"))
      await works("build", "--wait", "--noprogress", "m", srpm)
      assert.include(await works("list-tagged", "m"), "world-2.0-1")
    })

    it("waits for a repository that holds a build", async () => {
      await works(
        "wait-repo",
        ...(version.startsWith("1.35") ? ["--request"] : []),
        "--build=hello-1.0-1",
        "--timeout=1",
        "m-build"
      )
    })

    it("cancels a task and untags a build", async () => {
      const output = await works("build", "--nowait", "m", "git+https://git.example.org/rpms/late#1")
      await works("cancel", /Created task: (\d+)/.exec(output)?.[1] ?? "")
      await works("call", "untagBuild", "m", "world-2.0-1")
      assert.notInclude(await works("list-tagged", "m"), "world-2.0-1")
    })

    it("removes the target", async () => {
      await works("remove-target", "m")
      assert.deepStrictEqual(hub.targets(), [])
    })
  }
)
