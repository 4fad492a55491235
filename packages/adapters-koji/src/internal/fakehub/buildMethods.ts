/** Tasks, builds, tagging, RPMs. */
import type { Value } from "../../XmlRpc.ts"
import { Double } from "../../XmlRpc.ts"
import {
  type Build,
  buildStates,
  dated,
  fault,
  findBuild,
  generic,
  type HubState,
  needBuild,
  newTask,
  nvr,
  packageId,
  type Task,
  taskStates
} from "./HubState.ts"
import { list, loggedIn, method, type Methods, struct, text } from "./Method.ts"

export const taskRow = (task: Task, withRequest: boolean): Record<string, Value> => ({
  id: task.id,
  state: task.state,
  method: task.method,
  arch: task.arch,
  label: task.label,
  parent: task.parent,
  owner: task.owner.id,
  host_id: task.started === null ? null : 1,
  channel_id: 1,
  priority: task.priority,
  weight: new Double(1),
  waiting: null,
  awaited: null,
  ...dated("create", task.created),
  ...dated("start", task.started),
  ...dated("completion", task.completed),
  ...(withRequest ? { request: task.request } : {})
})

export const buildRow = (state: HubState, build: Build): Record<string, Value> => ({
  build_id: build.id,
  cg_id: build.generator === undefined ? null : 1,
  nvr: nvr(build),
  name: build.name,
  version: build.version,
  release: build.release,
  epoch: build.epoch,
  state: build.state,
  task_id: build.task,
  package_id: packageId(state, build.name),
  package_name: build.name,
  owner_id: build.owner.id,
  owner_name: build.owner.name,
  source: build.source,
  extra: build.extra,
  ...dated("start", build.started),
  ...dated("creation", build.created),
  ...dated("completion", build.completed),
  creation_event_id: build.event,
  volume_id: 0,
  volume_name: "DEFAULT",
  ...(state.version[1] >= 34
    ? { draft: false, promoter_id: null, promoter_name: null, promotion_time: null, promotion_ts: null }
    : {})
})

const needTask = (state: HubState, id: Value | undefined): Task => {
  const task = typeof id === "number" ? state.tasks.get(id) : undefined
  if (task === undefined) throw generic(`No such task: ${String(id)}`)
  return task
}

const cancel = (state: HubState, task: Task): void => {
  if (task.completed !== null) return
  task.state = taskStates.CANCELED
  task.completed = state.now()
  for (const build of state.builds.values()) {
    if (build.task === task.id && build.state === buildStates.BUILDING) build.state = buildStates.CANCELED
  }
  for (const child of state.tasks.values()) if (child.parent === task.id) cancel(state, child)
}

const descendents = (state: HubState, id: number, request: boolean): Record<string, Value> => {
  const children = [...state.tasks.values()].filter((task) => task.parent === id)
  const out: Record<string, Value> = { [String(id)]: children.map((child) => taskRow(child, request)) }
  for (const child of children) Object.assign(out, descendents(state, child.id, request))
  return out
}

/** Milliseconds of a time that a caller gave in seconds or as text; nothing given is before everything. */
const timeOf = (time: Value | undefined): number =>
  typeof time === "number"
    ? time * 1000
    : time instanceof Double
    ? time.value * 1000
    : typeof time === "string"
    ? Date.parse(time.replace(" ", "T"))
    : -Infinity

const taskFilter = (opts: Readonly<Record<string, Value | undefined>>) => (task: Task): boolean => {
  const one = (wanted: Value | undefined, actual: Value) => wanted === undefined || list(wanted).includes(actual)
  const time = timeOf(opts.createdAfter)
  return one(opts.state, task.state) && one(opts.method, task.method) && task.created > time &&
    (opts.parent === undefined || one(opts.parent, task.parent)) &&
    (opts.owner === undefined || opts.owner === task.owner.id || opts.owner === task.owner.name) &&
    (opts.not_state === undefined || !list(opts.not_state).includes(task.state))
}

