/** Type-checks the TypeScript in README.md, docs/, the packages' READMEs and docstrings, and runs the blocks marked `run`. */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type CodeBlock, extract, extractFromSource, toModule } from "./docs/codeBlocks.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
// Inside of the repository, so that packages resolve; not inside node_modules, where Node.js strips no types.
const folder = join(root, ".docs-check")

const list = (pattern: string) =>
  execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", pattern], { cwd: root, encoding: "utf8" })
    .split("\n").filter((path) => path !== "" && existsSync(join(root, path)))
const documents = list("*.md").filter((path) => !path.startsWith(".changeset/"))
const sources = list("packages/*/src/*.ts")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const blocks = [
  ...documents.flatMap((path) => extract(path, read(path))),
  ...sources.flatMap((path) => extractFromSource(path, read(path)))
]
const nameOf = (block: CodeBlock) => `${block.path.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${block.line}.ts`
const byName = new Map(blocks.map((block) => [nameOf(block), block]))

/** Points messages about the extracted file at the line of the document it came from. */
const relocate = (message: string): string =>
  message.replaceAll(/(?:\S*\/)?([\w-]+\.ts)(?:\((\d+),|:(\d+))/g, (whole, name: string, a?: string, b?: string) => {
    const block = byName.get(name)
    return block === undefined ? whole : `${block.path}:${block.line + Number(a ?? b) - 1}(`
  })

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
let failures = 0
try {
  for (const [name, block] of byName) writeFileSync(join(folder, name), toModule(block))
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../tsconfig.base.json",
      compilerOptions: {
        composite: false,
        incremental: false,
        noEmit: true,
        allowImportingTsExtensions: true,
        noUnusedLocals: false
      },
      include: ["*.ts"]
    })
  )
  if (byName.size > 0) {
    const types = spawnSync("tsc", ["-p", folder, "--pretty", "false"], { cwd: root, encoding: "utf8" })
    if (types.status !== 0) {
      failures++
      console.error(relocate(types.stdout || types.stderr || String(types.error)))
    }
  }
  for (const [name, block] of byName) {
    if (!block.runs) continue
    const { error, status, stderr } = spawnSync("node", [join(folder, name)], {
      cwd: root,
      encoding: "utf8",
      timeout: 60_000
    })
    if (status === 0) continue
    failures++
    console.error(`${block.path}:${block.line}: does not run\n${relocate(stderr || String(error))}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const running = blocks.filter(({ runs }) => runs).length
console.log(
  `docs: ${documents.length} documents and docstrings, ${blocks.length} blocks type-checked, ${running} run, ${failures} failures`
)
process.exitCode = failures === 0 ? 0 : 1
