/** The source control contract on real git. */
import { afterAll } from "@effect/vitest"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import { history, sourceControlContract } from "@orch/core/testing/SourceControlContract"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "./TestRepository.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const project = TestRepository.make(Path.join(root, "allowed", "project"))
const first = project.commit(history.first.files, history.first.time)
project.git("tag", "--annotate", "--message", "v1", "v1")
project.git("branch", "stable")
const second = project.commit(history.second.files, history.second.time)

const filesBelow = (directory: string): Record<string, string> =>
  Object.fromEntries(
    Fs.readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => {
      const path = Path.join(one.parentPath, one.name)
      return [Path.relative(directory, path), Fs.readFileSync(path, "utf8")]
    })
  )

sourceControlContract("GitSourceControl", {
  layer: GitSourceControl.layer({
    dataDir: Path.join(root, "data"),
    allow: ScmAllowList.parseUnsafe(`file://${root}/allowed`)
  }),
  fixture: {
    repository: project.url,
    first,
    second,
    missing: `file://${root}/allowed/missing`,
    forbidden: `file://${root}/secret`
  },
  fill: (checkout) => {
    const directory = Path.join(root, "tree")
    return Effect.map(checkout(directory), () => filesBelow(directory))
  }
})
