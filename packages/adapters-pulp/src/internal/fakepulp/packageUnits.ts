/** Packages as units of content: what is said of one, and the bytes it is made of. */
import { createHash } from "node:crypto"
import { invalid } from "./FakeAnswer.ts"
import type { Context } from "./FakeContext.ts"
import type { Artifact, Content, ContentKind, FakeState } from "./FakeState.ts"
import type { RpmHeader } from "./rpmHeader.ts"
import { assembled } from "./uploadRoutes.ts"

/** All units of one kind, in the order in which they were made. */
export const ofKind = (state: FakeState, kind: ContentKind): ReadonlyArray<Content> =>
  [...state.content.values()].filter((one) => one.kind === kind)

const packageFields = (header: RpmHeader, artifact: Artifact): Record<string, unknown> => {
  const none = ["conflicts", "obsoletes", "suggests", "enhances", "recommends", "supplements"]
  const { arch, epoch, name, release, sourceRpm, summary, version } = header
  return {
    md5: null,
    sha1: null,
    ...Object.fromEntries(["sha224", "sha256", "sha384", "sha512"].map((sum) => [sum, artifact.shown[sum]])),
    pulp_labels: {},
    vuln_report: null,
    artifact: artifact.href,
    name,
    epoch,
    version,
    release,
    arch,
    pkgId: artifact.sha256,
    checksum_type: "sha256",
    summary,
    description: summary,
    url: "",
    changelogs: [],
    files: [["", `/usr/share/${name}/`, "data"]],
    requires: [],
    provides: [[name, "EQ", epoch, version, release, false]],
    ...Object.fromEntries(none.map((relation) => [relation, []])),
    location_base: "",
    location_href: `${name}-${version}-${release}.${arch}.rpm`,
    rpm_buildhost: "fake",
    rpm_group: "Unspecified",
    rpm_license: "MIT",
    rpm_packager: "",
    rpm_sourcerpm: sourceRpm,
    rpm_vendor: "",
    rpm_header_start: 96,
    rpm_header_end: artifact.bytes.length,
    // Only a sync sets it.
    is_modular: false,
    size_archive: artifact.bytes.length,
    size_installed: artifact.bytes.length,
    size_package: artifact.bytes.length,
    time_build: 0,
    time_file: 0,
    signing_keys: []
  }
}

/** The package of these bytes, that of old where there is one; `undefined` for what is no RPM. */
export const addPackage = (
  state: FakeState,
  bytes: Buffer,
  name: string,
  labels: Record<string, string>
): Content | undefined => {
  const header = state.readPackage(bytes, name)
  if (header === undefined) return undefined
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  const there = ofKind(state, "package").find(({ identity }) => identity === sha256)
  if (there !== undefined) return there
  const artifact = state.artifactOf(sha256) ?? state.store(bytes)
  const made = state.entity("content/rpm/packages/", "rpm.package", packageFields(header, artifact))
  const { arch, epoch, release, version } = header
  const content: Content = {
    ...made,
    kind: "package",
    key: [header.name, epoch, version, release, arch].join(" "),
    identity: sha256,
    snippet: "",
    linked: [],
    artifact,
    labels
  }
  state.content.set(made.href, content)
  return content
}

/** Bytes and name of what a body names: a file, an artifact or an upload. */
export const sourceOf = ({ body, file, state }: Context) => {
  const named = ["artifact", "upload", "file_url"].filter((name) => body[name] !== undefined)
  if (named.length + (file === undefined ? 0 : 1) !== 1) {
    throw invalid({ non_field_errors: ["Exactly one of file, artifact, upload, file_url must be specified."] })
  }
  if (file !== undefined) return file
  const href = String(body[named[0]!])
  const artifact = state.artifacts.get(href)
  const upload = state.uploads.get(href)
  const bytes = artifact?.bytes ?? (upload === undefined ? undefined : assembled(upload))
  if (bytes === undefined) throw invalid({ [named[0]!]: ["Invalid hyperlink - Object does not exist."] })
  return { bytes, name: String(body["relative_path"] ?? "package.rpm") }
}
