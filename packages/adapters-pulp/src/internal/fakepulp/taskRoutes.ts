/** Tasks, groups and workers. */
import { randomUUID } from "node:crypto"
import { invalid, unknown } from "./FakeAnswer.ts"
import { type Context, equals, type Filter, listed, picked, postponed, required, type Route } from "./FakeContext.ts"
import type { Task, Worker } from "./FakeTasks.ts"

const taskOf = ({ path, state }: Context): Task => {
  const found = state.tasks.all.find(({ href }) => href === path)
  if (found === undefined) throw unknown("Task")
  return found
}

const taskFilters: Readonly<Record<string, Filter<Task>>> = {
  ...equals("pulp_href", ({ href }) => href),
  ...equals("state", ({ state }) => state),
  ...equals("name", ({ work }) => work.name),
  logging_cid: ({ correlation }, value) => correlation === value
}

const group = ({ state }: Context, href: string) => {
  const found = state.groups.get(href)
  if (found === undefined) throw unknown("TaskGroup")
  const tasks = state.tasks.all.filter(({ work }) => work.group === href)
  const states = ["waiting", "skipped", "running", "completed", "canceled", "failed", "canceling"]
  return {
    ...found.shown,
    ...Object.fromEntries(states.map((name) => [name, tasks.filter(({ state }) => state === name).length])),
    group_progress_reports: [],
    tasks: tasks.map((task) => {
      const { created_resources: _, error: __, result: ___, ...minimal } = state.tasks.show(task)
      return minimal
    })
  }
}

export const taskRoutes: ReadonlyArray<Route> = [
  {
    method: "GET",
    pattern: /^tasks\/$/,
    handle: (context) => {
      const { tasks } = context.state
      return listed(context, tasks.all, taskFilters, (task) => tasks.show(task))
    }
  },
  {
    method: "GET",
    pattern: /^tasks\/[^/]+\/$/,
    handle: (context) => ({ status: 200, body: picked(context, context.state.tasks.show(taskOf(context))) })
  },
  {
    method: "PATCH",
    pattern: /^tasks\/[^/]+\/$/,
    handle: (context) => {
      const task = taskOf(context)
      if (context.body["state"] !== "canceled") {
        throw invalid({ state: ["The only acceptable value for 'state' is 'canceled'."] })
      }
      const fine = context.state.tasks.cancel(task)
      return { status: fine ? 200 : 409, body: context.state.tasks.show(task) }
    }
  },
  {
    method: "POST",
    pattern: /^tasks\/purge\/$/,
    handle: (context) => {
      const { tasks } = context.state
      const before = String(context.body["finished_before"] ?? tasks.now())
      return postponed(context, {
        name: "pulpcore.app.tasks.purge.purge",
        run: () => {
          const kept = tasks.all.filter(({ finished }) => finished === null || finished >= before)
          tasks.all.splice(0, tasks.all.length, ...kept)
          return {}
        }
      })
    }
  },
  {
    method: "GET",
    pattern: /^task-groups\/[^/]+\/$/,
    handle: (context) => ({ status: 200, body: group(context, context.path) })
  },
  {
    method: "GET",
    pattern: /^workers\/$/,
    handle: (context) => {
      const { root, tasks } = context.state
      const filters: Readonly<Record<string, Filter<Worker>>> = {
        online: ({ missing }, value) => String(!missing) === value,
        missing: ({ missing }, value) => String(missing) === value
      }
      return listed(context, tasks.workers, filters, ({ name }) => ({
        pulp_href: `${root}workers/${randomUUID()}/`,
        prn: `prn:core.appstatus:${randomUUID()}`,
        pulp_created: tasks.now(),
        pulp_last_updated: tasks.now(),
        name,
        last_heartbeat: tasks.now(),
        versions: { rpm: "3.39.4", core: "3.123.1" },
        current_task: tasks.all.find(({ state, worker }) =>
          worker === name && (state === "running" || state === "canceling")
        )?.href ?? null
      }))
    }
  },
  {
    method: "POST",
    pattern: /^rpm\/prune\/$/,
    handle: (context) => {
      const { body, correlation, state } = context
      required(body, "repo_hrefs")
      const hrefs = body["repo_hrefs"] as ReadonlyArray<string>
      if (hrefs.length === 0) throw invalid({ repo_hrefs: ["Must not be []."] })
      const made = state.entity("task-groups/", "core.taskgroup", {
        description: "Prune old Packages.",
        all_tasks_dispatched: false
      })
      const { pulp_created: _, pulp_last_updated: __, ...shown } = made.shown
      state.groups.set(made.href, { ...made, shown })
      for (const name of ["prune_packages", "prune_repo_packages"]) {
        const run = () => ({ progress: [{ message: "Pruning old Packages", code: "rpm.package.prune", done: 1 }] })
        state.tasks.dispatch({ name: `pulp_rpm.app.tasks.prune.${name}`, group: made.href, run }, correlation)
      }
      return { status: 202, body: { task_group: made.href } }
    }
  }
]
