/**
 * Which RPMs of a module's tag are part of the module for one architecture, and which go to its `-devel` complement.
 *
 * The rules are those by which the Module Build Service fills `artifacts.rpms`: filter and whitelist, multilib only where
 * the component allows it, Exclude- and ExclusiveArch of noarch packages, debug packages with the package they belong to,
 * source packages with anything built from them.
 */
import * as PythonJson from "./PythonJson.ts"

/** One package in the module's tag, binary or source. */
export interface Rpm {
  /** `name-epoch:version-release.arch`. */
  readonly nevra: string
  readonly name: string
  /** `src` for source packages. */
  readonly arch: string
  /** Name of the source package it was built from. */
  readonly srpmName: string
  /** NEVRA of that source package; empty where it is not there. */
  readonly srpmNevra: string
  /** Architectures of its source package's `ExclusiveArch`; empty or absent for any. */
  readonly exclusiveArch?: ReadonlyArray<string> | undefined
  readonly excludeArch?: ReadonlyArray<string> | undefined
  readonly license?: string | undefined
}

/** What the module says about its packages. */
export interface Rules {
  /** Names of RPMs that are left out. */
  readonly filter: ReadonlyArray<string>
  /** `buildopts.rpms.whitelist`: names of source packages, instead of the components' names. */
  readonly whitelist?: ReadonlyArray<string> | undefined
  /** The components: name, and the arches multilib is enabled for. */
  readonly components: Readonly<Record<string, { readonly multilib?: ReadonlyArray<string> | undefined }>>
}

/** The packages of one architecture, their source packages included. */
export interface Selection {
  /** NEVRAs, sorted. */
  readonly rpms: ReadonlyArray<string>
  /** Distinct licences of these packages, sorted. */
  readonly licenses: ReadonlyArray<string>
}

interface ArchFamily {
  /** Names a package may give for this architecture. */
  readonly own: ReadonlyArray<string>
  /** Architectures whose packages run here, too. */
  readonly multilib: ReadonlyArray<string>
}

const ix86 = ["athlon", "i686", "i586", "i486", "i386"]
const families: Readonly<Record<string, ArchFamily>> = {
  x86_64: { own: ["x86_64"], multilib: ix86 },
  i686: { own: ["i686", "i586", "i486", "i386"], multilib: [] },
  armv7hl: { own: ["armv7hl", "armv6hl"], multilib: [] },
  s390x: { own: ["s390x"], multilib: ["s390"] },
  ppc64: { own: ["ppc64"], multilib: ["ppc"] },
  sparc64: { own: ["sparc64"], multilib: ["sparcv9", "sparcv8", "sparc"] }
}

const familyOf = (arch: string): ArchFamily =>
  Object.hasOwn(families, arch) ? families[arch]! : { own: [arch], multilib: [] }

const debugSuffix = /-(debuginfo|debugsource)$/

/** Whether a package belongs to the module, arches and debug rules aside. */
const isWanted = (rpm: Rpm, rules: Rules, arch: string, multilib: ReadonlyArray<string>): boolean => {
  const whitelist = rules.whitelist ?? []
  const isComponent = Object.hasOwn(rules.components, rpm.srpmName)
  if (whitelist.length > 0 ? !whitelist.includes(rpm.srpmName) : !isComponent) return false
  if (rules.filter.includes(rpm.name)) return false
  if (!isComponent) return rpm.arch === "noarch" || rpm.arch === arch
  const enabled = rules.components[rpm.srpmName]!.multilib ?? []
  return enabled.includes(arch) || !multilib.includes(rpm.arch)
}

/** Whether a package can be installed on this architecture at all. */
const fits = (rpm: Rpm, arch: string, { multilib, own }: ArchFamily): boolean => {
  if (rpm.arch !== arch && rpm.arch !== "noarch" && !multilib.includes(rpm.arch)) return false
  if (rpm.excludeArch?.some((excluded) => own.includes(excluded)) === true) return false
  return (rpm.exclusiveArch ?? []).length === 0 || rpm.exclusiveArch!.some((exclusive) => own.includes(exclusive))
}

/**
 * Selects the packages of one architecture. The order in which packages are given makes no difference.
 *
 * @param devel select the complement instead: what fits the architecture and is not part of the module.
 */
export const select = (
  rpms: ReadonlyArray<Rpm>,
  rules: Rules,
  arch: string,
  devel: boolean = false
): Selection => {
  const family = familyOf(arch)
  const binaries = rpms.filter((rpm) => rpm.arch !== "src")
  const names = new Set(binaries.map(({ name }) => name))
  const included = new Set<string>()
  const includedSources = new Set<string>()
  const moduleSources = new Set<string>()
  const chosen: Array<Rpm> = []
  // Debug packages come last: whether they belong depends on what was included.
  const isDebug = ({ name }: Rpm) => debugSuffix.test(name)
  for (const rpm of [...binaries.filter((rpm) => !isDebug(rpm)), ...binaries.filter(isDebug)]) {
    if (!fits(rpm, arch, family)) continue
    const main = rpm.name.replace(debugSuffix, "")
    const follows = included.has(main) || (!names.has(main) && includedSources.has(rpm.srpmName))
    const wanted = (!isDebug(rpm) || follows) && isWanted(rpm, rules, arch, family.multilib)
    if (wanted) {
      included.add(rpm.name)
      includedSources.add(rpm.srpmName)
      if (rpm.srpmNevra !== "") moduleSources.add(rpm.srpmNevra)
    }
    if (wanted !== devel) chosen.push(rpm)
  }
  const sources = rpms.filter((rpm) => rpm.arch === "src").map(({ nevra }) => nevra)
  const chosenSources = devel ? sources.filter((source) => !moduleSources.has(source)) : Array.from(moduleSources)
  return {
    rpms: sorted([...chosen.map(({ nevra }) => nevra), ...chosenSources]),
    licenses: sorted(chosen.flatMap(({ license }) => license === undefined || license === "" ? [] : [license]))
  }
}

const sorted = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  Array.from(new Set(texts)).sort(PythonJson.compareText)
