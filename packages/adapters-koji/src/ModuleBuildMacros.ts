/**
 * The package that is built first for a module and installed into every buildroot of it: `module-build-macros`.
 *
 * Koji has no other way to give one build tag its own RPM macros with parameters, nor to keep filtered packages of a
 * buildrequired module out: the package conflicts with exactly those.
 */
import type { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import type * as SourceRpm from "./SourceRpm.ts"

/** The name of the package, which is the Module Build Service's. */
export const packageName = "module-build-macros"

/** The groups Koji's builders install: for SRPMs from git, and for builds. */
export const groups = ["srpm-build", "build"] as const

/** A package that must not be in the buildroot, by exact version. */
export interface Conflict {
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** The package's `name-version-release` in a buildroot. */
export const nvr = ({ distTag }: Pick<BuildrootPlan, "distTag">): string => `${packageName}-0.1-1.${distTag}`

/** A percent sign of ours must not be expanded while the spec is read. */
const literal = (text: string): string => text.replace(/%/g, "%%")

/** The spec file; the macros come as a source beside it, so nothing in them is expanded early. */
export const spec = (plan: BuildrootPlan, conflicts: ReadonlyArray<Conflict>): string => {
  const identity = `${plan.name}:${plan.stream}:${plan.version}:${plan.context}`
  const lines = conflicts.map(({ epoch, name, release, version }) =>
    `Conflicts: ${name} = ${epoch}:${version}-${release}`
  )
  return [
    `Name: ${packageName}`,
    "Version: 0.1",
    `Release: 1.${plan.distTag}`,
    `Summary: Build macros of the module ${literal(identity)}`,
    "License: MIT",
    "BuildArch: noarch",
    "Source0: macros.zz-modules",
    ...lines,
    "",
    "%description",
    `RPM macros with which the components of ${literal(identity)} are built.`,
    "",
    "%prep",
    "",
    "%build",
    "",
    "%install",
    "mkdir -p %{buildroot}/etc/rpm",
    "install -m 644 %{SOURCE0} %{buildroot}/etc/rpm/macros.zz-modules",
    "",
    "%files",
    "/etc/rpm/macros.zz-modules",
    ""
  ].join("\n")
}

/** What `SourceRpm.write` makes the package of; the same plan and conflicts give the same bytes. */
export const sourceRpm = (plan: BuildrootPlan, conflicts: ReadonlyArray<Conflict>): SourceRpm.SourcePackage => ({
  name: packageName,
  version: "0.1",
  release: `1.${plan.distTag}`,
  summary: `Build macros of the module ${plan.name}:${plan.stream}:${plan.version}:${plan.context}`,
  license: "MIT",
  buildArch: "noarch",
  spec: `${packageName}.spec`,
  files: [
    { name: "macros.zz-modules", content: Buffer.from(`${plan.macros.trimEnd()}\n`, "utf8") },
    { name: `${packageName}.spec`, content: Buffer.from(spec(plan, conflicts), "utf8") }
  ]
})
