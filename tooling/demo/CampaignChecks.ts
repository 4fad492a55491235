/**
 * The demo's continuous integration: takes each module that waits for its gate, unpacks its package, runs the program in it and reports
 * the result as a ResultsDB takes it. The policy asks for that result, so nothing goes on before it.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The name of the test. */
const testcase = "demo.says"

/** Writes the policy that module builds need this test, and answers the settings that have a server go by it. */
export const settings = (directory: string): Readonly<Record<string, string>> => {
  mkdirSync(join(directory, "policies"), { recursive: true })
  mkdirSync(join(directory, "subject_types"), { recursive: true })
  writeFileSync(
    join(directory, "policies", "modules.yaml"),
    [
      "--- !Policy",
      "id: modules",
      "product_versions: [demo]",
      "decision_context: stable",
      "subject_type: redhat-module",
      "rules:",
      `  - !PassingTestCaseRule {test_case_name: ${testcase}}`,
      ""
    ].join("\n")
  )
  writeFileSync(join(directory, "subject_types", "module.yaml"), "--- !SubjectType\nid: redhat-module\n")
  return {
    ORCH_GATING_DIRECTORY: directory,
    ORCH_GREENWAVE_DECISION_CONTEXT: "stable",
    ORCH_GREENWAVE_PRODUCT_VERSIONS: "el8=demo",
    ORCH_GREENWAVE_INTERVAL: "1"
  }
}

interface Build {
  readonly id: number
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly repository: { readonly path: string | null } | null
}

const rpmOf = (directory: string): string | undefined => {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.name.endsWith(".rpm") && !entry.name.endsWith(".src.rpm")) return join(entry.parentPath, entry.name)
  }
  return undefined
}

/** What the program of the build's package says. */
const says = ({ name, repository }: Build): string => {
  const rpm = rpmOf(repository?.path ?? "")
  if (rpm === undefined) throw new Error(`${name} has no package`)
  const root = mkdtempSync(join(tmpdir(), "orch-demo-check-"))
  try {
    const archive = execFileSync("rpm2cpio", [rpm], { maxBuffer: 64 * 1024 * 1024 })
    execFileSync("cpio", ["-idm", "--quiet", "--no-absolute-filenames"], { cwd: root, input: archive })
    return execFileSync(join(root, "usr/bin", name), { encoding: "utf8" }).trim()
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Whether what a module says is in order; `demo-web` wants to be greeted with a capital letter. */
const isRight = (name: string, said: string): boolean => name !== "demo-web" || /^web, [A-Z]/.test(said)

/** Checks what waits for its gate until it is stopped; `say` is told of each check. */
export const start = (url: string, say: (line: string) => void): { readonly stop: () => void } => {
  const checked = new Set<number>()
  const look = async () => {
    const list = await (await fetch(`${url}/orch/v1/module-builds?state=done&limit=100`)).json() as {
      readonly items: ReadonlyArray<{ readonly id: number; readonly scratch: boolean }>
    }
    for (const { id, scratch } of list.items) {
      // What is built in scratch passes no gate.
      if (scratch || checked.has(id)) continue
      checked.add(id)
      const build = await (await fetch(`${url}/orch/v1/module-builds/${id}`)).json() as Build
      const said = says(build)
      const passed = isRight(build.name, said)
      say(`  check of build ${id} (${build.name}): says "${said}": ${passed ? "passed" : "failed"}`)
      const item = `${build.name}-${build.stream}-${build.version}.${build.context}`
      const reply = await fetch(`${url}/resultsdb/api/v2.0/results`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          testcase,
          outcome: passed ? "PASSED" : "FAILED",
          note: said,
          data: { item, type: "redhat-module" }
        })
      })
      if (!reply.ok) throw new Error(`the result was not taken: ${reply.status} ${await reply.text()}`)
    }
  }
  let stopped = false
  const run = async () => {
    while (!stopped) {
      await look().catch((error: unknown) => {
        if (!stopped) say(`  a check could not be made: ${error instanceof Error ? error.message : String(error)}`)
      })
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
  void run()
  return { stop: () => void (stopped = true) }
}
