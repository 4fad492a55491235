/** Real RPMs for tests, all of one call by a single rpmbuild: subpackages of one source. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SmallProcess from "../../../tooling/SmallProcess.ts"

export interface Wanted {
  readonly name: string
  readonly version?: string
  readonly release?: string
  readonly epoch?: number
  readonly requires?: ReadonlyArray<string>
  /** What the package carries, so that packages of one NEVRA differ. */
  readonly text?: string
}

export interface Rpm {
  readonly _tag: "Package"
  readonly nevra: string
  readonly location: string
}

const folder = Path.join(Os.tmpdir(), `orch-pulp-rpms-${process.pid}`)
process.on("exit", () => Fs.rmSync(folder, { recursive: true, force: true }))

/** Why packages cannot be built here; `undefined` where they can. */
export const missing: string | undefined = SmallProcess.isInstalled("rpmbuild")
  ? undefined
  : "rpmbuild is not there"

let serial = 0

const section = ({ epoch, name, release = "1", requires = [], text = "", version = "1.0" }: Wanted): string => {
  const file = `%{buildroot}/usr/share/${name}/data`
  return [
    `%package -n ${name}`,
    "Summary: Test",
    `Version: ${version}`,
    `Release: ${release}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    "BuildArch: noarch",
    ...requires.map((need) => `Requires: ${need}`),
    `%description -n ${name}`,
    "Test.",
    `%files -n ${name}`,
    `/usr/share/${name}/data`,
    `#install mkdir -p ${Path.posix.dirname(file)} && echo '${name} ${text}' > ${file}`
  ].join("\n")
}

/** Builds packages without architecture, in the order asked for; throws what rpmbuild says. */
export const build = (
  wanted: ReadonlyArray<Wanted>,
  more: { readonly macros?: Readonly<Record<string, string>> } = {}
): ReadonlyArray<Rpm> => {
  const top = Path.join(folder, String(++serial))
  Fs.mkdirSync(top, { recursive: true })
  const sections = wanted.map(section)
  const installs = sections.map((text) => /^#install (.*)$/m.exec(text)![1]!)
  const spec = Path.join(top, "test.spec")
  Fs.writeFileSync(
    spec,
    [
      "Name: orch-test-source",
      "Version: 1",
      "Release: 1",
      "Summary: Test",
      "License: MIT",
      "%description",
      "Test.",
      ...sections.map((text) => text.replace(/^#install .*$/m, "")),
      "%install",
      ...installs,
      ""
    ].join("\n")
  )
  const macros = { _topdir: top, _dbpath: Path.join(top, "db"), _build_id_links: "none", ...more.macros }
  const defines = Object.entries(macros).flatMap(([macro, value]) => ["--define", `${macro} ${value}`])
  SmallProcess.output("rpmbuild", ["-bb", ...defines, spec])
  return wanted.map(({ epoch = 0, name, release = "1", version = "1.0" }) => ({
    _tag: "Package",
    nevra: `${name}-${epoch}:${version}-${release}.noarch`,
    location: Path.join(top, "RPMS/noarch", `${name}-${version}-${release}.noarch.rpm`)
  }))
}
