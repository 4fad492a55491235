/** What repositories of several architectures have in common, told from their names, and how a repository host calls one. */

const arches = "x86_64(?:_v2)?|i[3-6]86|aarch64|ppc64le|s390x|riscv64|noarch|src"
const kinds = "debuginfo|debugsource|debug|sources?|src|os"
const ending = new RegExp(`[-_/](?:${kinds}|${arches})$`)
/** `almalinux-8-`, `almalinux-kitten-10-`, `centos-8.5-beta-`. */
const distribution = /^[a-z][a-z_]*(?:-[a-z][a-z_]*)?-?\d+(?:\.\d+)*(?:-beta)?-(?=.)/

/**
 * The family of a repository by its name, in lower case: `baseos` for `almalinux-8-baseos-debuginfo` as for `BaseOS-x86_64`; the whole
 * name where it says nothing of a distribution, an architecture or a kind.
 *
 * ```ts run
 * import * as RepositoryFamily from "@orch/core/release/RepositoryFamily"
 *
 * RepositoryFamily.of("almalinux-8-baseos-debuginfo") // => "baseos"
 * RepositoryFamily.of("packager-testproduct-almalinux-8") // => "packager-testproduct-almalinux-8"
 * ```
 */
export const of = (name: string): string => {
  let family = name.toLowerCase().replace(distribution, "")
  while (ending.test(family)) family = family.replace(ending, "")
  return family
}

const hex = (code: number): string => `+${code.toString(16).padStart(2, "0")}`

/** Half of a character of two UTF-16 units has no bytes of its own: all halves would have those of one replacement character. */
const isHalf = (text: string): boolean => /^[\uD800-\uDFFF]$/.test(text)

/** Every character that names at hosts may not have, and the one that marks such a character. */
const escaped = (text: string): string =>
  text.replace(
    /[^A-Za-z0-9._-]/gu,
    (found) => isHalf(found) ? hex(found.charCodeAt(0)) : Array.from(new TextEncoder().encode(found), hex).join("")
  )

/**
 * What a production repository is called at its host: `production/almalinux-8-baseos/x86_64/os`, with `debug` in place of `os` for
 * debugging information. Different repositories have different names.
 */
export const hostName = (
  { arch, debug, name }: { readonly name: string; readonly arch: string; readonly debug: boolean }
): string => `production/${safe(escaped(name))}/${safe(escaped(arch))}/${debug ? "debug" : "os"}`

/** A part of a name begins with a letter or digit: one that does not is led by what no other part is led by. */
const safe = (part: string): string => /^[A-Za-z0-9]/.test(part) && !part.startsWith("0.") ? part : `0.${part}`
