/**
 * What a module build does next while it is in `build`: start what may start, have a repository generated, publish, or
 * give up. Called after every event that changes components, so each rule looks at the whole state and none at the past.
 */
import * as NameList from "../NameList.ts"
import * as Change from "./Change.ts"
import * as Component from "./ComponentBuild.ts"
import * as Readiness from "./ComponentReadiness.ts"
import { fail } from "./Failure.ts"

/**
 * The change with everything that follows from it in `build`: components that may start are submitted, built ones get
 * into the buildroot's repository, a complete build is published, and one that has lost a component fails once nothing
 * of it runs any more. `at` is in milliseconds since the epoch.
 */
export const advance = (change: Change.Change, at: number): Change.Change => {
  const components = [...change.build.components.values()]
  const lost = components.filter(Component.isLost)
  if (lost.length > 0) return components.some(Component.isActive) ? change : giveUp(change, lost, at)
  if (components.every(Component.isBuilt)) return publish(change)
  const waits = Readiness.waits(change.build)
  const started = start(change, Readiness.startable(change.build, waits))
  return requestRepository(started, Readiness.admissible(started.build, waits))
}

/** Running components are awaited first: their results are kept for the next attempt. */
const giveUp = (change: Change.Change, lost: ReadonlyArray<Component.ComponentBuild>, at: number): Change.Change =>
  fail(change, `Component(s) ${NameList.shorten(lost.map((component) => component.name))} failed to build.`, at)

const publish = (change: Change.Change): Change.Change =>
  change.build.publishing
    ? change
    : Change.command(Change.progress(change, { publishing: true }), { _tag: "Publish" })

const start = (change: Change.Change, names: ReadonlyArray<string>): Change.Change => {
  if (names.length === 0) return change
  const starting = names.map((name) => change.build.components.get(name)!)
  const marked = Change.components(
    change,
    starting.map((component) => ({
      ...component,
      state: "submitting" as const,
      // Shown until its task is there.
      reason: ["Being submitted to the build system", ...(component.reuse === undefined ? [] : [component.reuse])].join(
        ". "
      )
    }))
  )
  return Change.command(marked, {
    _tag: "SubmitComponents",
    components: starting.map(({ attempt, name }) => ({ name, attempt }))
  })
}

const requestRepository = (change: Change.Change, names: ReadonlyArray<string>): Change.Change =>
  names.length === 0 || change.build.repository !== undefined
    ? change
    : Change.command(
      Change.progress(change, { repository: { components: names, failures: 0 } }),
      { _tag: "RequestRepository", components: names }
    )
