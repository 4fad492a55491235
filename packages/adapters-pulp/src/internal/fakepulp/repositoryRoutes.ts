/** Repositories and their versions: made, changed, copied, synced. */
import { invalid, type Refusal, TaskFailure, unknown } from "./FakeAnswer.ts"
import {
  type Context,
  equals,
  type Filter,
  labelsOf,
  listed,
  picked,
  postponed,
  required,
  type Route
} from "./FakeContext.ts"
import type { FakeState, Repository, Version } from "./FakeState.ts"
import type { Outcome } from "./FakeTasks.ts"
import { addVersion, modify } from "./versions.ts"

const repositoryOf = ({ path, state }: Context): Repository => {
  const found = state.repositories.get(path.replace(/(modify|sync|versions.*)\/$/, ""))
  if (found === undefined) throw unknown("RpmRepository")
  return found
}

const checksums = new Set(["sha256", "sha384", "sha512"])

const checkFields = (context: Context): void => {
  const { body } = context
  labelsOf(body)
  const checksum = body["checksum_type"]
  if (checksum != null && !checksums.has(String(checksum))) {
    throw invalid({ checksum_type: ["Checksum must be one of the allowed checksum types."] })
  }
}

const defaults = {
  description: null,
  retain_repo_versions: null,
  retain_checkpoints: null,
  remote: null,
  autopublish: false,
  metadata_signing_service: null,
  package_signing_service: null,
  package_signing_fingerprint: null,
  retain_package_versions: 0,
  checksum_type: null,
  metadata_checksum_type: null,
  package_checksum_type: null,
  sqlite_metadata: false,
  repo_config: {},
  compression_type: null,
  layout: null,
  osv_config: null
}

/** Unknown fields are ignored, as by the real one. */
const settable = new Set([...Object.keys(defaults), "name", "pulp_labels"])

const known = (body: Context["body"]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([name]) => settable.has(name)))

const show = (state: FakeState, repository: Repository): Record<string, unknown> => ({
  ...repository.shown,
  latest_version_href: state.latest(repository).href
})

const hrefForm = /^\/.*\/[0-9a-f-]{36}\/$/

const unitsOf = ({ body, state }: Context, name: string): ReadonlyArray<string> => {
  const units = (body[name] ?? []) as ReadonlyArray<string>
  const wrong = units.find((href) => href !== "*" && !hrefForm.test(href))
  if (wrong !== undefined) throw invalid({ [name]: [`URI not valid: ${wrong}`] })
  const missing = units.filter((href) => href !== "*" && !state.content.has(href))
  if (missing.length > 0) {
    throw invalid({ [name]: [`Could not find the following content units: ['${missing.join("', '")}']`] })
  }
  return units
}

const versionFilters: Readonly<Record<string, Filter<Version>>> = {
  ...equals("number", ({ number }) => number),
  pulp_created__lte: ({ created }, value) => created <= value
}

const copyProblem = (detail: string): Refusal =>
  invalid({ non_field_errors: [`Provided copy criteria is invalid:'["${detail}"]'`] })

const copy = (context: Context): Outcome => {
  const { body, state } = context
  const config = body["config"] as ReadonlyArray<Record<string, unknown>>
  const created = config.flatMap((entry) => {
    const source = state.version(String(entry["source_repo_version"]))
    const destination = state.repositories.get(String(entry["dest_repo"]))
    if (source === undefined || destination === undefined) throw new TaskFailure("no such repository")
    const asked = (entry["content"] ?? [...source.content]) as ReadonlyArray<string>
    return modify(state, destination, { add: asked.filter((href) => source.content.has(href)), remove: [] }).created ??
      []
  })
  return { created }
}

/** What the fake can reach: its own publications, by the addresses of its distributions. */
const sync = (state: FakeState, repository: Repository, remote: string): Outcome => {
  const url = String(state.remotes.get(remote)?.shown["url"] ?? "")
  const distribution = [...state.distributions.values()].find(({ shown }) => shown["base_url"] === url)
  const publication = state.publications.get(String(distribution?.shown["publication"]))
  if (publication === undefined) throw new TaskFailure(`Cannot connect to ${url}`)
  const add = [...publication.content]
  const outcome = modify(state, repository, { add, remove: [] })
  const progress = [
    { message: "Downloading Metadata Files", code: "sync.downloading.metadata", done: 5 },
    { message: "Associating Content", code: "associating.content", done: add.length }
  ]
  return { ...outcome, progress: [...progress, ...outcome.progress ?? []] }
}

/** Groups of a comps file, as far as their names go. */
const groups = (state: FakeState, comps: string): ReadonlyArray<string> =>
  [...comps.matchAll(/<group>\s*<id>([^<]+)<\/id>/g)].map(([, id = ""]) => {
    const made = state.entity("content/rpm/packagegroups/", "rpm.packagegroup", { id, name: id, pulp_labels: {} })
    state.content.set(made.href, {
      ...made,
      kind: "packagegroup",
      key: id,
      identity: made.href,
      snippet: "",
      linked: [],
      artifact: undefined,
      labels: {}
    })
    return made.href
  })

