/** A farm on a new directory, fed from the demo's dist-git, for tests with the real RPM tools. */
import type * as Port from "@orch/core/ports/BuildSystem"
import type { BuildSystem } from "@orch/core/ports/BuildSystem"
import type { SourceControl } from "@orch/core/ports/SourceControl"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestRepository from "../scm/TestRepository.ts"

/** The RPM tools that this machine lacks; tests that need them are skipped with this list as the reason. */
export const missing = ["rpmbuild", "createrepo_c", "rpm2cpio", "cpio", "gcc"].filter((command) =>
  command === "rpm2cpio" ? !Fs.existsSync("/usr/bin/rpm2cpio") : !SmallProcess.isInstalled(command)
)

const demo = Path.join(import.meta.dirname, "../../../../examples/demo-distgit/rpms")

export interface Fixture {
  readonly root: string
  readonly url: (component: string) => string
  readonly commit: (component: string) => string
  /** Makes one more component, of these files. */
  readonly add: (component: string, files: Readonly<Record<string, string>>) => void
}

export const fixture = (root: string): Fixture => {
  const commits = new Map<string, string>()
  const at = (component: string) => Path.join(root, "rpms", component)
  const add = (component: string, files: Readonly<Record<string, string>>) => {
    commits.set(component, TestRepository.make(at(component)).commit(files))
  }
  for (const component of Fs.readdirSync(demo)) {
    const directory = Path.join(demo, component)
    const names = Fs.readdirSync(directory)
    add(component, Object.fromEntries(names.map((name) => [name, Fs.readFileSync(Path.join(directory, name), "utf8")])))
  }
  return { root, url: (component) => `file://${at(component)}`, commit: (component) => commits.get(component)!, add }
}

export const layer = (
  { root }: Fixture,
  options: Partial<LocalBuildSystem.Options> = {}
): Layer.Layer<BuildSystem | SourceControl> =>
  LocalBuildSystem.layer({ dataDir: Path.join(root, "data"), ...options }).pipe(
    Layer.provideMerge(
      GitSourceControl.layer({
        dataDir: Path.join(root, "data"),
        allow: ScmAllowList.parseUnsafe(`file://${root}/rpms`)
      })
    )
  )

export const plan = (key: string, changes: Partial<Port.BuildrootPlan> = {}): Port.BuildrootPlan => ({
  key,
  name: "demo",
  stream: "1",
  version: 920260101000000n,
  context: "1a2b3c4d",
  platform: "el9",
  arches: [LocalBuildSystem.hostArch],
  distTag: "module_el9+1+1a2b3c4d",
  macros: "%demo_greeting Hello\n%_module_name demo\n",
  packages: [],
  modules: [{ name: "platform", stream: "el9", version: 1n, context: "00000000" }],
  groups: {},
  blocked: [],
  scratch: false,
  ...changes
})

export const request = (
  fixture: Fixture,
  key: string,
  component: string,
  priority = 0
): Port.ComponentRequest => ({
  key: `${key}/${component}/1`,
  component,
  source: { _tag: "Git", repository: fixture.url(component), commit: fixture.commit(component) },
  arches: [LocalBuildSystem.hostArch],
  priority,
  buildOnly: false
})

const ended: ReadonlySet<Port.TaskState> = new Set(["closed", "failed", "canceled", "gone"])

/** Asks until all tasks have ended. */
export const wait = (farm: Port.Interface, tasks: ReadonlyArray<Port.TaskId>) =>
  Effect.gen(function*() {
    for (;;) {
      const observations = yield* farm.observe(tasks)
      if (observations.every(({ state }) => ended.has(state))) return observations
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
    }
  })
