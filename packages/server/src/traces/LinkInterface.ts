/**
 * What of a package those see that merely link against it: everything but the inside of shared libraries that say versions of their symbols,
 * and what debuggers read.
 *
 * Headers, static libraries, macros, generators and programs are in it with their content, so a change of any of them is a change of the
 * interface. A library without versions of symbols counts in content as well: what it offers cannot be seen from outside.
 */
import * as BuildInput from "@orch/core/rebuild/BuildInput"

/** Paths that only debuggers look at; those of build ids name the content of libraries. */
const isForDebuggers = (path: string): boolean => /^\/usr\/(?:lib\/\.build-id|lib\/debug|src\/debug)(?:\/|$)/.test(path)

/** `libz.so.1(ZLIB_1.2)(64bit)`, and not `libz.so.1()(64bit)`. */
const versioned = /(?:^|\s)\S+\.so[^\s(]*\([^\s()]+\)/

/** Paths of shared libraries that say versions of their symbols. */
const librariesOf = (kinds: string): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const line of kinds.split("\n")) {
    const [offers = "", kind = "", ...path] = line.startsWith("K") ? line.slice(1).split("\t") : []
    const name = path.join("\t")
    if (/^ELF .*shared object/.test(kind) && /\.so(?:\.[0-9.]+)?$/.test(name) && versioned.test(offers)) found.add(name)
  }
  return found
}

/** A hash of it. `text` is what the package holds, a line that begins with F and the path for each file; `kinds` says of each what it is. */
export const of = (text: string, kinds: string): string => {
  const libraries = librariesOf(kinds)
  const lines = text.split("\n").flatMap((line) => {
    if (line.startsWith("Pdebuginfo(build-id)")) return []
    const path = /^(?:F(\/\S*) |(\/\/.*)$)/.exec(line)
    const name = path?.[1] ?? path?.[2]?.slice(1)
    if (name === undefined) return [line]
    if (isForDebuggers(name)) return []
    // Its offers stand among those of the package.
    return path?.[1] !== undefined && libraries.has(name) ? [`library ${name}`] : [line]
  })
  return BuildInput.hashOf(lines)
}
