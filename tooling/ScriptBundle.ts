/**
 * Makes a script of a bundle of modules, in one file, for `bin/CodeCache.js` to run. V8 keeps of a module what was compiled when it was
 * loaded only; of a script it can keep each function that was compiled since, which are most of what a start compiles.
 *
 * A script is also spared what the namespaces of Node's modules cost: each of them reads everything that its module exports, and by
 * that loads what hardly any program needs, such as `fetch`.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { Options } from "tsup"

/** The parts of what esbuild says of a file that it wrote. */
interface Output {
  readonly imports: ReadonlyArray<{ readonly path: string; readonly kind: string }>
  readonly inputs: Readonly<Record<string, unknown>>
  readonly entryPoint?: string
}

type Outputs = ReadonlyMap<string, Output>
type Plugin = NonNullable<Options["esbuildPlugins"]>[number]

/** Its values are told apart by what made them, so that no module of it may be there twice. */
const isOnce = (input: string): boolean =>
  /(?:^|\/)packages\//.test(input) || /\/node_modules\/(?:effect|@effect\/[^/]+)\//.test(input)

/** All files that one of these cannot do without; with `late`, also those that they import while they run. */
const reached = (outputs: Outputs, names: Iterable<string>, late: boolean): Set<string> => {
  const found = new Set(names)
  for (const name of found) {
    for (const { kind, path } of outputs.get(name)?.imports ?? []) {
      if (late || kind !== "dynamic-import") found.add(basename(path))
    }
  }
  return found
}

/** What these files are made of. */
const inputs = (outputs: Outputs, names: Iterable<string>): ReadonlyArray<string> =>
  [...names].flatMap((name) => Object.keys(outputs.get(name)?.inputs ?? {}))

/**
 * What is imported while the script runs stays a file of its own, but for what shares modules with the script: that is there from the
 * beginning. A script has no `import()` but an experimental one, so it is handed a function for it.
 */
const lateImports = (outputs: Outputs, entry: string): Plugin => ({
  name: "late-imports",
  setup: (build) => {
    build.onResolve(
      { filter: /^\.\// },
      ({ kind, path }) => kind === "dynamic-import" ? { path, external: true } : undefined
    )
    build.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (path !== entry) return undefined
      const here = new Set(inputs(outputs, reached(outputs, [basename(entry)], false)).filter(isOnce))
      const shared: Array<string> = []
      const text = readFileSync(path, "utf8").replace(/\bimport\("\.\/([\w.-]+\.js)"\)/g, (whole, file: string) => {
        if (!inputs(outputs, reached(outputs, [file], false)).some((input) => here.has(input))) return whole
        shared.push(`import * as __shared${shared.length} from "./${file}";`)
        return `Promise.resolve(__shared${shared.length - 1})`
      })
      return { contents: `${shared.join("")}${text.replace(/\bimport\(/g, "__import(")}`, loader: "js" }
    })
  }
})

/** esbuild's own way copies each name of a module, wherever that is imported: a tenth of the start. */
const namespaces = `var __namespaces = new Map();
var __toESM = (mod) => {
  let made = __namespaces.get(mod);
  if (made === undefined) {
    made = Object.create(null, { ...Object.getOwnPropertyDescriptors(mod), default: { value: mod } });
    __namespaces.set(mod, made);
  }
  return made;
};`

/** How esbuild defines it, the first time: for what the script requires. */
const ownNamespaces = /^var __toESM = [^]*?^\)\);$/m

/** In ASCII, which is read at once and kept in half the memory: esbuild leaves others in comments and regular expressions only. */
const ascii = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** Makes the script `NAME.cjs` of the bundle `NAME.js`, and removes what nothing needs any more. */
export const make = async (outDir: string, name: string): Promise<void> => {
  const { outputs: listed } = JSON.parse(readFileSync(join(outDir, "metafile-esm.json"), "utf8")) as {
    readonly outputs: Readonly<Record<string, Output>>
  }
  const outputs: Outputs = new Map(Object.entries(listed).map(([path, output]) => [basename(path), output]))
  const entry = join(outDir, `${name}.js`)
  const { build } = await import("tsup")
  await build({
    config: false,
    entry: { [name]: entry },
    outDir,
    format: "cjs",
    target: "node22",
    platform: "node",
    splitting: false,
    clean: false,
    dts: false,
    silent: true,
    removeNodeProtocol: false,
    external: [/^@electric-sql\//],
    define: { "import.meta.url": "__fileUrl", "import.meta.dirname": "__directory" },
    esbuildPlugins: [lateImports(outputs, entry)]
  })
  const file = join(outDir, `${name}.cjs`)
  const text = readFileSync(file, "utf8")
  if (!ownNamespaces.test(text)) throw new Error(`${file}: esbuild defines __toESM in another way now`)
  const body = ascii(text.replace(ownNamespaces, () => namespaces))
  writeFileSync(file, `(function (require, module, __import, __fileUrl, __directory) {${body}\n})\n`)
  const entries = [...outputs].flatMap(([output, { entryPoint }]) =>
    entryPoint === undefined || output === basename(entry) ? [] : [output]
  )
  const kept = reached(outputs, entries, true)
  for (const output of readdirSync(outDir)) {
    if (outputs.has(output) && !kept.has(output)) rmSync(join(outDir, output))
  }
}
