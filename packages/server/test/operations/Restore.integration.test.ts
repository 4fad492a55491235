/**
 * The backup of docs/operating.md, made with PostgreSQL's and the system's own programs while a build runs: restored, the server
 * starts, the build goes on, and the next one is built.
 */
import { assert, describe, it } from "@effect/vitest"
import { OrchPromiseClient } from "@orch/client"
import { serve } from "@orch/server"
import { execFileSync, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

const admin = process.env["ORCH_TEST_DATABASE_URL"] ?? ""
const missing = [
  ...TestFarm.missing,
  ...["pg_dump", "pg_restore", "psql", "tar"].filter((name) => !SmallProcess.isInstalled(name))
]

const database = (name: string): string => {
  const url = new URL(admin)
  url.pathname = `/${name}`
  return url.href
}
const sql = (statement: string) => SmallProcess.output("psql", ["--quiet", "--command", statement, admin])

/** A server on that database and directory, with modules and packages in `git`. */
const start = (url: string, data: string, git: string) =>
  serve({
    config: {
      DATABASE_URL: url,
      ORCH_PORT: "0",
      ORCH_DRAIN: "0",
      ORCH_DATA_DIR: data,
      ORCH_SCM_ALLOW: `file://${git}`,
      ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
      ORCH_RECONCILE_INTERVAL: "200",
      ORCH_LEASE: "3"
    }
  })

/** A module of one package of the same name; answers what to submit. */
const publish = (git: string, module: string, build = "true"): string => {
  TestRepository.make(Path.join(git, "rpms", module)).commit({ [`${module}.spec`]: SpecFile.make(module, { build }) })
  const commit = TestRepository.make(Path.join(git, "modules", module)).commit({
    [`${module}.yaml`]: TestServer.modulemd({ [module]: ["ref: main"] }).replace("name: demo", `name: ${module}`)
  })
  return `file://${git}/modules/${module}?#${commit}`
}

/** 1 says that files changed while they were read. */
const backUpFiles = (data: string, archive: string) => {
  const words = ["--create", "--gzip", `--file=${archive}`, "--exclude=./scm", `--directory=${data}`, "."]
  const { status, stderr } = spawnSync("tar", words, { encoding: "utf8" })
  assert.include([0, 1], status, stderr)
}

const name = `orch_restore_${randomUUID().replaceAll("-", "")}`

describe("the documented backup", () => {
  if (admin === "" || missing.length > 0) {
    it.skip(`restores (needs ${["ORCH_TEST_DATABASE_URL", ...missing].join(", ")})`, () => {})
    return
  }
  it("restores into another database: what was built is there, what ran goes on, and more is built", async () => {
    const directory = TestRepository.temporary()
    const at = (file: string) => Path.join(directory, file)
    const [data, git] = [at("data"), at("git")]
    sql(`create database ${name}_old`)
    try {
      const before = await start(database(`${name}_old`), data, git)
      const old = OrchPromiseClient.make({ url: before.url })
      const [first] = await old.moduleBuilds.submit(publish(git, "first"))
      assert.strictEqual((await old.moduleBuilds.finished(first!.id)).state, "ready")
      const [running] = await old.moduleBuilds.submit(publish(git, "running", "sleep 20"))
      for await (const { components } of old.moduleBuilds.watch(running!.id)) {
        if (components.some(({ state }) => state === "building")) break
      }
      execFileSync("pg_dump", ["--format=custom", `--file=${at("dump")}`, database(`${name}_old`)])
      backUpFiles(data, at("files.tar.gz"))
      await old.moduleBuilds.cancel(running!.id)
      await old.close()
      await before.stop()

      Fs.rmSync(data, { recursive: true })
      sql(`drop database ${name}_old`)
      sql(`create database ${name}_new`)
      execFileSync("pg_restore", ["--no-owner", `--dbname=${database(`${name}_new`)}`, at("dump")])
      Fs.mkdirSync(data)
      execFileSync("tar", ["--extract", "--gzip", `--file=${at("files.tar.gz")}`, `--directory=${data}`])

      const after = await start(database(`${name}_new`), data, git)
      const orch = OrchPromiseClient.make({ url: after.url })
      const ended = await orch.moduleBuilds.finished(running!.id)
      assert.strictEqual(ended.state, "ready", JSON.stringify(ended.components))
      const kept = await orch.moduleBuilds.get(first!.id)
      assert.strictEqual(kept.state, "ready")
      const [next] = await orch.moduleBuilds.submit(publish(git, "next"))
      assert.isAbove(next!.id, running!.id)
      assert.strictEqual((await orch.moduleBuilds.finished(next!.id)).state, "ready")
      for (const { repository } of [kept, ended]) {
        const listed = await fetch(`${after.url}${repository!.url}repodata/repomd.xml`)
        assert.strictEqual(listed.status, 200, repository!.url)
      }
      await orch.close()
      await after.stop()
    } finally {
      for (const one of ["old", "new"]) sql(`drop database if exists ${name}_${one} with (force)`)
      Fs.rmSync(directory, { recursive: true, force: true })
    }
  }, 180_000)
})
