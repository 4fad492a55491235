/**
 * The texts of the `module-build-macros` package: what makes the packages of a module know that they belong to it.
 * Building the source package from them is the build system's.
 */
import type { ModuleStreamV2 } from "./ModuleStreamV2.ts"

/** What the macros of one build need besides its stream. */
export interface BuildMacrosOptions {
  /** Dist tag of the packages, with its dot, as `.module+el9+12+c0ffee43`. */
  readonly disttag: string
  /** Lines of `Conflicts:` for packages that must not come into the buildroot. */
  readonly conflicts?: ReadonlyArray<string>
}

/** Two files, each as its whole text with a newline at the end. */
export interface BuildMacros {
  /** For `macros.modules`. */
  readonly macros: string
  /** For `module-build-macros.spec`. */
  readonly spec: string
}

const label = (stream: ModuleStreamV2): string =>
  [stream.name, stream.stream, stream.version, stream.context].map((part) => part?.toString() ?? "").join(":")

/** Macro text cannot end its own line: line breaks in values would start new macros. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, " ")

/**
 * The macros that tell packages which module they are built for (`%dist`, `%modularitylabel`, `%_module_name` and the
 * others), then the macros of the module's own `buildopts`; and the spec file that installs them.
 *
 * A part of the stream's identity that is missing is written as an empty text, a missing version as 0. Line breaks in
 * values become blanks, because a break would begin a macro of its own; only the text of `buildopts` is taken over with
 * its lines.
 */
export const make = (stream: ModuleStreamV2, { conflicts = [], disttag }: BuildMacrosOptions): BuildMacros => {
  const own = stream.buildopts.rpms.macros
  const macros = [
    `%dist ${oneLine(disttag)}`,
    `%modularitylabel ${oneLine(label(stream))}`,
    "%_module_build 1",
    `%_module_name ${oneLine(stream.name ?? "")}`,
    `%_module_stream ${oneLine(stream.stream ?? "")}`,
    `%_module_version ${stream.version ?? 0n}`,
    `%_module_context ${oneLine(stream.context ?? "")}`,
    ...(own === undefined || own.trim() === "" ? [] : ["", "# From the module's buildopts", own.replace(/\n+$/, "")])
  ].join("\n")
  return { macros: `${macros}\n`, spec: spec(stream, disttag, conflicts) }
}

const spec = (stream: ModuleStreamV2, disttag: string, conflicts: ReadonlyArray<string>): string =>
  `%global dist ${oneLine(disttag)}
%{!?_rpmconfigdir:%global _rpmconfigdir /usr/lib/rpm}

Name:      module-build-macros
Version:   0.1
Release:   1%{?dist}
Summary:   Macros for building the packages of a module
License:   MIT
URL:       https://example.com/
Source0:   macros.modules
BuildArch: noarch
${conflicts.map((line) => `Conflicts: ${oneLine(line)}\n`).join("")}
%description
Macros for building the packages of ${oneLine(label(stream)).replaceAll("%", "%%")}.

%prep

%build

%install
mkdir -p %{buildroot}%{_rpmconfigdir}/macros.d
install -m 644 %{SOURCE0} %{buildroot}%{_rpmconfigdir}/macros.d/macros.modules

%files
%{_rpmconfigdir}/macros.d/macros.modules
`
