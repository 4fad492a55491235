/**
 * The promise of the main job: servers may be killed at any moment, and nothing is lost and nothing built twice.
 *
 * One run submits modules side by side while servers are killed at random moments, waits until all builds have ended, and
 * answers what went wrong.
 */
import * as FileLock from "@orch/server/programs/FileLock"
import * as ProcessIdentity from "@orch/server/programs/ProcessIdentity"
import * as Subprocess from "@orch/server/programs/Subprocess"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as FaultDistGit from "./FaultDistGit.ts"
import * as FaultServers from "./FaultServers.ts"

export interface Options {
  readonly root: string
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly processes: number
  readonly modules: number
  /** At most; fewer when all builds have ended before. */
  readonly kills: number
  /** Milliseconds from a server's first answer to its death, at most. */
  readonly pace: number
  /** Milliseconds after which builds that have not ended count as lost. */
  readonly patience: number
  /** Builds are killed as well, half as often; such a build may be begun again, and all must still get ready. */
  readonly killsBuilds?: boolean
  /** Servers are killed with the containers they are in, and builds with them; such a build, too, may be begun again. */
  readonly inContainers?: boolean
  readonly report?: (line: string) => void
}

export interface Outcome {
  readonly problems: ReadonlyArray<string>
  readonly kills: number
  readonly seconds: number
  readonly log: string
}

interface Build {
  readonly state: string
  readonly state_reason: string
  readonly trace: ReadonlyArray<{ readonly state: string }>
  readonly components: ReadonlyArray<{ readonly name: string; readonly state: string; readonly attempt: number }>
}

/** Kills one runner of the local farm with all that it started, if one runs. */
const killBuild = (dataDir: string): void => {
  const tasks = Path.join(dataDir, "farm/tasks")
  if (!Fs.existsSync(tasks)) return
  const running = Fs.readdirSync(tasks).map((task) => FileLock.holder(Path.join(tasks, task, "runner")))
    .filter((holder) => holder !== undefined && ProcessIdentity.isAlive(holder))
  const one = running[Math.floor(Math.random() * running.length)]
  if (one !== undefined) Subprocess.killGroup(one.pid)
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const ended = (state: string) => state === "ready" || state === "failed"
const expectedTrace = "init wait build done ready"

export const run = async (options: Options): Promise<Outcome> => {
  const began = performance.now()
  const report = options.report ?? (() => {})
  const distGit = FaultDistGit.make(options.root, options.modules)
  const servers = await FaultServers.start({ ...options, distGit })
  let kills = 0
  let done = false

  const killing = (async () => {
    // The first moments are when the schema is made; those are as good as any, but something must be up once.
    await servers.request("/health/ready")
    while (!done && kills < options.kills) {
      await servers.killOne(options.pace)
      if (options.killsBuilds === true && kills % 2 === 0) killBuild(options.dataDir)
      kills += 1
      if (kills % 10 === 0) report(`${kills} kills, ${distGit.ledger().length} steps of builds`)
    }
  })()

  const submit = async (url: string): Promise<number> => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ scmurl: url })
    }
    const { body, status } = await servers.request("/rida/module-builds/", init)
    if (status !== 201) throw new Error(`submission of ${url} was answered ${status}: ${JSON.stringify(body)}`)
    return (body as { readonly id: number }).id
  }

  const follow = async (url: string): Promise<Build> => {
    const id = await submit(url)
    for (;;) {
      const build = (await servers.request(`/orch/v1/module-builds/${id}`)).body as Build
      if (ended(build.state)) return build
      if (performance.now() - began > options.patience) return build
      await pause(2_000)
    }
  }

  const problems: Array<string> = []
  try {
    const builds = await Promise.all(distGit.modules.map(({ url }) => follow(url)))
    done = true
    await killing
    for (const [index, build] of builds.entries()) {
      const { name } = distGit.modules[index]!
      if (build.state !== "ready") {
        const where = build.components.map((one) => `${one.name}=${one.state}`).join(" ")
        problems.push(`${name} is in ${build.state}: ${build.state_reason} (${where})`)
        continue
      }
      const trace = build.trace.map(({ state }) => state).join(" ")
      if (trace !== expectedTrace) problems.push(`${name} went through ${trace}`)
    }
    const list = (await servers.request("/rida/module-builds/?limit=1000")).body as ReadonlyArray<unknown>
    if (list.length !== options.modules) problems.push(`${options.modules} submissions made ${list.length} builds`)
  } finally {
    done = true
    await killing.catch(() => {})
    await servers.stop()
  }
  problems.push(
    ...FaultDistGit.problems(distGit).filter((one) =>
      !(options.killsBuilds === true || options.inContainers === true) || !one.endsWith(" times")
    )
  )
  return { problems, kills, seconds: Math.round((performance.now() - began) / 1000), log: servers.log }
}
