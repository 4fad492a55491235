/**
 * Where the dependencies of a module are written, for messages about what cannot be built: "you ask for perl:5.26 (line 31)".
 *
 * Documents do not remember their places in the text, because hardly anybody asks; this reads the text once more for those
 * who do.
 */
import { decodeText } from "./internal/decodeText.ts"
import { find } from "./internal/documentReader.ts"
import { LineIndex } from "./internal/lineIndex.ts"
import { parseYaml } from "./internal/parseYaml.ts"
import type { YamlNode } from "./internal/yamlNode.ts"

/** Lines, from 1, by element, section and module: `0.buildrequires.perl`. */
export type DependencyLines = Readonly<Record<string, number>>

const sections = ["buildrequires", "requires"] as const

/**
 * Reads the lines for each document of a text, and in it for each stream that it stands for: one, or with a packager v3
 * document one for each configuration.
 *
 * Empty documents are left out; what is no mapping where one is expected has no lines. Any text gives an answer: what
 * `Modulemd.read` would refuse has the lines that can be found.
 */
export const read = (text: string | Uint8Array): ReadonlyArray<ReadonlyArray<DependencyLines>> =>
  readText(typeof text === "string" ? text : decodeText(text).text)

const readText = (text: string): ReadonlyArray<ReadonlyArray<DependencyLines>> => {
  const lines = new LineIndex(text)
  const documents: Array<ReadonlyArray<DependencyLines>> = []
  parseYaml(text, ({ root }) => {
    if (root !== undefined) documents.push(ofDocument(root, lines))
  })
  return documents
}

const ofDocument = (root: YamlNode, lines: LineIndex): ReadonlyArray<DependencyLines> => {
  const data = find(root, "data")
  const configurations = data === undefined ? undefined : find(data, "configurations")
  if (configurations?.kind === "sequence") {
    return configurations.items.map((configuration) => ({
      ...ofPlatform(configuration, lines),
      ...ofElement(configuration, 0, lines)
    }))
  }
  const dependencies = data === undefined ? undefined : find(data, "dependencies")
  const elements = dependencies === undefined
    ? []
    : dependencies.kind === "sequence"
    ? dependencies.items
    : [dependencies]
  return [Object.assign({}, ...elements.map((element, index) => ofElement(element, index, lines)))]
}

const ofElement = (element: YamlNode, index: number, lines: LineIndex): DependencyLines => {
  const found: Record<string, number> = {}
  for (const section of sections) {
    const modules = find(element, section)
    if (modules?.kind !== "mapping") continue
    for (const [position, key] of modules.items.entries()) {
      if (position % 2 === 0) found[`${index}.${section}.${key.value}`] = lines.locate(key.start).line
    }
  }
  return found
}

/** A configuration names its platform apart; it is built with it and requires it. */
const ofPlatform = (configuration: YamlNode, lines: LineIndex): DependencyLines => {
  const platform = find(configuration, "platform")
  if (platform === undefined) return {}
  const { line } = lines.locate(platform.start)
  return { "0.buildrequires.platform": line, "0.requires.platform": line }
}
