/** What a Pulp says of itself: components, processes, and the API's own description. */
import type { Answer } from "./FakeAnswer.ts"
import type { FakeState } from "./FakeState.ts"

const components = [
  { component: "core", version: "3.123.1", package: "pulpcore", module: "pulpcore.app", domain_compatible: true },
  {
    component: "certguard",
    version: "3.123.1",
    package: "pulpcore",
    module: "pulp_certguard.app",
    domain_compatible: true
  },
  { component: "file", version: "3.123.1", package: "pulpcore", module: "pulp_file.app", domain_compatible: true },
  { component: "rpm", version: "3.39.4", package: "pulp-rpm", module: "pulp_rpm.app", domain_compatible: true }
]

const versions = Object.fromEntries(components.map(({ component, version }) => [component, version]))

/** `GET status/`, for which nobody has to log in. */
export const status = (state: FakeState, domainEnabled: boolean): Answer => {
  const online = (name: string) => ({ name, last_heartbeat: state.tasks.now(), versions })
  return {
    status: 200,
    body: {
      versions: components,
      online_workers: state.tasks.workers.filter(({ missing }) => !missing).map(({ name }) => online(name)),
      online_api_apps: [online("api@fake")],
      online_content_apps: [online("content@fake")],
      database_connection: { connected: true },
      redis_connection: { connected: false },
      storage: { total: 1e12, used: 1e9, free: 9e11 },
      content_settings: { content_origin: state.contentOrigin, content_path_prefix: "/pulp/content/" },
      domain_enabled: domainEnabled
    }
  }
}

/** `GET docs/api.json`: the paths, and no more. */
export const schema = ({ root }: FakeState): Answer => {
  const paths = [
    "artifacts/",
    "content/rpm/modulemds/",
    "content/rpm/packages/",
    "content/rpm/packages/upload/",
    "distributions/rpm/rpm/",
    "login/",
    "publications/rpm/rpm/",
    "repositories/rpm/rpm/",
    "rpm/comps/",
    "rpm/copy/",
    "rpm/prune/",
    "tasks/",
    "uploads/",
    "workers/"
  ]
  return { status: 200, body: { openapi: "3.0.3", paths: Object.fromEntries(paths.map((path) => [root + path, {}])) } }
}
