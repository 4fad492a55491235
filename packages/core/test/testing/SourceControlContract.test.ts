/** The source control contract on repositories in memory. */
import * as MemorySourceControl from "../../src/testing/MemorySourceControl.ts"
import { history, sourceControlContract } from "../../src/testing/SourceControlContract.ts"

const first = "1".repeat(40)
const second = "2".repeat(40)

sourceControlContract("MemorySourceControl", {
  layer: MemorySourceControl.layer({
    "memory:project": {
      head: "main",
      refs: { main: second, stable: first, v1: first },
      commits: { [first]: history.first, [second]: { ...history.second, parent: first } }
    }
  }),
  fixture: { repository: "memory:project", first, second, missing: "memory:missing", forbidden: "elsewhere:project" }
})
