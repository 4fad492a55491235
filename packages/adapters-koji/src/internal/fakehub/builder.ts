/**
 * The builders of the fake hub: tasks move on as time passes, looked at whenever somebody calls.
 *
 * No timers: a test that stops calling leaves nothing running. What a component's build comes to is asked of `Workshop`.
 */
import type { Value } from "../../XmlRpc.ts"
import {
  ancestry,
  type Build,
  buildStates,
  findTag,
  type HubState,
  needBuild,
  needTag,
  newTask,
  nextEvent,
  nextId,
  nvr,
  parseNvr,
  policyFault,
  repoStates,
  tagBuildNow,
  type Task,
  taskStates
} from "./HubState.ts"
import { regenerate, serveRequests } from "./kojira.ts"
import { list, struct, text } from "./Method.ts"
import { currentRepo, newRepoTask } from "./repoMethods.ts"

/** What comes of one build. */
export type Outcome = "complete" | "fail" | "fail-srpm" | "hang"

export interface Workshop {
  /** For the component's name, as taken from the end of its source. */
  readonly outcome: (component: string, source: string) => Outcome
  readonly version: (component: string) => { readonly version: string; readonly release: string }
  /** Whether the next repository of this tag fails. */
  readonly repositoryFails: (tag: string) => boolean
  /** Between the steps of a component's task, of which a build takes four. */
  readonly stepMillis: (component: string) => number
  readonly repositoryMillis: number
  /** Whether repositories are made without being asked for, as kojira does. */
  readonly automaticRepositories: boolean
  /** Whether kojira runs and serves the queue of repository requests. */
  readonly kojira: boolean
}

/** What builders fetch from; anything else is to them the path of an uploaded source package. */
const isScm = (source: string): boolean =>
  /^(cvs|cvs\+ssh|git|git\+(http|https|rsync|ssh)|svn|svn\+(http|https|ssh)):\/\//.test(source)