export const repositoryRoutes: ReadonlyArray<Route> = [
  {
    method: "POST",
    pattern: /^rpm\/comps\/$/,
    handle: (context) => {
      const { body, file, state } = context
      required(body, "repository")
      const repository = state.repositories.get(String(body["repository"]))
      if (file === undefined || repository === undefined) throw invalid({ file: ["No file was submitted."] })
      return postponed(context, {
        name: "pulp_rpm.app.tasks.comps.upload_comps",
        exclusive: [repository.prn],
        run: () => {
          const own = [...state.latest(repository).content]
          const old = own.filter((href) => state.content.get(href)?.kind === "packagegroup")
          const add = groups(state, file.bytes.toString())
          const { created = [] } = modify(state, repository, { add, remove: body["replace"] === "true" ? old : [] })
          return { created: [...created, ...add.map((href) => state.content.get(href)!)] }
        }
      })
    }
  },
  {
    method: "POST",
    pattern: /^repositories\/rpm\/rpm\/$/,
    handle: (context) => {
      const { body, state } = context
      required(body, "name")
      if ([...state.repositories.values()].some(({ shown }) => shown["name"] === body["name"])) {
        throw invalid({ name: ["This field must be unique."] })
      }
      checkFields(context)
      const made = state.entity("repositories/rpm/rpm/", "rpm.rpmrepository", {})
      const fields = { versions_href: `${made.href}versions/`, pulp_labels: {}, latest_version_href: "" }
      const shown = { ...made.shown, ...fields, ...defaults, ...known(body) }
      const repository: Repository = { ...made, shown, versions: [] }
      state.repositories.set(made.href, repository)
      addVersion(state, repository, new Set())
      return { status: 201, body: show(state, repository) }
    }
  },
  {
    method: "GET",
    pattern: /^repositories\/rpm\/rpm\/$/,
    handle: (context) =>
      listed<Repository>(
        context,
        context.state.repositories.values(),
        equals("name", ({ shown }) => shown["name"]),
        (one) => show(context.state, one)
      )
  },
  {
    method: "GET",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => ({
      status: 200,
      body: picked(context, show(context.state, repositoryOf(context)))
    })
  },
  {
    method: "PATCH",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const repository = repositoryOf(context)
      checkFields(context)
      const changes = Object.entries(known(context.body))
      const same = changes.every(([name, value]) => JSON.stringify(repository.shown[name]) === JSON.stringify(value))
      if (same) return { status: 200, body: show(context.state, repository) }
      return postponed(context, {
        name: "pulpcore.app.tasks.base.ageneral_update",
        exclusive: [repository.prn],
        run: () => {
          Object.assign(repository.shown, Object.fromEntries(changes))
          return { result: show(context.state, repository) }
        }
      })
    }
  },
  {
    method: "DELETE",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const repository = repositoryOf(context)
      return postponed(context, {
        name: "pulpcore.app.tasks.base.ageneral_delete",
        exclusive: [repository.prn],
        run: () => {
          context.state.repositories.delete(repository.href)
          for (const [href, { version }] of context.state.publications) {
            if (version.startsWith(repository.href)) context.state.publications.delete(href)
          }
          return { result: {} }
        }
      })
    }
  },
  {
    method: "POST",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/modify\/$/,
    handle: (context) => {
      const { body, state } = context
      const repository = repositoryOf(context)
      const add = unitsOf(context, "add_content_units")
      const remove = unitsOf(context, "remove_content_units")
      const base = body["base_version"] === undefined ? undefined : state.version(String(body["base_version"]))
      if (body["base_version"] !== undefined && base === undefined) {
        throw invalid({ base_version: ["Invalid hyperlink - Object does not exist."] })
      }
      return postponed(context, {
        name: "pulp_rpm.app.tasks.signing.signed_add_and_remove",
        exclusive: [repository.prn],
        run: () => modify(state, repository, { add, remove, base, overwrite: body["overwrite"] !== false })
      })
    }
  },
  {
    method: "GET",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/versions\/$/,
    handle: (context) => listed(context, repositoryOf(context).versions, versionFilters, ({ shown }) => shown)
  },
  {
    method: "GET",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/versions\/\d+\/$/,
    handle: (context) => {
      const found = context.state.version(context.path)
      if (found === undefined) throw unknown("RepositoryVersion")
      return { status: 200, body: picked(context, found.shown) }
    }
  },
  {
    method: "DELETE",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/versions\/\d+\/$/,
    handle: (context) => {
      const { path, state } = context
      const repository = state.repositories.get(path.replace(/versions\/\d+\/$/, ""))
      const found = state.version(path)
      if (found === undefined || repository === undefined) throw unknown("RepositoryVersion")
      return postponed(context, {
        name: "pulpcore.app.tasks.repository.delete_version",
        exclusive: [repository.prn],
        run: () => {
          repository.versions.splice(repository.versions.indexOf(found), 1)
          return {}
        }
      })
    }
  },
  {
    method: "POST",
    pattern: /^repositories\/rpm\/rpm\/[^/]+\/sync\/$/,
    handle: (context) => {
      const repository = repositoryOf(context)
      const remote = context.body["remote"] ?? repository.shown["remote"]
      if (remote == null) {
        throw invalid({ remote: ["This field is required since a remote is not set on the repository."] })
      }
      return postponed(context, {
        name: "pulp_rpm.app.tasks.synchronizing.synchronize",
        exclusive: [repository.prn],
        shared: [context.state.remotes.get(String(remote))?.prn ?? ""],
        run: () => sync(context.state, repository, String(remote))
      })
    }
  },
  {
    method: "POST",
    pattern: /^rpm\/copy\/$/,
    handle: (context) => {
      const config = context.body["config"]
      if (!Array.isArray(config)) throw copyProblem("is not of type 'array'")
      for (const entry of config as ReadonlyArray<Record<string, unknown>>) {
        for (const name of ["source_repo_version", "dest_repo"]) {
          if (entry[name] === undefined) throw copyProblem(`'${name}' is a required property`)
        }
      }
      return postponed(context, { name: "pulp_rpm.app.tasks.copy.copy_content", run: () => copy(context) })
    }
  }
]
