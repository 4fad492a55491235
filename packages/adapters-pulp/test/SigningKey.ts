/** A key of the test's own, and packages signed with it. */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SmallProcess from "../../../tooling/SmallProcess.ts"

export interface SigningKey {
  readonly fingerprint: string
  /** File with the public key. */
  readonly file: string
  readonly sign: (files: ReadonlyArray<string>) => void
}

/** Why packages cannot be signed here; `undefined` where they can. */
export const missing: string | undefined = SmallProcess.isInstalled("gpg") && SmallProcess.isInstalled("rpmsign")
  ? undefined
  : "gpg and rpmsign are not there"

/** Makes a key in a folder that is removed when the process ends. */
export const make = (): SigningKey => {
  const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-gpg-"))
  const env = { ...process.env, GNUPGHOME: home }
  const gpg = (...args: ReadonlyArray<string>) =>
    SmallProcess.output("gpg", ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...args], {
      env
    })
  process.on("exit", () => {
    ChildProcess.spawnSync("gpgconf", ["--homedir", home, "--kill", "all"])
    Fs.rmSync(home, { recursive: true, force: true })
  })
  gpg("--quick-gen-key", "Tests <tests@example.invalid>", "rsa2048", "sign", "never")
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg("--with-colons", "--list-keys"))![1]!
  const file = Path.join(home, "public.asc")
  Fs.writeFileSync(file, gpg("--armor", "--export", fingerprint))
  return {
    fingerprint,
    file,
    sign: (files) => {
      const macros = { _gpg_name: fingerprint, _gpg_path: home, __gpg: "/usr/bin/gpg", _signature: "gpg" }
      const args = Object.entries(macros).flatMap(([macro, value]) => ["--define", `${macro} ${value}`])
      SmallProcess.output("rpmsign", [...args, "--addsign", ...files], { env })
    }
  }
}

/** The key ids that signed a package, as rpm reads them. */
export const signersOf = (file: string): ReadonlyArray<string> => {
  const form = "%{RSAHEADER:pgpsig} %{SIGPGP:pgpsig}"
  const told = SmallProcess.output("rpm", ["-qp", "--nosignature", "--qf", form, file])
  return [...new Set([...told.matchAll(/Key ID ([0-9a-f]+)/gi)].map(([, id = ""]) => id))]
}
