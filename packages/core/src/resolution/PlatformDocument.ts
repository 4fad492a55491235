/**
 * The document of a platform: the base module that all others stand on. Nobody builds it, and repositories leave it out, so
 * it has to be written: for a server to import, or to be planned against.
 */
import * as ModuleStreamV2 from "../modulemd/ModuleStreamV2.ts"
import * as Xmd from "../modulemd/Xmd.ts"
import * as ModuleContext from "./ModuleContext.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** What a buildroot for packages begins with in Fedora and its relatives. */
const buildroot =
  "bash bzip2 coreutils cpio diffutils findutils gawk grep gzip info make patch redhat-rpm-config rpm-build sed tar unzip util-linux which xz"
    .split(" ")

/** What making a source package takes. */
const srpmBuildroot = "bash make redhat-rpm-config rpm-build".split(" ")

/**
 * The document of the platform with this stream, such as `el9` or `el8.4.0`. A stream that is a version serves its major one
 * as a virtual stream: `el8.4.0` is `el8`, too. The tag is the one that Koji installations use by convention.
 */
export const make = (
  stream: string,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): ModuleStreamV2.ModuleStreamV2 => {
  const major = /^[^.]*\d/.exec(stream)?.[0]
  const isVersion = StreamVersion.isXyz(stream, { suffixes: settings.streamSuffixes })
  const profile = (description: string, rpms: ReadonlyArray<string>) => ({ description, rpms, default: false })
  return ModuleStreamV2.make({
    name: settings.baseModuleNames[0] ?? "platform",
    stream,
    version: 1n,
    context: ModuleContext.none,
    summary: `The platform ${stream}`,
    description: "What the packages of modules are built and installed on. It is not built itself.",
    license: { module: ["MIT"], content: [] },
    profiles: new Map([
      ["buildroot", profile("What every package is built with", buildroot)],
      ["srpm-buildroot", profile("What source packages are made with", srpmBuildroot)]
    ]),
    xmd: Xmd.fromJson({
      mbs: {
        buildrequires: {},
        commit: stream,
        ...(stream.includes("-") ? { disttag_marking: stream.replaceAll("-", "") } : {}),
        koji_tag: `module-${stream}-build`,
        mse: true,
        requires: {},
        virtual_streams: isVersion && major !== undefined && major !== stream ? [major] : []
      }
    })
  })
}
