/** Publications and distributions, and the small things beside them: remotes, signing services, domains. */
import { invalid, unknown } from "./FakeAnswer.ts"
import { type Context, equals, labelsOf, listed, picked, postponed, required, type Route } from "./FakeContext.ts"
import type { Entity, FakeState, Publication, Version } from "./FakeState.ts"

/** Makes a publication of a version. */
export const publish = (state: FakeState, version: Version, fields: Record<string, unknown>): Publication => {
  const made = state.entity("publications/rpm/rpm/", "rpm.rpmpublication", {
    repository_version: version.href,
    repository: version.href.replace(/versions\/\d+\/$/, ""),
    checkpoint: false,
    checksum_type: "sha256",
    metadata_checksum_type: null,
    package_checksum_type: null,
    sqlite_metadata: false,
    compression_type: null,
    layout: "nested_alphabetically",
    repo_config: {},
    ...fields
  })
  const publication: Publication = { ...made, version: version.href, content: version.content }
  state.publications.set(made.href, publication)
  return publication
}

const versionOf = ({ body, state }: Context): Version => {
  const { repository, repository_version: named } = body
  if ((repository === undefined) === (named === undefined)) {
    throw invalid({
      non_field_errors: ["Either the 'repository' or 'repository_version' need to be specified but not both."]
    })
  }
  if (named !== undefined && body["checkpoint"] === true) {
    throw invalid({ non_field_errors: ["'checkpoint' may only be used with 'repository'"] })
  }
  const found = named === undefined
    ? state.repositories.get(String(repository))?.versions.at(-1)
    : state.version(String(named))
  if (found === undefined) throw invalid({ repository: ["Invalid hyperlink - Object does not exist."] })
  return found
}

const checkPath = ({ body, path, state }: Context): void => {
  const base = body["base_path"]
  if (base === undefined) return
  const text = String(base)
  if (text === "" || text.startsWith("/") || text.endsWith("/") || text.includes("//")) {
    throw invalid({ base_path: [`Relative path is not in canonical form. ${text}`] })
  }
  for (const { href, shown } of state.distributions.values()) {
    if (href === path) continue
    const other = String(shown["base_path"])
    if (other === text) throw invalid({ base_path: ["This field must be unique."] })
    if (other.startsWith(`${text}/`) || text.startsWith(`${other}/`)) {
      throw invalid({ base_path: { base_path: "Overlaps with an existing distribution." } })
    }
  }
}

const checkSources = ({ body, state }: Context): void => {
  const { publication, repository } = body
  if (publication != null && !state.publications.has(String(publication))) {
    throw invalid({ publication: ["Invalid hyperlink - Object does not exist."] })
  }
  if (publication != null && repository != null) {
    throw invalid({ non_field_errors: ["Only one of the attributes may be used simultaneously."] })
  }
}

const distributionOf = ({ path, state }: Context): Entity => {
  const found = state.distributions.get(path)
  if (found === undefined) throw unknown("RpmDistribution")
  return found
}

const distributionFields = (state: FakeState, body: Context["body"]): Record<string, unknown> => ({
  base_path: body["base_path"],
  base_url: `${state.contentOrigin}/pulp/content/${String(body["base_path"])}/`,
  content_guard: null,
  content_guard_prn: null,
  no_content_change_since: null,
  hidden: false,
  pulp_labels: {},
  name: body["name"],
  repository: null,
  repository_version: null,
  publication: null,
  generate_repo_config: false,
  checkpoint: false
})

const byName = equals<Entity>("name", ({ shown }) => shown["name"])

const distributionRoutes: ReadonlyArray<Route> = [
  {
    method: "POST",
    pattern: /^distributions\/rpm\/rpm\/$/,
    handle: (context) => {
      const { body, state } = context
      required(body, "name", "base_path")
      if ([...state.distributions.values()].some(({ shown }) => shown["name"] === body["name"])) {
        throw invalid({ name: ["This field must be unique."] })
      }
      checkPath(context)
      checkSources(context)
      labelsOf(body)
      return postponed(context, {
        name: "pulpcore.app.tasks.base.general_create",
        run: () => {
          const fields = { ...distributionFields(state, body), ...body }
          const made = state.entity("distributions/rpm/rpm/", "rpm.rpmdistribution", fields)
          state.distributions.set(made.href, made)
          return { created: [made], result: made.shown }
        }
      })
    }
  },
  {
    method: "GET",
    pattern: /^distributions\/rpm\/rpm\/$/,
    handle: (context) => listed(context, context.state.distributions.values(), byName, ({ shown }) => shown)
  },
  {
    method: "GET",
    pattern: /^distributions\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => ({ status: 200, body: picked(context, distributionOf(context).shown) })
  },
  {
    method: "PATCH",
    pattern: /^distributions\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const { body } = context
      const distribution = distributionOf(context)
      checkPath(context)
      checkSources(context)
      const changes = Object.entries(body)
      if (changes.every(([name, value]) => JSON.stringify(distribution.shown[name]) === JSON.stringify(value))) {
        return { status: 200, body: distribution.shown }
      }
      return postponed(context, {
        name: "pulpcore.app.tasks.base.ageneral_update",
        exclusive: [distribution.prn],
        run: () => {
          Object.assign(distribution.shown, Object.fromEntries(changes))
          return { result: distribution.shown }
        }
      })
    }
  },
  {
    method: "DELETE",
    pattern: /^distributions\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const distribution = distributionOf(context)
      return postponed(context, {
        name: "pulpcore.app.tasks.base.ageneral_delete",
        exclusive: [distribution.prn],
        run: () => {
          context.state.distributions.delete(distribution.href)
          return { result: {} }
        }
      })
    }
  }
]

