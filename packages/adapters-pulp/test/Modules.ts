/** Documents of modules for tests, each of a version of its own. */
import type { Content } from "@orch/core/ports/RepositoryHost"

export interface Wanted {
  readonly name?: string
  readonly stream?: string
  readonly context?: string
  readonly version?: number
  readonly arch?: string
  readonly artifacts?: ReadonlyArray<string>
  /** Names of the packages of the profile `default`. */
  readonly profile?: ReadonlyArray<string>
}

let last = Date.now() * 1000

export const make = (
  {
    arch = "x86_64",
    artifacts = [],
    context = "c0ffee42",
    name = "traps",
    profile = [],
    stream = "1",
    version: own = ++last
  }: Wanted
): Content & { readonly _tag: "Modulemd" } => {
  const list = (key: string, entries: ReadonlyArray<string>, indent: string) =>
    entries.length === 0 ? "" : `${indent}${key}:\n${entries.map((entry) => `${indent}- ${entry}\n`).join("")}`
  const artifactsText = artifacts.length === 0 ? "" : `  artifacts:\n${list("rpms", artifacts, "    ")}`
  const profiles = profile.length === 0 ? "" : `  profiles:\n    default:\n${list("rpms", profile, "      ")}`
  return {
    _tag: "Modulemd",
    id: `${name}:${stream}:${own}:${context}:${arch}`,
    text: `---
document: modulemd
version: 2
data:
  name: ${name}
  stream: "${stream}"
  version: ${own}
  context: ${context}
  arch: ${arch}
  summary: A module of tests
  description: A module of tests
  license:
    module: [MIT]
${profiles}${artifactsText}...
`
  }
}
