/**
 * Modules whose components tell on disk when each of their builds began and ended, so that a build that ran twice, or
 * before what it needs, is found out.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"

export interface FaultDistGit {
  readonly root: string
  readonly modules: ReadonlyArray<FaultModule>
  readonly components: string
  /** Lines `begin NAME` and `end NAME`, in the order in which they happened. */
  readonly ledger: () => ReadonlyArray<string>
}

export interface FaultModule {
  readonly name: string
  readonly url: string
  /** Names of components, and of those that each needs. */
  readonly needs: ReadonlyMap<string, ReadonlyArray<string>>
}

/** A diamond and a tail: one, then two beside each other, then one that needs both. */
const shape: ReadonlyArray<readonly [part: string, ...needs: ReadonlyArray<string>]> = [
  ["base"],
  ["left", "base"],
  ["right", "base"],
  ["top", "left", "right"]
]

/** Half of the modules are ordered by `buildorder`, half by `buildafter`. */
const modulemd = (name: string, needs: ReadonlyMap<string, ReadonlyArray<string>>, byOrder: boolean): string => {
  const components = [...needs].flatMap(([component, after]) => {
    const order = after.length === 0 ? 0 : after.length === 1 ? 10 : 20
    const place = byOrder ? [`        buildorder: ${order}`] : [`        buildafter: [${after.join(", ")}]`]
    return [
      `      ${component}:`,
      "        rationale: Test.",
      "        ref: main",
      ...(after.length === 0 ? [] : place)
    ]
  })
  return [
    "document: modulemd",
    "version: 2",
    "data:",
    `  name: ${name}`,
    "  stream: \"1\"",
    "  summary: Test",
    "  description: Test.",
    "  license: { module: [MIT] }",
    "  dependencies:",
    "    - buildrequires: { platform: [el9] }",
    "      requires: { platform: [el9] }",
    "  components:",
    "    rpms:",
    ...components,
    ""
  ].join("\n")
}

/** Makes `count` modules of four components each. */
export const make = (root: string, count: number): FaultDistGit => {
  const ledger = Path.join(root, "ledger")
  Fs.writeFileSync(ledger, "")
  const modules = Array.from({ length: count }, (_, index): FaultModule => {
    const name = `fault-${index}`
    const needs = new Map(shape.map(([part, ...after]) => [`${name}-${part}`, after.map((one) => `${name}-${one}`)]))
    for (const [component, after] of needs) {
      TestRepository.make(Path.join(root, "rpms", component)).commit({
        [`${component}.spec`]: SpecFile.make(component, {
          buildRequires: after,
          build: `echo 'begin ${component}' >> ${ledger}`,
          install: `echo 'end ${component}' >> ${ledger}`
        })
      })
    }
    const directory = Path.join(root, "modules", name)
    TestRepository.make(directory).commit({ [`${name}.yaml`]: modulemd(name, needs, index % 2 === 0) })
    return { name, url: `file://${directory}?#main`, needs }
  })
  return {
    root,
    modules,
    components: `file://${root}/rpms/`,
    ledger: () => Fs.readFileSync(ledger, "utf8").split("\n").filter((line) => line !== "")
  }
}

/** What the ledger proves to have gone wrong; nothing when every component was built once, after what it needs. */
export const problems = (self: FaultDistGit): ReadonlyArray<string> => {
  const lines = self.ledger()
  const found: Array<string> = []
  for (const { needs } of self.modules) {
    for (const [component, after] of needs) {
      const begun = lines.filter((line) => line === `begin ${component}`).length
      if (begun !== 1) found.push(`${component} was built ${begun} times`)
      for (const need of after) {
        if (lines.indexOf(`end ${need}`) > lines.indexOf(`begin ${component}`)) {
          found.push(`${component} began before ${need} ended`)
        }
      }
    }
  }
  return found
}
