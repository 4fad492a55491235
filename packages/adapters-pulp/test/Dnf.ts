/** The stock dnf on published repositories: what a user can install from them, signatures checked where a key is given. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SmallProcess from "../../../tooling/SmallProcess.ts"

/** Why dnf cannot install here; `undefined` where it can. */
export const missing: string | undefined = !SmallProcess.isInstalled("dnf")
  ? "dnf is not there"
  : process.getuid?.() === 0
  ? undefined
  : "installing into a root of its own needs the superuser"

/** Installs into an empty root and answers with the NEVRAs in it, sorted; throws what dnf says otherwise. */
export const install = (
  urls: ReadonlyArray<string>,
  args: ReadonlyArray<string>,
  key?: string
): ReadonlyArray<string> => {
  const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-dnf-"))
  const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME: "/nonexistent" }
  try {
    const options = [
      `--installroot=${root}`,
      ...urls.flatMap((url, index) => [`--repofrompath=r${index},${url}`, `--enablerepo=r${index}`]),
      "--disablerepo=*",
      ...urls.map((_, index) => `--enablerepo=r${index}`),
      "--setopt=module_platform_id=platform:el9",
      "--setopt=reposdir=/nonexistent",
      `--setopt=cachedir=${root}/var/cache/dnf`,
      "--setopt=persistdir=/var/lib/dnf",
      "--setopt=install_weak_deps=False",
      "--releasever=9",
      "--nodocs",
      ...(key === undefined
        ? ["--nogpgcheck"]
        : urls.flatMap((_, index) => [`--setopt=r${index}.gpgcheck=1`, `--setopt=r${index}.gpgkey=file://${key}`]))
    ]
    SmallProcess.output("dnf", ["-y", ...options, ...args], { env, timeout: 300_000 })
    const form = "%{NAME}-%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}.%{ARCH}\\n"
    return SmallProcess.output("rpm", ["--root", root, "-qa", "--qf", form], { env })
      .split("\n").filter((line) => line !== "" && !line.startsWith("gpg-pubkey")).sort()
  } finally {
    Fs.rmSync(root, { recursive: true, force: true })
  }
}
