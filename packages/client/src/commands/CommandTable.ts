/**
 * All commands of `orch` by name: what each is for, and how to load it. The help of `orch` is printed from here without
 * loading any of them, because loading is nearly all the time it would take.
 */

/** What `orch` is for, in the first line of its help. */
export const summary = "Orchestrates the builds of interdependent packages"

/** One line for each command, in the order of the help; `CommandTree` knows how each is loaded. */
export const summaries = {
  "module-build": "Submit, look at and steer module builds",
  build: "Submit, look at and steer package builds",
  release: "Bring packages of builds to production repositories, and take them back",
  repository: "Look after production repositories",
  sign: "Have package builds signed",
  test: "Tests of built packages",
  impact: "List what would have to be rebuilt at most if something changed, in tiers, and why each",
  campaign: "Rebuild what depends on a change, and steer that",
  trace: "What components were built from, and results that are taken no more",
  graph: "What depends on what, and why",
  gate: "What gates decide and why, and waivers of tests",
  bus: "What message brokers are told and what they bring",
  history: "What branches pointed to, and what was built from outdated commits",
  notices: "How you are told when something of yours fails",
  distro: "Distributions, and the builds in them",
  modulemd: "Validate, normalize, merge and query module metadata: see orch modulemd --help",
  plan: "Show what would be built for a module, and why, without a server",
  context: "Compute the context hashes and build system names of resolved modules",
  repo: "Find and record repositories",
  node: "Storage nodes and build nodes",
  search: "Find builds, packages, releases, repositories, nodes and owners by one text",
  log: "Logs by line: what went wrong first, and finding in them",
  farm: "See what the farm has and what waits for it",
  login: "Remember a server and a login: asks for a token, or reads it from standard input",
  logout: "Forget a server and the login there",
  profile: "Servers and logins that are remembered",
  koji: "Look after Koji hubs",
  pulp: "Look after Pulp servers",
  "dead-letters": "Commands of builds that need a hand"
} as const

/** The name of a command of `orch`. */
export type Name = keyof typeof summaries

/** What `--log-level` can be. */
export const logLevels = ["all", "trace", "debug", "info", "warn", "warning", "error", "fatal", "none"] as const

/** The names of all commands, in the order of the help. */
export const names = Object.keys(summaries) as ReadonlyArray<Name>
