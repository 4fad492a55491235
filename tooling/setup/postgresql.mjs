/**
 * Finds or starts the PostgreSQL server that the tests use, each suite in a database of its own.
 *
 * In this order: `ORCH_TEST_DATABASE_URL`; a private cluster in a temporary folder on a free port that lives as long as the tests and
 * waits for no disk; a server on 127.0.0.1:5432 that trusts user `postgres`. Without any of them the suites say that they skip.
 */
import { chownSync, mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { find, run } from "./run.mjs"
import { postgresqlFolders } from "./system-packages.mjs"

const url = (port) => `postgres://postgres@127.0.0.1:${port}/postgres`

/** Whether a server there lets user `postgres` in without a password: the first answer to the startup message says so. */
export const trusts = (port) =>
  new Promise((resolve) => {
    const parameters = Buffer.from("user\0postgres\0database\0postgres\0\0")
    const startup = Buffer.alloc(8 + parameters.length)
    startup.writeInt32BE(startup.length, 0)
    startup.writeInt32BE(196_608, 4) // protocol 3.0
    parameters.copy(startup, 8)
    const socket = connect(port, "127.0.0.1", () => socket.write(startup))
    const end = (answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(3_000, () => end(false))
    socket.once("data", (data) => end(data.length >= 9 && data[0] === 0x52 && data.readInt32BE(5) === 0))
    socket.once("error", () => end(false))
    socket.once("close", () => end(false))
  })

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** PostgreSQL refuses to run as root: root lends the work to the system's user `postgres`. */
const asServer = async (command, args, cwd) => {
  if (process.getuid?.() !== 0) return run(command, args, { cwd, timeout: 120_000 })
  return run("runuser", ["-u", "postgres", "--", command, ...args], { cwd, timeout: 120_000 })
}

const nothing = { env: {}, stop: async () => {} }

const startPrivate = async (place) => {
  const folders = postgresqlFolders()
  const initdb = find("initdb", folders)
  const control = find("pg_ctl", folders)
  if (initdb === undefined || control === undefined) return nothing
  const folder = mkdtempSync(join(place, "orch-postgresql-"))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (process.getuid?.() === 0) {
    const { code, output } = await run("id", ["-u", "postgres"])
    if (code !== 0) return remove(), nothing
    chownSync(folder, Number(output), -1)
  }
  const data = join(folder, "data")
  const port = await freePort()
  const made = await asServer(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], folder)
  const options =
    `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${folder} -c max_connections=200`
    // Nobody needs what it holds once the machine has stopped.
    + " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_wal_size=512MB"
  const started = made.code === 0
    ? await asServer(control, ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"], folder)
    : made
  if (started.code !== 0) {
    console.error(
      `setup: could not start a PostgreSQL for the tests: ${started.output.trim().split("\n").at(-1) ?? ""}`
    )
    remove()
    return nothing
  }
  console.log(
    `setup: started PostgreSQL for the tests on port ${port} as ${
      process.getuid?.() === 0 ? "postgres" : userInfo().username
    }`
  )
  return {
    env: { ORCH_TEST_DATABASE_URL: url(port) },
    stop: async () => {
      await asServer(control, ["-D", data, "-m", "immediate", "stop"], folder)
      remove()
    }
  }
}

/**
 * Resolves to the environment that names the server, empty when there is none, the address of one that stays when the tests have
 * ended, if there is one, and how to stop what was started. A private cluster is made below `place`.
 */
export const postgresql = async (place = tmpdir()) => {
  const given = process.env["ORCH_TEST_DATABASE_URL"] ?? ""
  if (given !== "") return { ...nothing, lasting: given }
  const lasting = (await trusts(5432)) ? url(5432) : undefined
  const own = await startPrivate(place)
  if (own.env.ORCH_TEST_DATABASE_URL !== undefined) return { ...own, lasting }
  return { ...nothing, env: lasting === undefined ? {} : { ORCH_TEST_DATABASE_URL: lasting }, lasting }
}
