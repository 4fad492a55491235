/**
 * A small signer: takes what is to be signed, signs it with a GPG key of its own, brings it back.
 *
 *     ORCH_URL=http://127.0.0.1:8080 ORCH_TOKEN=… GNUPGHOME=… node examples/signer/Signer.ts
 *
 * It signs with every secret key that GNUPGHOME has, and looks for work every INTERVAL seconds at most (1). `rpmsign` and `gpg` must be installed.
 */
import { execFile } from "node:child_process"
import { existsSync, promises as fs } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { ServerConnection } from "../builder-node/ServerConnection.ts"

const run = promisify(execFile)

export interface Options {
  readonly url: string
  readonly token: string
  /** Directory of the key ring. */
  readonly keyRing: string
  /** Milliseconds between two questions when there is nothing to do. */
  readonly interval: number
  readonly signal: AbortSignal
}

interface SignTask {
  readonly id: number
  readonly build_id: number
  readonly keyid: string
  readonly packages: ReadonlyArray<{ readonly id: number; readonly name: string; readonly download_url: string }>
}

/** Fingerprints of the secret keys, by key id. */
export const fingerprints = async (keyRing: string): Promise<ReadonlyMap<string, string>> => {
  const { stdout } = await run("gpg", ["--homedir", keyRing, "--batch", "--with-colons", "--list-secret-keys"])
  const found = new Map<string, string>()
  let isKey = false
  for (const line of stdout.split("\n")) {
    const fields = line.split(":")
    if (fields[0] === "sec" || fields[0] === "ssb") isKey = fields[0] === "sec"
    const fingerprint = fields[9]
    if (fields[0] === "fpr" && isKey && fingerprint !== undefined) found.set(fingerprint.slice(-16), fingerprint)
  }
  return found
}

/** Where gpg is: rpm looks for it where its distribution once had it. */
const gpg = (process.env["PATH"] ?? "/usr/bin:/bin").split(":").map((directory) => join(directory, "gpg"))
  .find((path) => existsSync(path)) ?? "/usr/bin/gpg"

/** Packages that one call of rpmsign signs. */
const batch = 50

/** Signs the packages of one task in a directory; what it brings back. */
const sign = async (
  server: ServerConnection,
  task: SignTask,
  fingerprint: string,
  keyRing: string,
  directory: string
) => {
  const paths = new Map(task.packages.map(({ id, name }) => [id, join(directory, String(id), name)]))
  for (const { download_url, id } of task.packages) {
    // Two packages of one name and different architectures have different names; those of one name are one file.
    await fs.mkdir(join(directory, String(id)))
    await server.download(download_url, paths.get(id)!)
  }
  const all = [...paths.values()]
  for (let first = 0; first < all.length; first += batch) {
    await run("rpmsign", [
      "--define",
      `__gpg ${gpg}`,
      "--define",
      `_gpg_name ${fingerprint}`,
      "--define",
      `_gpg_path ${keyRing}`,
      "--define",
      "_gpg_digest_algo sha256",
      "--resign",
      ...all.slice(first, first + batch)
    ])
  }
  const packages = []
  for (const { id, name } of task.packages) {
    const { href, sha256 } = await server.upload(paths.get(id)!, "rpm")
    packages.push({ id, name, fingerprint, href, sha256, type: "rpm" })
  }
  return packages
}

/** Works until the signal. */
export const start = async ({ interval, keyRing, signal, token, url }: Options): Promise<void> => {
  const server = new ServerConnection(url, token)
  const keys = await fingerprints(keyRing)
  const pause = (millis: number): Promise<void> =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis)
      signal.addEventListener("abort", () => {
        clearTimeout(timer)
        resolve()
      }, { once: true })
    })
  while (!signal.aborted) {
    const asked = performance.now()
    // The server answers as soon as there is something; one that does not know `wait` answers at once.
    const task = await server.ask<SignTask | Record<string, never>>(
      "POST",
      "/api/v1/sign-tasks/get_sign_task/",
      { key_ids: [...keys.keys()], wait: 20 },
      signal
    ).catch((cause: unknown) => {
      if (!signal.aborted) console.error(String(cause))
      return {}
    })
    if (!("id" in task)) {
      await pause(Math.max(0, interval - (performance.now() - asked)))
      continue
    }
    const directory = await fs.mkdtemp(join(tmpdir(), `signer-${task.id}-`))
    const fingerprint = keys.get(task.keyid) ?? ""
    const said = await sign(server, task as SignTask, fingerprint, keyRing, directory).then(
      (packages) => ({ build_id: task.build_id, success: true, packages, stats: {} }),
      (cause: unknown) => ({ build_id: task.build_id, success: false, error_message: String(cause) })
    ).finally(() => fs.rm(directory, { recursive: true, force: true }))
    await server.ask("POST", `/api/v1/sign-tasks/${task.id}/complete/`, said)
  }
}

if (import.meta.main) {
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  await start({
    url: process.env["ORCH_URL"] ?? "http://127.0.0.1:8080",
    token: process.env["ORCH_TOKEN"] ?? "",
    keyRing: process.env["GNUPGHOME"] ?? join(process.env["HOME"] ?? "/", ".gnupg"),
    interval: Number(process.env["INTERVAL"] ?? 1) * 1000,
    signal: stop.signal
  })
}
