/** Builds tiny real RPMs for tests of repositories. */
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"

export interface TestPackage {
  readonly _tag: "Package"
  readonly nevra: string
  readonly location: string
}

/** Unix seconds. */
const built = 1_700_000_000

/** `text` is its description: packages that differ in nothing else are as old and, where it is as long, as large. */
export const make = (directory: string, name: string, epoch = 0, text = "Test."): TestPackage => {
  const top = Path.join(directory, name)
  Fs.mkdirSync(Path.join(top, "db"), { recursive: true })
  const spec = Path.join(top, `${name}.spec`)
  const lines = [`Name: ${name}`, "Version: 1.0", "Release: 1", "Summary: Test", "License: MIT", "BuildArch: noarch"]
  if (epoch > 0) lines.push(`Epoch: ${epoch}`)
  Fs.writeFileSync(spec, [...lines, "%description", text, "%files", ""].join("\n"))
  const define = (macro: string, value: string) => ["--define", `${macro} ${value}`]
  SmallProcess.output(
    "rpmbuild",
    [
      "-bb",
      ...define("_topdir", top),
      ...define("_dbpath", Path.join(top, "db")),
      ...define("use_source_date_epoch_as_buildtime", "1"),
      spec
    ],
    { env: { ...process.env, SOURCE_DATE_EPOCH: String(built) } }
  )
  const location = Path.join(top, "RPMS/noarch", `${name}-1.0-1.noarch.rpm`)
  // As packages of the local farm are: as old as their build.
  Fs.utimesSync(location, built, built)
  return { _tag: "Package", nevra: `${name}-${epoch}:1.0-1.noarch`, location }
}
