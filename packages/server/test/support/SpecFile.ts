/** Spec files of packages without files: what a test is about is said, the rest is the least that rpmbuild takes. */
export interface Options {
  readonly version?: number
  readonly buildRequires?: ReadonlyArray<string>
  /** Shell. */
  readonly build?: string
  /** Shell. */
  readonly install?: string
}

export const make = (name: string, { build, buildRequires = [], install, version = 1 }: Options = {}): string =>
  [
    `Name: ${name}`,
    `Version: ${version}`,
    "Release: 1%{?dist}",
    "Summary: Test",
    "License: MIT",
    "BuildArch: noarch",
    ...buildRequires.map((need) => `BuildRequires: ${need}`),
    "%description",
    "Test.",
    ...(build === undefined ? [] : ["%build", build]),
    ...(install === undefined ? [] : ["%install", install]),
    "%files",
    ""
  ].join("\n")
