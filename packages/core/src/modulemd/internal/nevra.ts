/**
 * The form of `artifacts.rpms`: `name-epoch:version-release.arch`, epoch unsigned 32 bit. libmodulemd only looks for the
 * separators, so that `bar--1:1-1.noarch` or an empty name pass there.
 */
import type { DocumentReader } from "./documentReader.ts"
import { quote } from "./documentReader.ts"
import type { YamlNode } from "./yamlNode.ts"

const good = /^[^\s:]*[^\s:-]-(0|[1-9][0-9]{0,8}):[^\s:-]+-[^\s:-]+\.[A-Za-z0-9_]+$/

export const formatNevra = (
  rpm: { name: string; epoch: bigint; version: string; release: string; arch: string }
): string => `${rpm.name}-${rpm.epoch}:${rpm.version}-${rpm.release}.${rpm.arch}`

export const checkNevra = (reader: DocumentReader, node: YamlNode, index?: number): void => {
  const value = node.value
  if (good.test(value) && !value.endsWith(".rpm")) return
  if (index !== undefined) reader.path.push(index)
  report(reader, node, value)
  if (index !== undefined) reader.path.pop()
}

const report = (reader: DocumentReader, node: YamlNode, value: string): void => {
  const form = "name-epoch:version-release.arch"
  // Right to left, as the separators are unambiguous only in that order.
  const dot = value.lastIndexOf(".")
  const dash = dot < 0 ? -1 : value.lastIndexOf("-", dot - 1)
  const colon = dash < 0 ? -1 : value.lastIndexOf(":", dash - 1)
  if (dot < 0 || dash < 0) {
    reader.error("nevra-form", node, `${quote(value)} is not of the form ${form}`)
    return
  }
  if (colon < 0 || value.lastIndexOf("-", dash - 1) > colon) {
    const repaired = /^(.+)-([^-:]+-[^-:]+)$/.exec(value)
    if (repaired === null) reader.error("nevra-form", node, `${quote(value)} is not of the form ${form}`)
    else reader.repair("nevra-epoch-missing", node, `${quote(value)} has no epoch`, `${repaired[1]}-0:${repaired[2]}`)
    return
  }
  const epochDash = value.lastIndexOf("-", colon)
  const name = value.slice(0, Math.max(0, epochDash))
  const epoch = value.slice(epochDash + 1, colon)
  if (epochDash < 0 || !/^\s*[+-]?[0-9]/.test(value.slice(epochDash, colon)) && !/^\s*[+-]?[0-9]/.test(epoch)) {
    reader.error("nevra-form", node, `${quote(value)} is not of the form ${form}`)
  } else if (name.endsWith("-")) reader.strict("nevra-form", node, `the epoch of ${quote(value)} is negative`)
  else if (name === "") reader.strict("nevra-form", node, `${quote(value)} has no name`)
  else if (!/^[0-9]+$/.test(epoch) || BigInt(epoch.slice(0, 20)) > 0xffffffffn) {
    reader.strict("nevra-form", node, `the epoch of ${quote(value)} is not an integer from 0 to 4294967295`)
  } else if (value.endsWith(".rpm")) {
    reader.strict("nevra-form", node, `${quote(value)} is the name of a file`, `leave out .rpm`)
  } else if (/\s/.test(value)) reader.strict("nevra-form", node, `${quote(value)} holds white space`)
  else if (!/^(0|[1-9][0-9]*)$/.test(epoch)) {
    reader.warn("integer-form", node, `the epoch of ${quote(value)} has leading zeroes`)
  } else if (BigInt(epoch) < 1_000_000_000n) {
    reader.strict("nevra-form", node, `${quote(value)} is not of the form ${form}`)
  }
}
