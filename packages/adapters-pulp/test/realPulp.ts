/**
 * The real Pulp that tests run on: the one at `ORCH_TEST_PULP_URL` (user and password `admin`), or the one that the set-up of
 * `npm test` is making ready and tells of in a file.
 */
import { existsSync, readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

export interface RealPulp {
  readonly url: string
  readonly username: string
  readonly password: string
  /** Where readers find content, where we started it. */
  readonly content?: string
  /** Where its files are, where we started it. */
  readonly home?: string
  /** URL of its database, where we started it. */
  readonly database?: string
}

/** Kills a worker with its task, by Pulp's name of it, which is its process and its machine; throws where it is not of a Pulp that we started. */
export const killWorker = ({ home }: RealPulp, name: string): void => {
  const pid = Number(/^(\d+)@/.exec(name)?.[1])
  if (home === undefined || !readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home)) {
    throw new Error(`${name} is no worker of ours`)
  }
  process.kill(-pid, "SIGKILL")
}

/** How much is to be tried on it. */
export const extent = process.env["ORCH_TEST_PULP"] === "all" ? "whole" : "short"

export type Found = { readonly pulp: RealPulp } | { readonly missing: string }

/** The first set-up installs some fifty projects of PyPI and migrates a database. */
const patienceMillis = 480_000

const awaited = async (file: string): Promise<Found> => {
  const deadline = Date.now() + patienceMillis
  while (!existsSync(file)) {
    if (Date.now() > deadline) return { missing: `no Pulp within ${patienceMillis / 1000} s` }
    await sleep(500)
  }
  const told = JSON.parse(readFileSync(file, "utf8")) as RealPulp | { readonly missing: string }
  return "missing" in told ? told : { pulp: told }
}

/** Never rejects: what is missing is told. */
export const find = (): Promise<Found> => {
  const { ORCH_TEST_PULP_FILE: file = "", ORCH_TEST_PULP_URL: url = "" } = process.env
  if (url !== "") return Promise.resolve({ pulp: { url, username: "admin", password: "admin" } })
  return file === ""
    ? Promise.resolve({ missing: "no real Pulp: npm test starts one, ORCH_TEST_PULP_URL names another" })
    : awaited(file)
}
