/** Repositories: made by tasks, asked for by requests from 1.35 on. */
import type { Value } from "../../XmlRpc.ts"
import {
  ancestry,
  date,
  dated,
  fault,
  generic,
  type HubState,
  lastChange,
  needTag,
  newTask,
  nextId,
  type Repo,
  type RepoRequest,
  repoStates,
  seconds
} from "./HubState.ts"
import { loggedIn, method, type Methods, needs, struct } from "./Method.ts"

const modern = (state: HubState): boolean => state.version[1] >= 35

const endEvent = (state: HubState, repo: Repo): number | null => {
  const later = ancestry(state, repo.tag).flatMap((id) => [
    state.tags.get(id)?.changed ?? 0,
    ...state.taggings.filter((row) => row.tag === id).flatMap((row) => [row.created, row.revoked ?? 0])
  ]).filter((event) => event > repo.createEvent)
  return later.length === 0 ? null : Math.min(...later)
}

export const repoRow = (state: HubState, repo: Repo): Record<string, Value> => {
  const common = {
    id: repo.id,
    state: repo.state,
    task_id: repo.task,
    create_event: repo.createEvent,
    create_ts: seconds(state.eventTimes.get(repo.createEvent) ?? repo.created),
    creation_time: date(repo.created),
    dist: false
  }
  if (!modern(state)) return common
  const end = endEvent(state, repo)
  return {
    ...common,
    ...dated("creation", repo.created),
    ...dated("state", repo.created),
    tag_id: repo.tag,
    tag_name: state.tags.get(repo.tag)?.name ?? "",
    task_state: state.tasks.get(repo.task)?.state ?? null,
    begin_event: repo.createEvent,
    begin_ts: common.create_ts,
    end_event: end,
    end_ts: end === null ? null : seconds(state.eventTimes.get(end) ?? 0),
    opts: { src: false, debuginfo: false, separate_src: false, maven: false },
    custom_opts: {}
  }
}

const requestRow = (state: HubState, request: RepoRequest): Value => ({
  id: request.id,
  tag_id: request.tag,
  tag_name: state.tags.get(request.tag)?.name ?? "",
  min_event: request.minEvent,
  at_event: null,
  opts: {},
  priority: 20,
  owner: request.owner.id,
  owner_name: request.owner.name,
  active: request.active,
  tries: request.tries,
  task_id: request.task,
  task_state: request.task === null ? null : state.tasks.get(request.task)?.state ?? null,
  repo_id: request.repo,
  ...dated("create", request.created),
  ...dated("update", request.created)
})

/** The newest repository that can be used, not older than the event. */
export const currentRepo = (state: HubState, tag: number, minEvent = 0): Repo | undefined =>
  [...state.repos.values()].filter((repo) =>
    repo.tag === tag && repo.state === repoStates.READY && repo.createEvent >= minEvent
  ).sort((a, b) => b.createEvent - a.createEvent)[0]

const minEventOf = (state: HubState, tag: number, wanted: Value | undefined): number =>
  wanted === "last" ? lastChange(state, tag) : typeof wanted === "number" ? wanted : 0

export const newRepoTask = (state: HubState, tag: string, owner: RepoRequest["owner"], parent: number | null) =>
  newTask(state, { method: "newRepo", owner, parent, request: [tag], priority: 15 })

/** The task of a request: kojira's own, and of a tag by id and name. */
export const requestedRepoTask = (state: HubState, request: RepoRequest) =>
  newTask(state, {
    method: "newRepo",
    owner: state.users.get("kojira") ?? request.owner,
    parent: null,
    request: [{ id: request.tag, name: state.tags.get(request.tag)?.name ?? "" }, { __starstar: true, opts: {} }],
    priority: 15
  })

export const repoMethods: Methods = {
  getRepo: method("getRepo", "tag, state=, event=, dist=, min_event=", ({ tag, min_event }, { state }) => {
    const repo = currentRepo(state, needTag(state, tag).id, minEventOf(state, 0, min_event))
    return repo === undefined ? null : repoRow(state, repo)
  }),
  repoInfo: method("repo_info", "repo_id, strict=", ({ repo_id }, { state }) => {
    const repo = typeof repo_id === "number" ? state.repos.get(repo_id) : undefined
    return repo === undefined
      ? null
      : { ...repoRow(state, repo), tag_id: repo.tag, tag_name: state.tags.get(repo.tag)?.name ?? "" }
  }),
  newRepo: method("newRepo", "tag, event=, src=, debuginfo=, separate_src=", ({ tag }, context) => {
    const owner = needs(context, "regen-repo", "repo")
    return newRepoTask(context.state, needTag(context.state, tag).name, owner, null).id
  }),
  "repo.get": method("get_repo", "tag, min_event=, at_event=, opts=", ({ tag, min_event }, { state }) => {
    const { id } = needTag(state, tag)
    const repo = currentRepo(state, id, minEventOf(state, id, min_event))
    return repo === undefined ? null : repoRow(state, repo)
  }),
  "repo.request": method(
    "request_repo",
    "tag, min_event=, at_event=, opts=, priority=, force=",
    ({ tag, min_event, opts }, context) => {
      const { state } = context
      const owner = loggedIn(context)
      const { id } = needTag(state, tag)
      const unknown = Object.keys(struct(opts)).find((name) =>
        !["src", "debuginfo", "separate_src", "maven"].includes(name)
      )
      if (unknown !== undefined) throw fault(1019, `Invalid repo option: ${unknown}`)
      const minEvent = minEventOf(state, id, min_event)
      const repo = currentRepo(state, id, minEvent)
      if (repo !== undefined) return { repo: repoRow(state, repo), request: null, duplicate: false }
      const known = [...state.repoRequests.values()].find((each) =>
        each.tag === id && each.active && each.minEvent >= minEvent
      )
      if (known !== undefined) return { repo: null, request: requestRow(state, known), duplicate: true }
      const request: RepoRequest = {
        id: nextId(state),
        tag: id,
        minEvent,
        owner,
        created: state.now(),
        active: true,
        tries: 0,
        task: null,
        repo: null
      }
      state.repoRequests.set(request.id, request)
      return { repo: null, request: requestRow(state, request), duplicate: false }
    }
  ),
  "repo.checkRequest": method("check_repo_request", "req_id", ({ req_id }, { state }) => {
    const request = typeof req_id === "number" ? state.repoRequests.get(req_id) : undefined
    if (request === undefined) throw generic("No such request")
    const repo = request.repo === null ? undefined : state.repos.get(request.repo)
    return { repo: repo === undefined ? null : repoRow(state, repo), request: requestRow(state, request) }
  })
}

/** Methods that came with 1.35. */
export const modernMethods: ReadonlySet<string> = new Set([
  "repo.get",
  "repo.request",
  "repo.checkRequest",
  "tagLastChangeEvent"
])
