/**
 * A real Pulp for the tests and the demo: on loopback, on free ports, with processes that end with ours.
 *
 * Its set-up takes a minute or two the first time, so it is begun while other tests run; what came of it is written to a file
 * that the tests of Pulp wait for. Where it cannot be had, the file says why, and those tests say that they skip.
 */
import { spawn } from "node:child_process"
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { prepare } from "./pulp/environment.mjs"
import { isAlive } from "./run.mjs"

const upMillis = 120_000
const workers = 2

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const commandLine = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8")
  } catch {
    return ""
  }
}

/**
 * One run at a time uses a folder. Processes that a killed run left behind are known by their numbers and by the folder in their
 * command lines, and are ended.
 */
const lock = (home) => {
  const path = join(home, "lock.json")
  const holder = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { pid: 0, children: [] }
  if (holder.pid > 0 && holder.pid !== process.pid && isAlive(holder.pid)) {
    throw new Error(`process ${holder.pid} uses the Pulp in ${home}`)
  }
  for (const pid of holder.children) if (commandLine(pid).includes(home)) process.kill(-pid, "SIGKILL")
  const note = (children) => writeFileSync(path, JSON.stringify({ pid: process.pid, children }))
  note([])
  return { note, unlock: () => rmSync(path, { force: true }) }
}

const start = (home, env, name, program, args) => {
  const log = openSync(join(home, `${name}.log`), "a")
  const child = spawn(program, args, { cwd: home, env, stdio: ["ignore", log, log], detached: true })
  closeSync(log)
  child.on("error", () => {})
  return child
}

/** Its worker processes run tasks in children, so the whole group is ended. */
const end = async (children) => {
  const signal = (child, name) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has ended.
    }
  }
  const running = () => children.some((child) => child.exitCode === null && child.signalCode === null)
  // SIGINT asks workers to leave their tasks; SIGTERM would let them finish.
  for (const child of children) signal(child, "SIGINT")
  for (let i = 0; i < 50 && running(); i++) await sleep(100)
  for (const child of children) signal(child, "SIGKILL")
}

const isUp = async (url) => {
  try {
    const status = await (await fetch(`${url}/pulp/api/v3/status/`, { signal: AbortSignal.timeout(5_000) })).json()
    return status.database_connection.connected && status.online_api_apps.length > 0 &&
      status.online_content_apps.length > 0 && status.online_workers.length >= workers
  } catch {
    return false
  }
}

/**
 * Starts a Pulp whose files are in `home`, on a database of the PostgreSQL server at the URL. Resolves to `{ pulp, stop }`, where
 * `pulp` has `url`, `content`, `username`, `password`, `home` and the URL of its `database`; rejects with the
 * reason, also when the signal comes before.
 */
export const startPulp = async (home, databaseUrl, signal) => {
  mkdirSync(home, { recursive: true })
  const { note, unlock } = lock(home)
  const children = []
  let isEnding = false
  const stop = async () => {
    isEnding = true
    await end(children)
    unlock()
  }
  try {
    const [contentPort, apiPort] = [await freePort(), await freePort()]
    const { bin, database, env } = await prepare(home, databaseUrl, contentPort, signal)
    const run = (name, program, ...args) => {
      const child = start(home, env, name, join(bin, program), args)
      children.push(child)
      note(children.map(({ pid }) => pid))
      return child
    }
    run("content", "pulpcore-content", "--bind", `127.0.0.1:${contentPort}`, "--workers", "1")
    run("api", "pulpcore-api", "--bind", `127.0.0.1:${apiPort}`, "--workers", "2")
    // A worker that a test kills begins again, as a service would.
    const work = (name) => {
      const child = run(name, "pulpcore-worker")
      child.once("exit", () => setTimeout(() => isEnding || work(name), 1000))
    }
    for (let index = 1; index <= workers; index++) work(`worker-${index}`)
    const url = `http://127.0.0.1:${apiPort}`
    const deadline = Date.now() + upMillis
    while (!(await isUp(url))) {
      signal?.throwIfAborted()
      if (Date.now() > deadline) throw new Error(`Pulp did not come up within ${upMillis / 1000} s; see ${home}/*.log`)
      await sleep(300)
    }
    const content = `http://127.0.0.1:${contentPort}/pulp/content/`
    return { pulp: { url, content, username: "admin", password: "admin", home, database }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const write = (path, value) => {
  writeFileSync(`${path}.part`, JSON.stringify(value))
  renameSync(`${path}.part`, path)
}

/**
 * Begins without waiting. `env` names the file that will say what came of it: the `pulp` of `startPulp`, or `{ missing }` with the
 * reason. `ORCH_TEST_PULP=0` asks for none, `all` for the long run of its tests.
 */
export const pulpInBackground = (root, databaseUrl) => {
  const home = process.env["ORCH_TEST_PULP_HOME"] ?? join(root, "node_modules/.cache/pulp")
  mkdirSync(home, { recursive: true })
  const file = join(home, `pulp-${process.pid}.json`)
  const ending = new AbortController()
  const begun = process.env["ORCH_TEST_PULP"] === "0"
    ? Promise.reject(new Error("ORCH_TEST_PULP is 0"))
    : databaseUrl === undefined
    ? Promise.reject(new Error("there is no PostgreSQL"))
    : startPulp(home, databaseUrl, ending.signal)
  const settled = begun.then(
    ({ pulp, stop }) => {
      write(file, pulp)
      console.log(`setup: a Pulp for the tests answers at ${pulp.url}`)
      return stop
    },
    (error) => {
      write(file, { missing: error.message })
      if (!ending.signal.aborted) console.log(`setup: no real Pulp for the tests: ${error.message}`)
      return async () => {}
    }
  )
  return {
    env: { ORCH_TEST_PULP_FILE: file },
    stop: async () => {
      ending.abort()
      await (await settled)()
      rmSync(file, { force: true })
    }
  }
}
