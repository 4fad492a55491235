/** Puts the licences of bundled packages beside each bundle, as most of them ask for, in `THIRD-PARTY-LICENCES.txt`. */
import { globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The folder of the package that a bundled file belongs to; `undefined` for our own files. */
const packageOf = (input: string): string | undefined => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]

const licenceOf = (folder: string): string => {
  const { license, name, version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined
    ? `Licence: ${license ?? "not stated"}`
    : readFileSync(join(root, folder, file), "utf8")
  return `${name} ${version}\n\n${text.trim()}\n`
}

for (const metafile of globSync("packages/*/dist/*/metafile-esm.json", { cwd: root })) {
  const { inputs } = JSON.parse(readFileSync(join(root, metafile), "utf8")) as { readonly inputs: object }
  const folders = new Set(Object.keys(inputs).flatMap((input) => packageOf(input) ?? []))
  const target = join(root, dirname(metafile), "THIRD-PARTY-LICENCES.txt")
  writeFileSync(target, [...folders].sort().map(licenceOf).join(`\n${"-".repeat(80)}\n\n`))
  rmSync(join(root, metafile))
  console.log(`${dirname(metafile)}: licences of ${folders.size} bundled packages`)
}
