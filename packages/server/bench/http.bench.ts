/**
 * What requests cost the server, on PostgreSQL and with its log written to a file: one build of 20 components against Fastify that
 * asks the same of the database (at least 0.5 of its speed), `/health/live` against Node.js alone (at least 0.6), and what a line of
 * the log for each request adds (at most 5 %).
 *
 * Both sides take turns, so that they meet the same machine; a ratio is the median of those of the turns. They are of processor time for
 * each request, which is what a process can answer on a processor of its own; requests a second are what came of it here, beside the client.
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import * as TestRepository from "../test/scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as SpecFile from "../test/support/SpecFile.ts"
import * as TestServer from "../test/support/TestServer.ts"
import * as HttpLoad from "./HttpLoad.ts"
import * as ServerProcess from "./ServerProcess.ts"

const rounds = 9
/** Milliseconds that one side is asked before it is the other one's turn. */
const turn = 800
/** Pairs of turns with and without the log, which differ by little, and milliseconds of each. */
const [logPairs, logTurn] = [150, 80]
const components = Array.from({ length: 20 }, (_, index) => `c${index}`)

/** Starts a peer; its address and its process. */
const peer = (kind: "raw" | "fastify", database: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "HttpPeer.ts"), kind], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], DATABASE_URL: database }
  })
  return new Promise<{ readonly url: string; readonly pid: number; readonly stop: () => void }>((resolve, reject) => {
    child.once("error", reject).once("exit", (code) => reject(new Error(`${kind} ended with ${code}`)))
    child.stdout.setEncoding("utf8").once(
      "data",
      (port: string) =>
        resolve({ url: `http://127.0.0.1:${port.trim()}`, pid: child.pid!, stop: () => child.kill("SIGKILL") })
    )
  })
}

interface Side {
  readonly url: string
  readonly pid: number
  readonly path: string
}

/** Turn by turn, each side first as often as the other, after turns that are not counted. */
const inTurns = async (ours: Side, theirs: Side): Promise<readonly [own: Loads, other: Loads]> => {
  const both: readonly [Array<HttpLoad.Load>, Array<HttpLoad.Load>] = [[], []]
  for (let round = -2; round < rounds; round++) {
    const sides = [...[ours, theirs].entries()]
    for (const [index, { path, pid, url }] of round % 2 === 0 ? sides : sides.reverse()) {
      const load = await HttpLoad.run(url, pid, path, { milliseconds: turn })
      if (round >= 0) both[index]!.push(load)
    }
  }
  return both
}

/** A server with its log and without it, which differ by less than two turns of a second each do on any machine. */
const withAndWithoutLog = async ({ path, pid, url }: Side): Promise<readonly [logged: Loads, silent: Loads]> => {
  // Code is compiled and caches fill.
  await HttpLoad.run(url, pid, path)
  let isLogging = true
  const log = (wanted: boolean): void => {
    if (wanted !== isLogging) process.kill(pid, "SIGUSR2")
    isLogging = wanted
  }
  // With, without, without, with: whatever grows or shrinks meanwhile adds as much to either.
  const isLogged = (turn: number): boolean => turn % 4 === 0 || turn % 4 === 3
  const begin = (turn: number): void => log(isLogged(turn))
  const loads = await HttpLoad.turns(url, pid, path, { begin, count: 2 * logPairs, milliseconds: logTurn })
  log(true)
  return [loads.filter((_, turn) => isLogged(turn)), loads.filter((_, turn) => !isLogged(turn))]
}

type Loads = ReadonlyArray<HttpLoad.Load>

/** Of all requests of these turns: the system tells the processor's time of a busy process some milliseconds late. */
const overall = (loads: Loads): number => {
  const counted = loads.filter(({ requests }) => requests > 0)
  return counted.reduce((sum, { cost, requests }) => sum + cost * requests, 0)
    / counted.reduce((sum, { requests }) => sum + requests, 0)
}

