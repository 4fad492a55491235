/** Units: packages, advisories, and the documents of modules. A unit is made once; making a document again fails its task. */
import { createHash } from "node:crypto"
import { addAdvisory } from "./advisoryUnits.ts"
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
import { type Content, type ContentKind, type FakeState, folders } from "./FakeState.ts"
import { addPackage, ofKind, sourceOf } from "./packageUnits.ts"

const kindOf = (folder: string): ContentKind =>
  (Object.keys(folders) as ReadonlyArray<ContentKind>).find((kind) => folders[kind] === folder)!

const shownOf = (content: Content): Record<string, unknown> => ({ ...content.shown, pulp_labels: content.labels })

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
  modulemds: ["name", "stream", "version", "context", "arch"],
  advisories: ["id", "status", "severity", "type"]
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
    method: "POST",
    pattern: /^content\/rpm\/advisories\/$/,
    handle: addAdvisory
  },
  {
    method: "GET",
    pattern: /^content\/rpm\/(packages|modulemds|modulemd_defaults|modulemd_obsoletes|packagegroups|advisories)\/$/,
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