/** `queryOpts`: order by id, offset and limit, or only the count. */
const queried = (rows: ReadonlyArray<Record<string, Value>>, queryOpts: Value | undefined): Value => {
  const { order, offset, limit, countOnly } = struct(queryOpts)
  if (countOnly === true) return rows.length
  const key = text(order).replace("-", "") || "id"
  const sorted = order === undefined
    ? rows
    : [...rows].sort((a, b) => (Number(a[key]) - Number(b[key])) * (text(order).startsWith("-") ? -1 : 1))
  return sorted.slice(Number(offset ?? 0), limit === undefined ? undefined : Number(offset ?? 0) + Number(limit))
}

export const buildMethods: Methods = {
  build: method("build", "src, target, opts=, priority=, channel=", ({ src, target, opts, priority }, context) => {
    const { state } = context
    const owner = loggedIn(context)
    if (typeof src !== "string") {
      throw fault(1019, `Invalid type for value '${String(src)}': ${typeof src}, expected type <class 'str'>`)
    }
    if (typeof priority === "number" && priority < 0 && !owner.permissions.has("admin")) {
      throw fault(1004, "only admins may create high-priority tasks")
    }
    if (state.version[1] < 35 && ![...state.targets.values()].some(({ name }) => name === target)) {
      throw generic(`No such build target: ${String(target)}`)
    }
    return newTask(state, {
      method: "build",
      owner,
      request: [src, target ?? null, opts ?? {}],
      priority: 20 + Number(priority ?? 0)
    }).id
  }),
  cancelTask: method("cancelTask", "task_id, recurse=", ({ task_id }, context) => {
    const user = context.session?.user
    if (user === undefined) throw fault(1004, "Cannot cancel task, not owner")
    const task = needTask(context.state, task_id)
    if (task.owner !== user && !user.permissions.has("admin")) throw fault(1004, "Cannot cancel task, not owner")
    cancel(context.state, task)
    return null
  }),
  cancelBuild: method("cancelBuild", "buildID, strict=", ({ buildID }, context) => {
    loggedIn(context)
    const build = needBuild(context.state, buildID)
    if (build.state !== buildStates.BUILDING) return false
    build.state = buildStates.CANCELED
    if (build.task !== null) cancel(context.state, needTask(context.state, build.task))
    return true
  }),
  getTaskInfo: method("getTaskInfo", "task_id, request=, strict=", ({ task_id, request, strict }, { state }) => {
    const one = (id: Value): Value => {
      const task = typeof id === "number" ? state.tasks.get(id) : undefined
      if (task === undefined && strict === true) throw generic(`No such task: ${String(id)}`)
      return task === undefined ? null : taskRow(task, request === true)
    }
    return Array.isArray(task_id) ? task_id.map(one) : one(task_id ?? null)
  }),
  getTaskChildren: method(
    "getTaskChildren",
    "task_id, request=, strict=",
    ({ task_id, request }, { state }) =>
      [...state.tasks.values()].filter((task) => task.parent === task_id).map((task) => taskRow(task, request === true))
  ),
  getTaskDescendents: method(
    "getTaskDescendents",
    "task_id, request=",
    ({ task_id, request }, { state }) => descendents(state, Number(task_id), request === true)
  ),
  getTaskResult: method("getTaskResult", "task_id, raise_fault=", ({ task_id, raise_fault }, { state }) => {
    const task = needTask(state, task_id)
    if (task.state === taskStates.CANCELED) throw generic(`Task ${task.id} is canceled`)
    if (task.completed === null) throw generic(`Task ${task.id} is not finished`)
    if (task.fault === undefined) return task.result ?? null
    if (raise_fault !== false) throw fault(task.fault.code, task.fault.text)
    return { faultCode: task.fault.code, faultString: task.fault.text }
  }),
  taskFinished: method("taskFinished", "taskId", ({ taskId }, { state }) => {
    const task = typeof taskId === "number" ? state.tasks.get(taskId) : undefined
    if (task === undefined) throw generic("query returned no rows")
    return task.completed !== null
  }),
  listTasks: method("listTasks", "opts=, queryOpts=", ({ opts, queryOpts }, { state }) => {
    const options = struct(opts)
    const rows = [...state.tasks.values()].filter(taskFilter(options)).map((task) => ({
      ...taskRow(task, true),
      owner_name: task.owner.name,
      owner_type: 0,
      result: task.result === undefined ? null : [task.result]
    }))
    return queried(rows, queryOpts)
  }),
  listTaskOutput: method(
    "listTaskOutput",
    "taskID, stat=, all_volumes=, strict=",
    ({ taskID, stat, all_volumes }, { state }) => {
      const output = needTask(state, taskID).output
      const details = (bytes: Buffer): Value => ({
        st_size: String(bytes.byteLength),
        st_mtime: new Double(1_795_300_000)
      })
      if (all_volumes === true) {
        return Object.fromEntries([...output].map(([name, bytes]) => [
          name,
          stat === true ? { DEFAULT: details(bytes) } : ["DEFAULT"]
        ]))
      }
      return stat === true
        ? Object.fromEntries([...output].map(([name, bytes]) => [name, details(bytes)]))
        : [...output.keys()]
    }
  ),
  downloadTaskOutput: method(
    "downloadTaskOutput",
    "taskID, fileName, offset=, size=, volume=",
    ({ taskID, fileName, offset, size }, { state }) => {
      const bytes = needTask(state, taskID).output.get(text(fileName))
      if (bytes === undefined) throw generic(`no file "${text(fileName)}" output by task ${String(taskID)}`)
      const start = Number(offset ?? 0)
      const end = Number(size ?? -1) < 0 ? undefined : start + Number(size)
      return bytes.subarray(start, end).toString("base64")
    }
  ),
  getBuild: method("get_build", "buildInfo, strict=", ({ buildInfo, strict }, { state }) => {
    const build = strict === true ? needBuild(state, buildInfo) : findBuild(state, buildInfo)
    return build === undefined ? null : { ...buildRow(state, build), id: build.id, cg_name: build.generator ?? null }
  }),
  getAverageBuildDuration: method("getAverageBuildDuration", "package, age=", ({ package: name }, { state }) => {
    const took = [...state.builds.values()].flatMap(({ completed, name: one, started, state: built }) =>
      one === name && built === buildStates.COMPLETE && completed !== null ? [completed - started] : []
    )
    return took.length === 0 ? null : new Double(took.reduce((sum, one) => sum + one, 0) / took.length / 1000)
  }),
  listBuilds: method(
    "listBuilds",
    "packageID=, userID=, taskID=, prefix=, state=, volumeID=, source=, createdBefore=, createdAfter=, " +
      "completeBefore=, completeAfter=, type=, typeInfo=, queryOpts=, pattern=, cgID=, draft=",
    ({ packageID, userID, taskID, state: wanted, source, completeAfter, queryOpts }, { state }) =>
      queried(
        [...state.builds.values()].filter((build) =>
          (completeAfter === undefined || completeAfter === null || (build.completed ?? 0) > timeOf(completeAfter)) &&
          (taskID === undefined || taskID === null || list(taskID).includes(build.task)) &&
          (wanted === undefined || wanted === null || build.state === wanted) &&
          (source === undefined || source === null || build.source === source) &&
          (userID === undefined || userID === null || build.owner.id === userID || build.owner.name === userID) &&
          (packageID === undefined || packageID === null || build.name === packageID ||
            packageId(state, build.name) === packageID)
        ).map((build) => buildRow(state, build)),
        queryOpts
      )
  ),
  getBuildLogs: method("getBuildLogs", "build", ({ build }, { state }) => {
    const { name, version, release } = needBuild(state, build)
    const path = `packages/${name}/${version}/${release}/data/logs/noarch`
    return [{ name: "build.log", dir: "noarch", path: `${path}/build.log` }]
  })
}