/** What is done in some hundred milliseconds with both; a median of them does not see when the machine did something else. */
const inGroups = (some: Loads, others: Loads): ReadonlyArray<number> =>
  Array.from({ length: Math.floor(some.length / 2) }, (_, group) => {
    const [one, other] = [some, others].map((loads) => overall(loads.slice(2 * group, 2 * group + 2))) as [
      number,
      number
    ]
    return one / other
  }).filter(Number.isFinite)

const costs = (loads: Loads): ReadonlyArray<number> => loads.map(({ cost }) => cost)

const shown = (loads: Loads): string => {
  const [cost, rate, p99] = (["cost", "rate", "p99"] as const).map((key) =>
    BenchLine.median(loads.filter(({ requests }) => requests > 0).map((load) => load[key]))
  ) as [number, number, number]
  return `${cost.toFixed(0)} µs of processor, ${rate.toFixed(0)}/s, p99 ${p99.toFixed(1)} ms`
}

const compare = async (what: string, ours: Side, name: string, theirs: Side, aim: number): Promise<void> => {
  const [own, other] = await inTurns(ours, theirs)
  const ratio = BenchLine.medianRatio(costs(other), costs(own))
  BenchLine.print({
    what,
    ours: shown(own),
    against: `${name} ${shown(other)}`,
    ...BenchLine.atLeast(ratio, aim)
  })
}

/** A build of twenty components that was canceled, so that nothing happens to it any more; its number. */
const submit = async (url: string): Promise<number> => {
  const began = await fetch(`${url}/orch/v1/module-builds/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      yaml_modulemd: TestServer.modulemd(
        Object.fromEntries(components.map((name, at) => [name, [`buildorder: ${at % 4}`]]))
      )
    })
  })
  if (began.status !== 201) throw new Error(`submission: ${began.status} ${await began.text()}`)
  const [{ id }] = await began.json() as [{ readonly id: number }]
  await fetch(`${url}/orch/v1/module-builds/${id}/cancel`, { method: "POST" })
  // What follows in the background is done by then.
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  return id
}

const measure = async (database: string): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), "orch-bench-"))
  const git = join(root, "git")
  for (const name of components) {
    TestRepository.make(join(git, "rpms", name)).commit({ [`${name}.spec`]: SpecFile.make(name) })
  }
  const log = openSync(join(root, "log"), "a")
  const settings = {
    ORCH_DATA_DIR: join(root, "data"),
    ORCH_SCM_ALLOW: `file://${git}`,
    ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
    ORCH_ALLOW_YAML: "true",
    ORCH_PLATFORMS: "el9",
    DATABASE_URL: database
  }
  const server = await ServerProcess.start(settings, log, join(import.meta.dirname, "SwitchedLogServer.ts"))
  const peers = [await peer("raw", database), await peer("fastify", database)] as const
  try {
    const id = await submit(server.url)
    const at = (path: string): Side => ({ url: server.url, pid: server.pid, path })
    const [raw, fastify] = peers
    const build = at(`/orch/v1/module-builds/${id}`)
    const [logged, quiet] = await withAndWithoutLog(build)
    BenchLine.print({
      what: "HTTP, a line of the log for each request",
      ours: shown(logged),
      against: `without a log ${shown(quiet)}`,
      ...BenchLine.atMost(BenchLine.median(inGroups(logged, quiet)), 1.05)
    })
    await compare("HTTP, /health/live", at("/health/live"), "Node.js alone", { ...raw, path: "/health/live" }, 0.6)
    await compare(
      "HTTP, one build of 20 components",
      build,
      "Fastify",
      { ...fastify, path: `/module-builds/${id}` },
      0.5
    )
  } finally {
    for (const { stop } of peers) stop()
    await server.stop()
    closeSync(log)
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

if (skippedServer === undefined) {
  await Effect.runPromise(
    Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) => Effect.promise(() => measure(url))))
  )
} else console.log(`skipped, ${skippedServer}`)
