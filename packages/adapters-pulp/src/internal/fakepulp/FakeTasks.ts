/**
 * The fake's tasks: queued with the resources they lock, run a little later, and lost with a worker where a test wants that.
 *
 * As in the real one, a task whose worker is gone stays running, and canceling after a cancel, and holds what it locks until the
 * worker is cleaned up.
 */
import { randomUUID } from "node:crypto"
import { TaskFailure } from "./FakeAnswer.ts"

export interface Outcome {
  readonly created?: ReadonlyArray<{ readonly href: string; readonly prn: string }>
  readonly result?: unknown
  readonly progress?: ReadonlyArray<{ readonly message: string; readonly code: string; readonly done: number }>
}

export interface Work {
  readonly name: string
  /** Locked for it alone. */
  readonly exclusive?: ReadonlyArray<string>
  readonly shared?: ReadonlyArray<string>
  readonly group?: string
  readonly run: () => Outcome
}

export interface Task {
  readonly href: string
  readonly id: string
  readonly work: Work
  readonly correlation: string
  readonly created: string
  state: string
  started: string | null
  finished: string | null
  error: unknown
  outcome: Outcome
  /** The worker that runs it. */
  worker: string | undefined
}

export interface Worker {
  readonly name: string
  missing: boolean
}

const ended = new Set(["completed", "failed", "canceled", "skipped"])

export class FakeTasks {
  readonly all: Array<Task> = []
  readonly workers: Array<Worker> = [{ name: "1@fake", missing: false }, { name: "2@fake", missing: false }]
  /** Milliseconds from dispatch to start, and from start to end. */
  readonly stepMillis: number
  readonly domain: string
  private readonly root: string
  private held = false
  private closed = false
  private last = 0

  constructor(root: string, stepMillis: number, domain: string) {
    this.root = root
    this.stepMillis = stepMillis
    this.domain = domain
  }

  /** Times that grow with each call, as one millisecond has room for several tasks. */
  now(): string {
    this.last = Math.max(Date.now() * 1000, this.last + 1)
    return new Date(this.last / 1000).toISOString().replace(/Z$/, `${String(this.last % 1000).padStart(3, "0")}Z`)
  }

  dispatch(work: Work, correlation: string): Task {
    const id = randomUUID()
    const task: Task = {
      id,
      href: `${this.root}tasks/${id}/`,
      work,
      correlation,
      created: this.now(),
      state: "waiting",
      started: null,
      finished: null,
      error: null,
      outcome: {},
      worker: undefined
    }
    this.all.push(task)
    this.later()
    return task
  }

  /** Running tasks stay so until `release`. */
  hold(): void {
    this.held = true
  }

  release(): void {
    this.held = false
    this.later()
  }

  /** The worker of a running task is gone; another takes what comes next. */
  killWorker(): void {
    const task = this.all.find(({ state, worker }) => state === "running" && worker !== undefined)
    const worker = this.workers.find(({ name }) => name === (task?.worker ?? this.workers[0]!.name))!
    worker.missing = true
    this.workers.push({ name: `${this.workers.length + 1}@fake`, missing: false })
  }

  /** What Pulp does some minutes later: forgets missing workers and ends their tasks. */
  cleanUp(): void {
    for (const task of this.all) {
      if (!this.isOrphan(task)) continue
      const canceled = task.state === "canceling"
      this.finish(task, canceled ? "canceled" : "failed", canceled ? null : { reason: "Worker has gone missing." })
    }
    this.workers.splice(0, this.workers.length, ...this.workers.filter(({ missing }) => !missing))
    this.later()
  }

  cancel(task: Task): boolean {
    if (ended.has(task.state)) return task.state === "canceled"
    const waited = task.state === "waiting"
    task.state = "canceling"
    if (waited || !this.isOrphan(task)) {
      this.timer(() => {
        if (task.state === "canceling") this.finish(task, "canceled", null)
      })
    }
    return true
  }

  close(): void {
    this.closed = true
  }

  private isOrphan(task: Task): boolean {
    return !ended.has(task.state) && this.workers.some(({ missing, name }) => missing && name === task.worker)
  }

  private finish(task: Task, state: string, error: unknown): void {
    task.state = state
    task.error = error
    task.finished = this.now()
    this.later()
  }

  private timer(then: () => void): void {
    setTimeout(() => {
      if (!this.closed) then()
    }, this.stepMillis)
  }

  private later(): void {
    this.timer(() => this.schedule())
  }

  /** In the order of dispatch; what waits for a lock holds back later tasks that want the same. */
  private schedule(): void {
    const exclusive = new Set<string>()
    const shared = new Set<string>()
    const busy = new Set(this.all.filter(({ state }) => state === "running").map(({ worker }) => worker))
    for (const task of this.all) {
      if (ended.has(task.state)) continue
      const own = task.work.exclusive ?? []
      const others = task.work.shared ?? []
      const free = own.every((one) => !exclusive.has(one) && !shared.has(one)) &&
        others.every((one) => !exclusive.has(one))
      if (task.state === "waiting" && free) {
        const worker = this.workers.find(({ missing, name }) => !missing && !busy.has(name))
        if (worker !== undefined) {
          busy.add(worker.name)
          this.begin(task, worker.name)
        }
      }
      for (const one of own) exclusive.add(one)
      for (const one of others) shared.add(one)
    }
  }

  private begin(task: Task, worker: string): void {
    task.state = "running"
    task.started = this.now()
    task.worker = worker
    const end = (): void => {
      if (task.state !== "running" || this.isOrphan(task)) return
      if (this.held) return this.timer(end)
      try {
        task.outcome = task.work.run()
        this.finish(task, "completed", null)
      } catch (error) {
        const told = error instanceof TaskFailure ? error.error : new TaskFailure(String(error)).error
        this.finish(task, "failed", told)
      }
    }
    this.timer(end)
  }

  /** As the API shows it. */
  show(task: Task): Record<string, unknown> {
    const created = task.outcome.created ?? []
    return {
      pulp_href: task.href,
      prn: `prn:core.task:${task.id}`,
      pulp_created: task.created,
      pulp_last_updated: task.created,
      state: task.state,
      name: task.work.name,
      logging_cid: task.correlation,
      created_by: `${this.root}users/1/`,
      unblocked_at: task.started,
      started_at: task.started,
      finished_at: task.finished,
      error: task.error,
      worker: null,
      parent_task: null,
      child_tasks: [],
      task_group: task.work.group ?? null,
      progress_reports: (task.outcome.progress ?? []).map((one) => ({
        ...one,
        state: "completed",
        total: one.done,
        suffix: null
      })),
      created_resources: created.map(({ href }) => href),
      created_resource_prns: created.map(({ prn }) => prn),
      reserved_resources_record: [
        ...task.work.exclusive ?? [],
        ...[...task.work.shared ?? [], this.domain].map((one) => `shared:${one}`)
      ],
      result: task.outcome.result ?? null,
      pulp_api_version: "v3"
    }
  }
}
