/** How a module build ends without a result: nothing of it goes on in the build system, and all that is built is kept. */
import * as Change from "./Change.ts"
import * as Component from "./ComponentBuild.ts"
import * as Handover from "./Handover.ts"

/** Ends the build without a result; whatever the farm still does for it is called off. */
export const fail = (start: Change.Change, reason: string, at: number): Change.Change => {
  if (start.build.plan.ownedBy !== undefined) {
    const called = Handover.calledOff(start)
    return Change.moveTo(Change.progress(called, { publishing: false }), "failed", reason, at)
  }
  const active = [...start.build.components.values()].filter(Component.isActive)
  const canceled = Change.components(
    start,
    active.map((component) => ({
      ...component,
      state: "canceled" as const,
      calledOff: true,
      open: false,
      reason,
      finishedAt: at
    }))
  )
  const { repository: _, ...build } = canceled.build
  const failed = Change.moveTo({ ...canceled, build: { ...build, publishing: false } }, "failed", reason, at)
  const tasks = active.flatMap((component) => component.task ?? [])
  const called = tasks.length === 0 ? failed : Change.command(failed, { _tag: "CancelTasks", tasks })
  // In `wait` a preparation may have begun that nobody has heard of yet.
  const idle = start.build.buildroot === undefined && start.build.state !== "wait"
  return idle ? called : Change.command(called, { _tag: "Finish", succeeded: false })
}
