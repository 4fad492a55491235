/**
 * What Debian builds from what, read from the package lists that apt fetches from wherever this machine's apt is set up to.
 *
 * apt works in a directory of its own, with the machine's sources and `deb-src` added; nothing of the machine's is changed.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as BuildGraph from "./BuildGraph.ts"

const cache = resolve(import.meta.dirname, "../../node_modules/.cache/sim-debian")
const listBytes = 600_000_000

type Stanza = ReadonlyMap<string, string>

/** The stanzas of one of Debian's control files; lines that go on are joined by newlines. */
const stanzas = (text: string): ReadonlyArray<Stanza> =>
  text.split("\n\n").filter((part) => part.trim() !== "").map((part) => {
    const fields = new Map<string, string>()
    let last = ""
    for (const line of part.split("\n")) {
      if (line.startsWith(" ")) fields.set(last, `${fields.get(last) ?? ""}\n${line.trim()}`)
      else {
        const colon = line.indexOf(":")
        last = line.slice(0, colon)
        fields.set(last, line.slice(colon + 1).trim())
      }
    }
    return fields
  })

const counts = (list: string): boolean => {
  const words = list.split(/\s+/)
  const ours = (word: string) => ["amd64", "any", "linux-any", "any-amd64"].includes(word)
  return words.some((word) => word.startsWith("!"))
    ? !words.some((word) => ours(word.slice(1)))
    : words.some(ours)
}

/** The packages that a field names for amd64 and the usual build profile: of alternatives the first one. */
export const namesIn = (field = ""): ReadonlyArray<string> =>
  field.split(",").flatMap((item) => {
    const first = item.split("|")[0]?.trim() ?? ""
    const arches = /\[([^\]]*)\]/.exec(first)?.[1]
    if (arches !== undefined && !counts(arches)) return []
    // A profile without "!" asks for a special build, such as <cross>.
    const profiles = [...first.matchAll(/<([^>]*)>/g)].map(([, profile = ""]) => profile)
    if (
      profiles.length > 0 && !profiles.some((profile) => profile.split(/\s+/).every((word) => word.startsWith("!")))
    ) {
      return []
    }
    const name = /^[a-z0-9][a-z0-9+.-]*/.exec(first)?.[0]
    return name === undefined ? [] : [name]
  })

const run = (command: string, args: ReadonlyArray<string>): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: listBytes,
    timeout: 300_000
  })
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`)
  return stdout
}

/** Debian's lists of sources and packages, one text each. Fails where apt has no Debian sources or no network. */
const fetch = (): { readonly sources: string; readonly packages: string } => {
  const files = { sources: join(cache, "Sources"), packages: join(cache, "Packages") }
  if (!existsSync(files.packages)) {
    rmSync(cache, { recursive: true, force: true })
    for (const folder of ["lists/partial", "sources", "archives/partial"]) {
      mkdirSync(join(cache, folder), { recursive: true })
    }
    const parts = run("apt-config", ["shell", "parts", "Dir::Etc::sourceparts/d"]).split("'")[1] ?? ""
    for (const file of readdirSync(parts).filter((name) => name.endsWith(".sources"))) {
      // Only whole releases: what comes after them would name every package twice.
      const whole = readFileSync(join(parts, file), "utf8").split(/\n\s*\n/)
        .map((part) => part.replace(/^Types:.*$/m, "Types: deb deb-src"))
        .map((part) =>
          part.replace(/^Suites:.*$/m, (line) => line.split(/\s+/).filter((word) => !word.includes("-")).join(" "))
        )
        .filter((part) => /^Suites: \S/m.test(part) && /debian/.test(part))
      if (whole.length > 0) writeFileSync(join(cache, "sources", file), `${whole.join("\n\n")}\n`)
    }
    const options = Object.entries({
      "Dir::Etc::sourcelist": "/dev/null",
      "Dir::Etc::sourceparts": join(cache, "sources"),
      "Dir::State::lists": join(cache, "lists"),
      "Dir::Cache::archives": join(cache, "archives"),
      "Acquire::Languages": "none"
    }).flatMap(([name, value]) => ["-o", `${name}=${value}`])
    run("apt-get", [...options, "update"])
    const read = (target: string) =>
      run("apt-get", [...options, "indextargets", "--format", "$(FILENAME)", `Created-By: ${target}`])
        .split("\n").filter((path) => path !== "").map((path) => run("/usr/lib/apt/apt-helper", ["cat-file", path]))
        .join("\n\n")
    writeFileSync(files.sources, read("Sources"))
    writeFileSync(files.packages, read("Packages"))
  }
  return { sources: readFileSync(files.sources, "utf8"), packages: readFileSync(files.packages, "utf8") }
}

const buildFields = ["Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep"]
const runtimeFields = ["Pre-Depends", "Depends"]

/**
 * Sources are built with packages, packages need packages where they are installed and come out of their source. Of several
 * versions of a source the last one counts. What every buildroot has anyway (build-essential) is not an edge.
 */
export const graph = (texts = fetch()): BuildGraph.BuildGraph => {
  const sources = new Map(stanzas(texts.sources).map((stanza) => [stanza.get("Package") ?? "", stanza]))
  const packages = new Map(stanzas(texts.packages).map((stanza) => [stanza.get("Package") ?? "", stanza]))
  const names = [...[...sources.keys()].map((name) => `src:${name}`), ...packages.keys()]
  const numbers = new Map(names.map((name, node) => [name, node]))
  const providers = new Map<string, string>()
  for (const [name, stanza] of packages) {
    for (const provided of namesIn(stanza.get("Provides"))) if (!providers.has(provided)) providers.set(provided, name)
  }
  const nodeOf = (name: string) => numbers.get(name) ?? numbers.get(providers.get(name) ?? "")
  const edges = new Set<number>()
  const relate = (dependent: number, dependency: number | undefined) => {
    if (dependency !== undefined && dependency !== dependent) edges.add(dependent * names.length + dependency)
  }
  for (const [name, stanza] of sources) {
    const node = numbers.get(`src:${name}`)!
    for (const field of buildFields) for (const needed of namesIn(stanza.get(field))) relate(node, nodeOf(needed))
  }
  for (const [name, stanza] of packages) {
    const node = numbers.get(name)!
    relate(node, numbers.get(`src:${(stanza.get("Source") ?? name).split(" ")[0]}`))
    for (const field of runtimeFields) for (const needed of namesIn(stanza.get(field))) relate(node, nodeOf(needed))
  }
  const bytes = new Float64Array(names.length)
  for (const [name, stanza] of sources) {
    for (const [, size] of (stanza.get("Files") ?? "").matchAll(/^\w{32} (\d+) /gm)) {
      bytes[numbers.get(`src:${name}`)!]! += Number(size)
    }
  }
  return BuildGraph.make({ name: "Debian", names, builds: sources.size, bytes, edges })
}
