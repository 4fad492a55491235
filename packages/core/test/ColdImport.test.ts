/** What is loaded with the modules that commands and scripts import first (decision 0103). */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"

const source = fileURLToPath(new URL("../src/", import.meta.url))
const modules = globSync("{[A-Z]*.ts,{buildorder,modulemd,repository,resolution}/*.ts}", { cwd: source })

it("identity, modulemd, build order, search and resolution load neither schemas nor a runtime", () => {
  const program = `
    import { registerHooks } from "node:module"
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    for (const module of ${JSON.stringify(modules)}) await import(${JSON.stringify(source)} + module)
    console.log(loaded.filter((url) => /effect[/]dist[/](?:Schema|Effect|Layer)[.]js$/.test(url)).join())`
  const { stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })
  assert.isAtLeast(modules.length, 80)
  assert.deepStrictEqual([stdout, stderr], ["\n", ""])
})
