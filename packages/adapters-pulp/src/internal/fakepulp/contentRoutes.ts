/** Units: packages, and the documents of modules. A unit is made once; making a document again fails its task. */
import { createHash } from "node:crypto"
import { html, invalid, TaskFailure, unknown } from "./FakeAnswer.ts"
import {
  type Context,
  equals,
  type Filter,
  labelsOf,
  listed,
  notAllowed,
  picked,
  postponed,
  required,
  type Route,
  selects
} from "./FakeContext.ts"
import { type Artifact, type Content, type ContentKind, type FakeState, folders } from "./FakeState.ts"
import type { RpmHeader } from "./rpmHeader.ts"
import { assembled } from "./uploadRoutes.ts"

const kindOf = (folder: string): ContentKind =>
  (Object.keys(folders) as ReadonlyArray<ContentKind>).find((kind) => folders[kind] === folder)!

const ofKind = (state: FakeState, kind: ContentKind): ReadonlyArray<Content> =>
  [...state.content.values()].filter((one) => one.kind === kind)

const shownOf = (content: Content): Record<string, unknown> => ({ ...content.shown, pulp_labels: content.labels })

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
const addPackage = (
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
const sourceOf = ({ body, file, state }: Context) => {
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

const documents: Readonly<
  Record<
    string,
    { readonly required: ReadonlyArray<string>; readonly key: ReadonlyArray<string>; readonly prn: string }
  >
> = {
  modulemds: {
    required: [
      "name",
      "stream",
      "version",
      "context",
      "arch",
      "artifacts",
      "dependencies",
      "snippet",
      "profiles",
      "description"
    ],
    key: ["name", "stream", "version", "context", "arch"],
    prn: "rpm.modulemd"
  },
  modulemd_defaults: {
    required: ["module", "stream", "profiles", "snippet"],
    key: ["module"],
    prn: "rpm.modulemddefaults"
  },
  modulemd_obsoletes: {
    required: [
      "modified",
      "module_name",
      "module_stream",
      "message",
      "override_previous",
      "module_context",
      "eol_date",
      "obsoleted_by_module_name",
      "obsoleted_by_module_stream",
      "snippet"
    ],
    key: ["modified", "module_name", "module_stream"],
    prn: "rpm.modulemdobsolete"
  }
}

const addDocument = (context: Context, folder: string): ReturnType<Route["handle"]> => {
  const { body, state } = context
  const { key, prn, required: names } = documents[folder]!
  required(body, ...names)
  const labels = labelsOf(body)
  const linked = (body["packages"] ?? []) as ReadonlyArray<string>
  if (linked.some((href) => !state.content.has(href))) {
    throw invalid({ packages: ["Invalid hyperlink - Object does not exist."] })
  }
  return postponed(context, {
    name: "pulpcore.app.tasks.base.general_create",
    run: () => {
      if (folder === "modulemds" && body["packages"] === undefined) throw new TaskFailure("'packages'")
      const snippet = String(body["snippet"])
      const parts = key.map((name) => String(body[name]))
      // Obsoletes are told apart by what they say of whom and when, the others by their text as well.
      const digest = folder === "modulemd_obsoletes" ? "" : createHash("sha256").update(snippet).digest("hex")
      const identity = [folder, ...folder === "modulemd_defaults" ? [] : parts, digest].join(" ")
      if ([...state.content.values()].some((one) => one.identity === identity)) {
        throw new TaskFailure(
          "duplicate key value violates unique constraint \"rpm_…_uniq\"\nDETAIL:  Key (…) already exists."
        )
      }
      const { packages: _, pulp_labels: __, repository: ___, snippet: ____, ...fields } = body
      const made = state.entity(`content/rpm/${folder}/`, prn, {
        pulp_labels: labels,
        vuln_report: null,
        ...(folder === "modulemds" ? { static_context: null } : {}),
        ...fields,
        ...(folder === "modulemds" ? { version: String(body["version"]), packages: linked } : {})
      })
      const content: Content = {
        ...made,
        kind: kindOf(folder),
        key: parts.join(" "),
        identity,
        snippet,
        linked,
        artifact: undefined,
        labels
      }
      state.content.set(made.href, content)
      return { created: [made], result: made.shown }
    }
  })
}

const versionFilters = (state: FakeState): Readonly<Record<string, Filter<Content>>> => {
  const version = (href: string) => {
    const found = state.version(href)
    if (found === undefined) throw invalid({ errors: [`no version ${href}`] })
    return found
  }
  const before = (href: string): ReadonlySet<string> =>
    state.version(href.replace(/(\d+)\/$/, (_, number) => `${Number(number) - 1}/`))?.content ?? new Set()
  return {
    repository_version: ({ href }, value) => version(value).content.has(href),
    repository_version_added: ({ href }, value) => version(value).content.has(href) && !before(value).has(href),
    repository_version_removed: ({ href }, value) => !version(value).content.has(href) && before(value).has(href)
  }
}

const fieldFilters: Readonly<Record<string, ReadonlyArray<string>>> = {
  packages: ["name", "epoch", "version", "release", "arch", "pkgId"],
  modulemds: ["name", "stream", "version", "context", "arch"]
}

const filtersOf = (state: FakeState, folder: string): Readonly<Record<string, Filter<Content>>> => ({
  ...versionFilters(state),
  ...Object.assign(
    {},
    ...(fieldFilters[folder] ?? []).map((name) => equals<Content>(name, ({ shown }) => shown[name]))
  ),
  sha256: ({ artifact }, value) => artifact?.sha256 === value,
  pulp_label_select: ({ labels }, value) => selects(labels, value),
  q: ({ shown }, value) => /name='([^']*)'/.exec(value)?.[1] === shown["name"]
})

