/**
 * The rules between components of one document. All offenders are reported, in document order; libmodulemd reports one of
 * them, chosen by hash order, and does not look for cycles at all.
 */
import * as Prerequisites from "../../buildorder/Prerequisites.ts"
import { nearestName } from "../../internal/nearestName.ts"
import * as NameList from "../../NameList.ts"
import type * as Component from "../ModulemdComponent.ts"
import type { DocumentReader } from "./documentReader.ts"
import { find, has, quote, valuesOf, within } from "./documentReader.ts"
import type { YamlNode } from "./yamlNode.ts"

/** To be called where the reader is at `data`. `node` is the value of `components`; `arches` those of `buildopts`, empty when there is no restriction. */
export const checkComponents = (
  reader: DocumentReader,
  node: YamlNode,
  components: Component.Components,
  arches: ReadonlyArray<string>
): void => {
  const rpmsNode = find(node, "rpms")
  if (rpmsNode === undefined || components.rpms.size === 0) return
  const nodes = valuesOf(rpmsNode)
  const at = (name: string): YamlNode => nodes.get(name) ?? rpmsNode
  const report = (name: string, body: (component: YamlNode) => void) =>
    within(reader, "components", () => within(reader, "rpms", () => within(reader, name, () => body(at(name)))))
  checkBuildafter(reader, components, report)
  if (arches.length > 0) checkArches(reader, components, arches, report)
  checkNames(reader, components, report)
}

/** Names that are compared with all others to say which was meant: each takes as long as there are components. */
const suggestionLimit = 20

type Report = (name: string, body: (component: YamlNode) => void) => void

const checkBuildafter = (reader: DocumentReader, { modules, rpms }: Component.Components, report: Report): void => {
  const ordered: Array<string> = []
  const after: Array<string> = []
  for (const [name, rpm] of rpms) {
    if (rpm.buildorder !== 0n) ordered.push(name)
    if (rpm.buildafter.length > 0) after.push(name)
  }
  if (after.length === 0) return
  const others = NameList.shorten(after)
  for (const name of ordered) {
    report(name, (node) =>
      reader.error(
        "buildafter-with-buildorder",
        find(node, "buildorder") ?? node,
        rpms.get(name)!.buildafter.length > 0
          ? "a component has either buildorder or buildafter"
          : `buildorder here and buildafter in ${others}: a module uses one of the two`,
        "buildafter alone can say everything buildorder can"
      ))
  }
  const keys = [...rpms.keys()]
  const keysByName = new Map([...rpms].toReversed().map(([key, { name }]) => [name, key]))
  let suggested = 0
  for (const name of after) {
    const rpm = rpms.get(name)!
    report(name, (node) => {
      const value = find(node, "buildafter") ?? node
      if (rpm.buildorder === 0n && has(node, "buildorder")) {
        reader.warn(
          "buildafter-with-buildorder",
          find(node, "buildorder")!,
          "buildorder 0 has no effect beside buildafter"
        )
      }
      for (const other of rpm.buildafter) {
        if (rpms.has(other)) continue
        const key = keysByName.get(other)
        const near = key === undefined && !modules.has(other) && suggested++ < suggestionLimit
          ? nearestName(other, keys)
          : undefined
        reader.error(
          "buildafter-missing",
          value,
          `${quote(other)} is not a key of components.rpms`,
          key !== undefined
            ? `use the key ${key}, not the name ${other}`
            : modules.has(other)
            ? "it is a module component; buildafter orders packages only"
            : near === undefined
            ? undefined
            : `did you mean ${near}?`
        )
      }
    })
  }
  if ([...modules.values()].some((module) => module.buildorder !== 0n)) {
    const [name, module] = [...modules].find(([, candidate]) => candidate.buildorder !== 0n)!
    report(after[0]!, (node) =>
      reader.warn(
        "buildafter-with-buildorder",
        node,
        `the module component ${name} has buildorder ${module.buildorder} while packages use buildafter`
      ))
  }
  const cycle = findCycle(rpms)
  if (cycle !== undefined) {
    report(
      cycle[0]!,
      (node) =>
        reader.strict(
          "buildafter-cycle",
          find(node, "buildafter") ?? node,
          `never builds: ${NameList.shorten(cycle, 50, " -> ")}`
        )
    )
  }
}

/** The first cycle in document order, its first name repeated at the end. */
const findCycle = (rpms: ReadonlyMap<string, Component.RpmComponent>): ReadonlyArray<string> | undefined => {
  const names = [...rpms.keys()]
  const positions = new Map(names.map((name, i) => [name, i]))
  const graph = Prerequisites.make(
    [...rpms.values()].map(({ buildafter }) => buildafter.flatMap((name) => positions.get(name) ?? []))
  )
  return Prerequisites.cycles(graph)[0]?.map((node) => names[node] as string)
}

const checkArches = (
  reader: DocumentReader,
  { rpms }: Component.Components,
  arches: ReadonlyArray<string>,
  report: Report
): void => {
  const allowed = new Set(arches)
  for (const [name, rpm] of rpms) {
    const arch = rpm.arches.filter((candidate) => !allowed.has(candidate))
    const multilib = rpm.multilib.filter((candidate) => !allowed.has(candidate))
    const message = (outside: ReadonlyArray<string>) =>
      `${outside.join(", ")}: not among buildopts.arches (${arches.join(", ")})`
    if (arch.length > 0) {
      report(name, (node) => reader.error("arches-not-subset", find(node, "arches") ?? node, message(arch)))
    }
    if (multilib.length > 0) {
      report(name, (node) => reader.strict("arches-not-subset", find(node, "multilib") ?? node, message(multilib)))
    }
  }
}

const checkNames = (reader: DocumentReader, { rpms }: Component.Components, report: Report): void => {
  // Keys are different, so that it takes a name of its own to be called as another one.
  if (!rpms.values().some(({ name }) => name !== undefined)) return
  const names = new Map<string, string>()
  for (const [key, rpm] of rpms) {
    const name = rpm.name ?? key
    const other = names.get(name)
    if (other === undefined) names.set(name, key)
    else {
      report(
        key,
        (node) =>
          reader.warn(
            "component-same-name",
            find(node, "name") ?? node,
            `${other} has the name ${quote(name)}, too`
          )
      )
    }
  }
}