const hidden = ["client_key", "proxy_username", "proxy_password", "username", "password"]
const absent = [
  "ca_cert",
  "client_cert",
  "proxy_url",
  "max_retries",
  "total_timeout",
  "connect_timeout",
  "sock_connect_timeout",
  "sock_read_timeout",
  "headers",
  "download_concurrency",
  "rate_limit",
  "sles_auth_token"
]

const beside: ReadonlyArray<Route> = [
  {
    method: "POST",
    pattern: /^remotes\/rpm\/rpm\/$/,
    handle: ({ body, state }) => {
      required(body, "name", "url")
      if ([...state.remotes.values()].some(({ shown }) => shown["name"] === body["name"])) {
        throw invalid({ name: ["This field must be unique."] })
      }
      const made = state.entity("remotes/rpm/rpm/", "rpm.rpmremote", {
        name: body["name"],
        url: body["url"],
        pulp_labels: {},
        policy: body["policy"] ?? "immediate",
        // Secrets are never shown, only that they are set.
        hidden_fields: hidden.map((name) => ({ name, is_set: body[name] !== undefined })),
        tls_validation: body["tls_validation"] ?? true,
        ...Object.fromEntries(absent.map((name) => [name, body[name] ?? null]))
      })
      state.remotes.set(made.href, made)
      return { status: 201, body: made.shown }
    }
  },
  {
    method: "GET",
    pattern: /^remotes\/rpm\/rpm\/$/,
    handle: (context) => listed(context, context.state.remotes.values(), byName, ({ shown }) => shown)
  },
  {
    method: "PATCH",
    pattern: /^remotes\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const remote = context.state.remotes.get(context.path)
      if (remote === undefined) throw unknown("RpmRemote")
      const changes = Object.entries(context.body)
      if (changes.every(([name, value]) => remote.shown[name] === value)) return { status: 200, body: remote.shown }
      return postponed(context, {
        name: "pulpcore.app.tasks.base.ageneral_update",
        exclusive: [remote.prn],
        run: () => {
          Object.assign(remote.shown, Object.fromEntries(changes))
          return { result: remote.shown }
        }
      })
    }
  },
  {
    method: "GET",
    pattern: /^signing-services\/$/,
    handle: (context) => listed(context, context.state.signingServices.values(), byName, ({ shown }) => shown)
  },
  {
    method: "POST",
    pattern: /^domains\/$/,
    handle: ({ body, state }) => {
      required(body, "name", "storage_class", "storage_settings")
      const made = state.entity("domains/", "core.domain", {
        name: body["name"],
        description: null,
        pulp_labels: {},
        storage_class: body["storage_class"],
        storage_settings: {
          hidden_fields: [],
          base_url: "",
          file_permissions_mode: 420,
          directory_permissions_mode: null,
          ...body["storage_settings"] as object
        },
        redirect_to_object_storage: true,
        hide_guarded_distributions: false,
        default_content_guard: null,
        default_content_guard_prn: null
      })
      state.domains.set(made.href, made)
      return { status: 201, body: made.shown }
    }
  },
  {
    method: "GET",
    pattern: /^domains\/$/,
    handle: (context) => listed(context, context.state.domains.values(), byName, ({ shown }) => shown)
  }
]

export const publishingRoutes: ReadonlyArray<Route> = [
  {
    method: "POST",
    pattern: /^publications\/rpm\/rpm\/$/,
    handle: (context) => {
      const { body, state } = context
      const version = versionOf(context)
      return postponed(context, {
        name: "pulp_rpm.app.tasks.publishing.publish",
        shared: [state.repositories.get(version.href.replace(/versions\/\d+\/$/, ""))?.prn ?? ""],
        run: () => {
          const made = publish(state, version, body["checkpoint"] === true ? { checkpoint: true } : {})
          const progress = [{ message: "Generating repository metadata", code: "publish.generating_metadata", done: 1 }]
          return { created: [made], result: made.shown, progress }
        }
      })
    }
  },
  {
    method: "GET",
    pattern: /^publications\/rpm\/rpm\/$/,
    handle: (context) =>
      listed(
        context,
        context.state.publications.values(),
        equals<Publication>("repository_version", ({ version }) => version),
        ({ shown }) => shown
      )
  },
  {
    method: "GET",
    pattern: /^publications\/rpm\/rpm\/[^/]+\/$/,
    handle: (context) => {
      const found = context.state.publications.get(context.path)
      if (found === undefined) throw unknown("RpmPublication")
      return { status: 200, body: picked(context, found.shown) }
    }
  },
  ...distributionRoutes,
  ...beside
]
