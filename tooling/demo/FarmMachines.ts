/** The machines of the demo's farm: build nodes and a signer, a program each, as they would run elsewhere. */
import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, openSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const examples = join(import.meta.dirname, "../../examples")

export interface Machine {
  readonly stop: () => Promise<void>
}

/** Starts a program of the examples; what it says is in `NAME.log`. */
const start = (directory: string, name: string, file: string, env: Readonly<Record<string, string>>): Machine => {
  const log = openSync(join(directory, `${name}.log`), "a")
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(examples, file)], {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...env },
    stdio: ["ignore", log, log],
    detached: true
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()))
  process.once("exit", () => child.kill("SIGKILL"))
  return {
    stop: async () => {
      child.kill("SIGTERM")
      const patience = setTimeout(() => child.kill("SIGKILL"), 5_000)
      await ended
      clearTimeout(patience)
    }
  }
}

/** A build node of this name. */
export const node = (directory: string, url: string, name: string, token: string): Machine =>
  start(directory, name, "builder-node/BuilderNode.ts", { ORCH_URL: url, ORCH_TOKEN: token })

/** The signer. */
export const signer = (directory: string, url: string, token: string, keyRing: string): Machine =>
  start(directory, "signer", "signer/Signer.ts", {
    ORCH_URL: url,
    ORCH_TOKEN: token,
    GNUPGHOME: keyRing
  })

export interface Key {
  readonly keyRing: string
  /** Forty hexadecimal digits. */
  readonly fingerprint: string
  /** File with the public key, for those who install. */
  readonly publicKey: string
}

/** Makes a GPG key in a key ring of its own. */
export const makeKey = (directory: string): Key => {
  const keyRing = join(directory, "keys")
  mkdirSync(keyRing, { mode: 0o700 })
  const gpg = (...args: ReadonlyArray<string>) =>
    execFileSync("gpg", ["--homedir", keyRing, "--batch", "--passphrase", "", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    })
  gpg("--quick-generate-key", "Demo farm <farm@example.org>", "rsa3072", "sign", "never")
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-secret-keys"))?.[1] ?? ""
  const publicKey = join(directory, "RPM-GPG-KEY-demo")
  writeFileSync(publicKey, gpg("--armor", "--export", fingerprint))
  return { keyRing, fingerprint, publicKey }
}
