/** What the world is told when a module build changes. */
import type { MacrosPackage } from "../farm/Buildroot.ts"
import type { Draft } from "../life/Draft.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import { type ModuleBuild, stateNumber } from "./ModuleBuild.ts"

/** Tells of a build's new state, under the topic `module-build.state`. */
export const moduleState = (build: ModuleBuild): Draft => ({
  topic: "module-build.state",
  subject: `module-build/${build.id}`,
  body: {
    id: build.id,
    name: build.plan.name,
    stream: build.plan.stream,
    version: build.plan.version.toString(),
    context: build.plan.context,
    owner: build.plan.owner,
    scratch: build.plan.scratch,
    state: build.state,
    state_number: stateNumber[build.state],
    state_reason: build.reason
  }
})

/** Tells of a component's new state, under the topic `component-build.state`. */
export const componentState = (build: ModuleBuild, component: ComponentBuild): Draft => ({
  topic: "component-build.state",
  subject: `module-build/${build.id}/${component.name}`,
  body: {
    module_build: build.id,
    component: component.name,
    state: component.state,
    state_reason: component.reason,
    attempt: component.attempt,
    task: component.task ?? null,
    nvr: component.nvr ?? null,
    ...(component.calledOff === true ? { called_off: true } : {})
  }
})

/** Tells of the package that gives components their macros as of a component, which is what it is to those who watch. */
export const macrosState = (build: ModuleBuild, { built, name, nvr, task }: MacrosPackage): Draft => ({
  topic: "component-build.state",
  subject: `module-build/${build.id}/${name}`,
  body: {
    module_build: build.id,
    component: name,
    state: built ? "available" : "building",
    state_reason: "",
    attempt: 1,
    task: task ?? null,
    nvr
  }
})

/** Tells what whoever submitted the build should know, under the topic `module-build.remark`. */
export const remark = (
  { id }: ModuleBuild,
  { component, text }: { readonly component?: string; readonly text: string }
): Draft => ({
  topic: "module-build.remark",
  subject: component === undefined ? `module-build/${id}` : `module-build/${id}/${component}`,
  body: { module_build: id, ...(component === undefined ? {} : { component }), reason: text }
})

/** Tells why a component has to be built although another build has it, under the topic `component-build.reuse`. */
export const componentReuse = (build: ModuleBuild, { name, reuse }: ComponentBuild): Draft => ({
  topic: "component-build.reuse",
  subject: `module-build/${build.id}/${name}`,
  body: { module_build: build.id, component: name, reused: false, reason: reuse ?? "" }
})