/** `git+https://host/rpms/hello#abc` and `cli-build/1/hello-1-1.src.rpm` both build `hello`. */
export const componentOf = (source: string): string => {
  const srpm = /([^/]+)\.src\.rpm$/.exec(source)?.[1]
  if (srpm !== undefined) return parseNvr(srpm)?.name ?? srpm
  return (/\/([^/#?]+?)(?:\.git)?\/?(?:[?#].*)?$/.exec(source)?.[1] ?? source).replace(/[^A-Za-z0-9._+-]/g, "_")
}

const finish = (state: HubState, task: Task, result: Value): void => {
  task.state = taskStates.CLOSED
  task.completed = state.now()
  task.result = result
}

const failTask = (state: HubState, task: Task, code: number, message: string): void => {
  task.state = taskStates.FAILED
  task.completed = state.now()
  task.fault = { code, text: message }
}

const child = (state: HubState, parent: Task, name: string, request: ReadonlyArray<Value>, label: string): Task => {
  const task = newTask(state, { method: name, owner: parent.owner, parent: parent.id, request, label, priority: 19 })
  task.state = taskStates.OPEN
  task.started = state.now()
  // Its parent moves it.
  task.due = Infinity
  return task
}

/** A source package says its version; others get `%dist` from the macros package in their buildroot, as real ones do. */
const versionOf = (
  state: HubState,
  task: Task,
  component: string,
  source: string,
  workshop: Workshop
): { readonly version: string; readonly release: string } => {
  const srpm = /([^/]+)\.src\.rpm$/.exec(source)?.[1]
  const named = srpm === undefined ? undefined : parseNvr(srpm)
  if (named !== undefined) return named
  const { release, version } = workshop.version(component)
  const target = [...state.targets.values()].find((each) => each.name === task.request[1])
  // Of several, the one in the nearest tag is installed, and in one tag the one that was tagged last.
  const macros = (target === undefined ? [] : ancestry(state, target.buildTag)).flatMap((tag) =>
    state.taggings.filter((row) => row.tag === tag && row.revoked === undefined).toReversed()
  ).map((row) => state.builds.get(row.build)).find((build) => build?.name === "module-build-macros")
  return { version, release: macros === undefined ? release : `${release}.${macros.release.slice(2)}` }
}

/** Builders write down where they fetched from, without the user. */
const keptSource = (source: string): string => source.replace(/^([a-z+]+:\/\/)[^/@]+@/, "$1")

const initBuild = (
  state: HubState,
  task: Task,
  component: string,
  source: string,
  workshop: Workshop
): Build | undefined => {
  const { release, version } = versionOf(state, task, component, source, workshop)
  const known = [...state.builds.values()].find((build) => nvr(build) === nvr({ name: component, version, release }))
  const opts = struct(task.request[2])
  const extra = {
    source: { original_url: source },
    ...(opts.custom_user_metadata === undefined ? {} : { custom_user_metadata: opts.custom_user_metadata })
  }
  if (known !== undefined) {
    // A failed or canceled build that was never tagged is recycled: same id, new task.
    if (known.state !== buildStates.FAILED && known.state !== buildStates.CANCELED) {
      failTask(
        state,
        task,
        1000,
        `Build already exists (id=${known.id}, state=${known.state}): {'name': '${component}'}`
      )
      return undefined
    }
    Object.assign(known, {
      state: buildStates.BUILDING,
      task: task.id,
      owner: task.owner,
      source: keptSource(source),
      extra,
      completed: null
    })
    return known
  }
  const build: Build = {
    id: nextId(state),
    name: component,
    version,
    release,
    epoch: null,
    state: buildStates.BUILDING,
    task: task.id,
    owner: task.owner,
    source: keptSource(source),
    extra,
    event: nextEvent(state),
    started: state.now(),
    created: state.now(),
    completed: null,
    generator: undefined,
    token: undefined
  }
  state.builds.set(build.id, build)
  return build
}

/** What a repository of a tag offers: the packages of the newest build of each package there. */
const offered = (state: HubState, tag: number): ReadonlyArray<number> => {
  const tags = ancestry(state, tag)
  const newest = new Map<string, number>()
  for (const row of state.taggings) {
    const build = state.builds.get(row.build)
    if (build !== undefined && row.revoked === undefined && tags.includes(row.tag)) newest.set(build.name, build.id)
  }
  const builds = new Set(newest.values())
  return state.rpms.filter(({ arch, build }) => arch !== "src" && builds.has(build)).map(({ id }) => id)
}

const addRpms = (state: HubState, build: Build, arches: ReadonlyArray<string>, buildroot: number): void => {
  for (const arch of ["src", ...arches]) {
    state.rpms.push({
      id: nextId(state),
      build: build.id,
      name: build.name,
      version: build.version,
      release: build.release,
      arch,
      size: 6000 + build.name.length,
      buildroot
    })
  }
}

/** The event from which on repositories have the builds that a task was told to wait for. */
const neededEvent = (state: HubState, tag: number, opts: Readonly<Record<string, Value | undefined>>): number => {
  if (opts.wait_repo !== true) return 0
  const tags = ancestry(state, tag)
  const wanted = list(opts.wait_builds).map((one) => needBuild(state, one).id)
  const rows = state.taggings.filter((row) =>
    tags.includes(row.tag) && wanted.includes(row.build) && row.revoked === undefined
  )
  return Math.max(0, ...rows.map(({ created }) => created))
}

const stepBuild = (state: HubState, task: Task, workshop: Workshop): void => {
  const source = text(task.request[0])
  const component = componentOf(source)
  const target = [...state.targets.values()].find((each) => each.name === task.request[1])
  const opts = struct(task.request[2])
  const outcome = workshop.outcome(component, source)
  const own = [...state.builds.values()].find((build) => build.task === task.id)
  switch (task.step) {
    case 0: {
      task.state = taskStates.OPEN
      task.started = state.now()
      const denied = policyFault(state, isScm(source) ? "build_from_scm" : "build_from_srpm", task.owner)
      if (denied !== undefined) return failTask(state, task, denied.code, denied.text)
      if (!isScm(source) && !source.endsWith(".src.rpm")) {
        return failTask(state, task, 1005, `Invalid source specification: ${source}`)
      }
      if (target === undefined) failTask(state, task, 1000, `No such build target: ${text(task.request[1])}`)
      else if (
        currentRepo(state, target.buildTag, neededEvent(state, target.buildTag, opts)) === undefined &&
        ![...state.tasks.values()].some((each) => each.parent === task.id && each.completed === null)
      ) {
        // Without a repository of the build tag, or one that has what it was told to wait for, a build waits for one.
        newRepoTask(state, state.tags.get(target.buildTag)?.name ?? "", task.owner, task.id)
        task.step = -1
      }
      return
    }
    case 1: {
      const isSrpm = source.endsWith(".src.rpm")
      const srpm = child(state, task, isSrpm ? "rebuildSRPM" : "buildSRPMFromSCM", [
        source,
        target?.buildTag ?? null,
        {}
      ], "srpm")
      if (outcome === "fail-srpm") {
        failTask(state, srpm, 1005, `BuildError: error building srpm, mock exited with status 1`)
        return failTask(state, task, 1005, srpm.fault?.text ?? "")
      }
      const { version, release } = versionOf(state, task, component, source, workshop)
      const name = isSrpm ? source.split("/").at(-1) : `${nvr({ name: component, version, release })}.src.rpm`
      finish(state, srpm, { srpm: `tasks/${srpm.id % 10_000}/${srpm.id}/${name}`, logs: [], brootid: 1 })
      initBuild(state, task, component, source, workshop)
      return
    }
    case 2: {
      if (outcome === "hang") {
        task.due = Infinity
        return
      }
      const arches = outcome === "complete" ? ["noarch"] : ["x86_64"]
      for (const arch of arches) {
        const arched = child(state, task, "buildArch", [source, target?.buildTag ?? null, arch, true, {}], arch)
        arched.output.set("build.log", Buffer.from(`building ${component} for ${arch}\n${outcome}\n`))
        if (outcome !== "fail") {
          finish(state, arched, { rpms: [], srpms: [], logs: ["build.log"], brootid: 1 })
          continue
        }
        failTask(
          state,
          arched,
          1005,
          `BuildError: error building package (arch ${arch}), mock exited with status 1; see build.log for more information`
        )
        if (own !== undefined) own.state = buildStates.FAILED
        return failTask(state, task, 1005, arched.fault?.text ?? "")
      }
      if (own !== undefined) {
        const { buildTag } = target ?? {}
        // A task has one buildroot here, so its number is that of the task.
        state.buildroots.set(task.id, buildTag === undefined ? [] : offered(state, buildTag))
        addRpms(state, own, arches, task.id)
        own.state = buildStates.COMPLETE
        own.completed = state.now()
        nextEvent(state)
      }
      return
    }
    default: {
      const into = target === undefined ? undefined : state.tags.get(target.destTag)
      if (opts.skip_tag !== true && into !== undefined && own !== undefined) {
        const tagging = child(state, task, "tagBuild", [into.id, own.id, false, null, true], "tag")
        tagBuildNow(state, into, own)
        finish(state, tagging, null)
      }
      finish(state, task, null)
    }
  }
}

const stepRepo = (state: HubState, task: Task, workshop: Workshop): void => {
  const tag = findTag(state, task.request[0])
  if (tag === undefined) return failTask(state, task, 1000, `No such tagInfo: ${text(task.request[0])}`)
  if (task.step === 0) {
    task.state = taskStates.OPEN
    task.started = state.now()
    const id = nextId(state)
    // The event that ends the history the repository shows.
    const createEvent = nextEvent(state)
    state.repos.set(id, { id, tag: tag.id, task: task.id, state: repoStates.INIT, createEvent, created: state.now() })
    task.due = state.now() + workshop.repositoryMillis
    return
  }
  const repo = [...state.repos.values()].find((each) => each.task === task.id)
  if (repo === undefined || workshop.repositoryFails(tag.name)) {
    if (repo !== undefined) repo.state = repoStates.PROBLEM
    return failTask(state, task, 1000, "createrepo exited with status 1; see createrepo.log for more information")
  }
  repo.state = repoStates.READY
  finish(state, task, [repo.id, repo.createEvent])
}

const stepTag = (state: HubState, task: Task): void => {
  try {
    tagBuildNow(state, needTag(state, task.request[0]), needBuild(state, task.request[1]))
    finish(state, task, null)
  } catch (cause) {
    const { code, text: message } = cause as { code: number; text: string }
    failTask(state, task, code, message)
  }
}

/** Moves everything on that is due. */
export const advance = (state: HubState, workshop: Workshop): void => {
  if (workshop.kojira && workshop.automaticRepositories) regenerate(state)
  for (let moved = true; moved;) {
    moved = workshop.kojira && serveRequests(state)
    for (const task of state.tasks.values()) {
      if (task.completed !== null || task.due > state.now()) continue
      moved = true
      // Builders work on by themselves: whoever looks late sees all steps that were due meanwhile.
      const pause = workshop.stepMillis(componentOf(text(task.request[0])))
      task.due += pause
      if (task.method === "build") stepBuild(state, task, workshop)
      else if (task.method === "newRepo") stepRepo(state, task, workshop)
      else if (task.method === "tagBuild" && task.parent === null) stepTag(state, task)
      else {
        task.due = Infinity
        continue
      }
      task.step += 1
      if (pause === 0 && task.method === "build") task.due = state.now() + 1
    }
  }
}
