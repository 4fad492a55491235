/**
 * A build system for a farm that speaks a small HTTP API, written with plain async functions.
 *
 * This is all that an own farm takes. The farm keeps what it was asked under our key, so asking again after a crash finds the
 * first attempt; everything else is translation. `BuildSystem.fromPromises(jobFarm(url))` makes the layer.
 */
import {
  BuildSystemError,
  type Observation,
  type Promises,
  type Submission,
  TaskId
} from "@orch/core/ports/BuildSystem"

/** What the farm says of a job. */
interface Job {
  readonly id: string
  readonly state: "waiting" | "running" | "done" | "broken" | "stopped"
  readonly nvr?: string
  readonly files?: ReadonlyArray<string>
  readonly why?: string
}

const states = { waiting: "free", running: "open", done: "closed", broken: "failed", stopped: "canceled" } as const

export const jobFarm = (url: string): Promises => {
  /** A rejected promise is taken for a farm that is away, and tried again; what is final has to be said. */
  const ask = async <A>(operation: string, method: string, path: string, body?: unknown, signal?: AbortSignal) => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(30_000), ...(signal === undefined ? [] : [signal])])
    })
    if (response.status >= 500) throw new Error(`the farm answers ${response.status}`)
    if (response.ok) return await response.json() as A
    throw new BuildSystemError({
      reason: response.status === 403 ? "refused" : response.status === 404 ? "gone" : "rejected",
      operation,
      message: await response.text()
    })
  }
  const room = (id: string) => `/rooms/${encodeURIComponent(id)}`

  const observation = (task: TaskId, job: Job | undefined): Observation => ({
    task,
    state: job === undefined ? "gone" : states[job.state],
    artifacts: (job?.files ?? []).map((nevra) => ({ nevra, location: `${url}/files/${nevra}.rpm` })),
    ...(job?.nvr === undefined ? {} : { nvr: job.nvr }),
    ...(job?.why === undefined ? {} : { reason: job.why }),
    ...(job === undefined ? {} : { log: `${url}/jobs/${job.id}/log` })
  })

  return {
    capabilities: { name: "jobs", arches: ["x86_64"], platforms: undefined, hints: false, bulk: 100 },

    prepare: async (plan, signal) => {
      const { arches, macros, packages } = plan
      await ask("prepare", "PUT", room(plan.key), { arches, macros, packages }, signal)
      return { key: plan.key, id: plan.key }
    },

    submit: async (buildroot, request, signal): Promise<Submission> => {
      const { component, key, source } = request
      try {
        const answer = await ask<{ readonly id: string; readonly known: boolean }>(
          "submit",
          "POST",
          `${room(buildroot.id)}/jobs`,
          { key, component, source },
          signal
        )
        return { _tag: "Accepted", key, task: TaskId.make(answer.id), adopted: answer.known }
      } catch (error) {
        // What is wrong with this one component must not cost its neighbours.
        if (error instanceof BuildSystemError && error.reason === "rejected") {
          return { _tag: "Rejected", key, reason: error.message }
        }
        throw error
      }
    },

    observe: async (tasks, signal) => {
      if (tasks.length === 0) return []
      const jobs = await ask<ReadonlyArray<Job>>("observe", "POST", "/jobs/query", { ids: tasks }, signal)
      const byId = new Map(jobs.map((job) => [job.id, job]))
      return tasks.map((task) => observation(task, byId.get(task)))
    },

    cancel: async (tasks, signal) => {
      if (tasks.length > 0) await ask("cancel", "POST", "/jobs/stop", { ids: tasks }, signal)
    },

    admit: async (buildroot, builds, signal) => {
      const nvrs = builds.map(({ nvr }) => nvr)
      const { generation } = await ask<{ readonly generation: number }>(
        "admit",
        "POST",
        `${room(buildroot.id)}/packages`,
        { nvrs },
        signal
      )
      return { buildroot: buildroot.id, id: String(generation) }
    },

    observeRepository: async ({ buildroot, id }, signal) => {
      const { ready } = await ask<{ readonly ready: boolean }>(
        "observeRepository",
        "GET",
        `${room(buildroot)}/generations/${encodeURIComponent(id)}`,
        undefined,
        signal
      )
      return ready ? { _tag: "Ready" } : { _tag: "Pending", reason: `generation ${id} is being made` }
    },

    finish: async ({ key }, _outcome, signal) => {
      await ask("finish", "DELETE", room(key), undefined, signal)
    }
  }
}
