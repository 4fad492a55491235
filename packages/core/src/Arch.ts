/**
 * Architectures as RPM names them, and which packages belong on which machine.
 *
 * RPM tells apart the architecture of a package (`i686`, `noarch`) from the base architecture of a repository (`i386`,
 * `x86_64`). The table follows the `arch_compat` entries of RPM's `rpmrc` for the architectures that distributions build;
 * a name outside of it is still a valid architecture, because ports appear before tables do.
 */

/** Newest first: what a machine of the base architecture runs besides `noarch`. */
const families: ReadonlyArray<readonly [base: string, members: ReadonlyArray<string>]> = [
  ["x86_64", ["x86_64_v4", "x86_64_v3", "x86_64_v2", "x86_64", "amd64", "ia32e"]],
  ["i386", ["athlon", "geode", "i686", "i586", "i486", "i386"]],
  ["aarch64", ["aarch64"]],
  ["armhfp", ["armv8hl", "armv7hnl", "armv7hl", "armv6hl", "armv5tejl", "armv5tel", "armv5tl"]],
  ["ppc64le", ["ppc64le"]],
  ["ppc64", ["ppc64p7", "ppc64"]],
  ["ppc", ["ppc"]],
  ["s390x", ["s390x"]],
  ["s390", ["s390"]],
  ["riscv64", ["riscv64"]],
  ["loongarch64", ["loongarch64"]],
  ["ia64", ["ia64"]],
  ["sparc64", ["sparc64v", "sparc64"]],
  ["mips64el", ["mips64el"]],
  ["mipsel", ["mipsel"]]
]

// A 64-bit repository may also carry packages of its 32-bit companion ("multilib").
const companions: ReadonlyMap<string, string> = new Map([["x86_64", "i386"], ["ppc64", "ppc"], ["s390x", "s390"]])

const bases: ReadonlyMap<string, string> = new Map(families.flatMap(([base, members]) => members.map((m) => [m, base])))

const independent: ReadonlySet<string> = new Set(["noarch", "src", "nosrc"])

/**
 * Every architecture name that RPM packages of today carry, base architectures, `noarch`, `src` and `nosrc` included.
 */
export const known: ReadonlySet<string> = new Set([
  ...families.flatMap(([base, members]) => [base, ...members]),
  ...independent
])

/** Whether the text can stand where RPM expects an architecture: letters, digits and underscores. */
export const isValid = (arch: string): boolean => /^[A-Za-z][A-Za-z0-9_]*$/.test(arch)

/** Whether the table has the name. An unknown name can be valid: see `isValid`. */
export const isKnown = (arch: string): boolean => known.has(arch)

/**
 * Whether packages of this name are source packages (`src`, `nosrc`), which are built anywhere and installed nowhere.
 */
export const isSource = (arch: string): boolean => arch === "src" || arch === "nosrc"

/**
 * The base architecture whose repository a package belongs to: `i686` to `i386`. A name without a family is its own
 * base.
 *
 * ```ts run
 * import * as Arch from "@orch/core/Arch"
 *
 * Arch.base("i686") // => "i386"
 * Arch.base("x86_64_v3") // => "x86_64"
 * Arch.runsOn("noarch", "aarch64") // => true
 * Arch.runsOn("i686", "x86_64") // => false
 * Arch.multilibCompanion("x86_64") // => "i386"
 * ```
 */
export const base = (arch: string): string => bases.get(arch) ?? arch

/** Whether a package of `arch` runs on a machine of base architecture `machine`, multilib packages not counted. */
export const runsOn = (arch: string, machine: string): boolean =>
  !isSource(arch) && (arch === "noarch" || base(arch) === base(machine))

/**
 * The 32-bit base architecture whose packages a repository for `machine` may carry as well; undefined where there is
 * none.
 */
export const multilibCompanion = (machine: string): string | undefined => companions.get(base(machine))
