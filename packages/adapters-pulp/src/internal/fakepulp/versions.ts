/** How the fake's repositories change: by versions, each of which follows from the one before. */
import { TaskFailure } from "./FakeAnswer.ts"
import type { Content, FakeState, Repository, Version } from "./FakeState.ts"
import type { Outcome } from "./FakeTasks.ts"
import { publish } from "./publishingRoutes.ts"
import { minus, same, union } from "./sets.ts"

/** Makes the next version of a repository, and lets go of those it is not to keep. */
export const addVersion = (state: FakeState, repository: Repository, content: ReadonlySet<string>): Version => {
  const number = (repository.versions.at(-1)?.number ?? -1) + 1
  const before = repository.versions.at(-1)?.content ?? new Set()
  const made = state.entity("", "core.repositoryversion", {})
  const href = `${repository.href}versions/${number}/`
  const shown = {
    ...made.shown,
    pulp_href: href,
    number,
    repository: repository.href,
    base_version: null,
    content_summary: {
      added: state.summary(minus(content, before), "repository_version_added", href),
      removed: state.summary(minus(before, content), "repository_version_removed", href),
      present: state.summary(content, "repository_version", href)
    },
    vuln_report: `${state.root}vuln_report/?repo_versions=${made.prn}`
  }
  const version: Version = { href, prn: made.prn, shown, number, content, created: String(made.shown["pulp_created"]) }
  repository.versions.push(version)
  const kept = repository.shown["retain_repo_versions"]
  if (typeof kept === "number") repository.versions.splice(0, repository.versions.length - kept)
  return version
}

/** One content of a key: the unit added last, by its time of making, wins silently. */
const withoutTwins = (state: FakeState, content: ReadonlySet<string>, added: ReadonlySet<string>): Set<string> => {
  const chosen = new Map<string, Content>()
  const all = [...content].flatMap((href) => state.content.get(href) ?? [])
  for (const one of all.sort((a, b) => Number(added.has(a.href)) - Number(added.has(b.href)))) {
    chosen.set(`${one.kind} ${one.key}`, one)
  }
  return new Set([...chosen.values()].map(({ href }) => href))
}

/** What a removed module is linked to goes with it, and what an added one is linked to does not come. */
const withModules = (state: FakeState, before: ReadonlySet<string>, after: ReadonlySet<string>): Set<string> => {
  const links = (hrefs: ReadonlySet<string>) =>
    new Set([...hrefs].flatMap((href) => state.content.get(href)?.linked ?? []))
  const removed = minus(links(minus(before, after)), links(after))
  return minus(after, removed)
}

export interface Modification {
  readonly add: ReadonlyArray<string>
  readonly remove: ReadonlyArray<string>
  readonly base?: Version | undefined
  readonly overwrite?: boolean
}

/** What `modify` does, and a copy and a sync in their ends. */
export const modify = (
  state: FakeState,
  repository: Repository,
  { add, base, overwrite, remove }: Modification
): Outcome => {
  const latest = state.latest(repository)
  const start = base?.content ?? latest.content
  const rest = remove.includes("*") ? new Set<string>() : minus(start, new Set(remove))
  const added = new Set(add)
  if (overwrite === false) {
    const keys = new Set([...rest].flatMap((href) => added.has(href) ? [] : [state.content.get(href)?.key]))
    if (add.some((href) => keys.has(state.content.get(href)?.key))) {
      throw new TaskFailure("Content would be overwritten", { error_code: "PLP0024" })
    }
  }
  const content = withModules(state, start, withoutTwins(state, union(rest, added), added))
  // No difference makes no version.
  if (same(content, latest.content)) return { created: [] }
  const version = addVersion(state, repository, content)
  const published = repository.shown["autopublish"] === true ? [publish(state, version, {})] : []
  return {
    created: [version, ...published],
    result: version.shown,
    progress: published.map(() => ({
      message: "Generating repository metadata",
      code: "publish.generating_metadata",
      done: 1
    }))
  }
}