const labelChange = ({ body, path, state }: Context): Content => {
  const found = state.content.get(path.replace(/(set|unset)_label\/$/, ""))
  if (found === undefined) throw unknown("Content")
  required(body, "key")
  return found
}

export const contentRoutes: ReadonlyArray<Route> = [
  {
    method: "POST",
    pattern: /^content\/rpm\/packages\/upload\/$/,
    handle: ({ body, file, state }) => {
      if (file === undefined) throw invalid({ file: ["No file was submitted."] })
      const unit = addPackage(state, file.bytes, file.name, labelsOf(body))
      // As the real one: an RPM it cannot read is an error of its own.
      return unit === undefined ? html(500, "Server Error (500)") : { status: 201, body: shownOf(unit) }
    }
  },
  {
    method: "POST",
    pattern: /^content\/rpm\/packages\/$/,
    handle: (context) => {
      const { bytes, name } = sourceOf(context)
      const labels = labelsOf(context.body)
      return postponed(context, {
        name: "pulpcore.app.tasks.base.general_create",
        run: () => {
          const unit = addPackage(context.state, bytes, name, labels)
          if (unit === undefined) {
            throw new TaskFailure("[ErrorDetail(string='RPM file cannot be parsed for metadata')]")
          }
          return { created: [unit], result: shownOf(unit) }
        }
      })
    }
  },
  {
    method: "POST",
    pattern: /^content\/rpm\/(modulemds|modulemd_defaults|modulemd_obsoletes)\/$/,
    handle: (context) => addDocument(context, context.matched[0]!)
  },
  {
    method: "GET",
    pattern: /^content\/rpm\/(packages|modulemds|modulemd_defaults|modulemd_obsoletes|packagegroups)\/$/,
    handle: (context) => {
      const [folder = ""] = context.matched
      return listed(context, ofKind(context.state, kindOf(folder)), filtersOf(context.state, folder), shownOf)
    }
  },
  {
    method: "GET",
    pattern: /^content\/rpm\/\w+\/[^/]+\/$/,
    handle: (context) => {
      const found = context.state.content.get(context.path)
      if (found === undefined) throw unknown("Content")
      return { status: 200, body: picked(context, shownOf(found)) }
    }
  },
  {
    method: "DELETE",
    pattern: /^content\/rpm\/\w+\/[^/]+\/$/,
    handle: (context) => {
      throw notAllowed(context)
    }
  },
  {
    method: "POST",
    pattern: /^content\/rpm\/\w+\/[^/]+\/set_label\/$/,
    handle: (context) => {
      const unit = labelChange(context)
      unit.labels = { ...unit.labels, [String(context.body["key"])]: String(context.body["value"] ?? "") }
      return { status: 201, body: { key: context.body["key"], value: context.body["value"] ?? null } }
    }
  },
  {
    method: "POST",
    pattern: /^orphans\/cleanup\/$/,
    handle: (context) =>
      postponed(context, {
        name: "pulpcore.app.tasks.orphan.orphan_cleanup",
        exclusive: ["pdrn:fake:orphans"],
        run: () => {
          const { state } = context
          const held = new Set(
            [...state.repositories.values()].flatMap(({ versions }) => versions.flatMap(({ content }) => [...content]))
          )
          for (const href of state.content.keys()) if (!held.has(href)) state.content.delete(href)
          const used = new Set([...state.content.values()].map(({ artifact }) => artifact?.href))
          for (const href of state.artifacts.keys()) if (!used.has(href)) state.artifacts.delete(href)
          return {}
        }
      })
  }
]
