/**
 * The programs of the system that the local farm, the tests and the benchmarks run, and the packages they come from.
 *
 * Missing ones are installed with apt-get or dnf by root or through a sudo that asks for no password; anybody else gets
 * one line saying what to install. Only what is missing is installed, and nothing is upgraded.
 */
import { existsSync, readdirSync } from "node:fs"
import { find, run } from "./run.mjs"

const list = (folder) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Where distributions keep the programs of a PostgreSQL server, outside of PATH. */
export const postgresqlFolders = () => [
  ...list("/usr/lib/postgresql").map((version) => `/usr/lib/postgresql/${version}/bin`),
  ...list("/usr").filter((name) => name.startsWith("pgsql-")).map((name) => `/usr/${name}/bin`)
]

/** `optional` ones make tests run that are otherwise skipped with a reason, or have a second best: builds are confined by unshare without bubblewrap. */
const catalogue = [
  { program: "git", group: "farm", apt: "git", dnf: "git-core" },
  { program: "rpmbuild", group: "farm", apt: "rpm", dnf: "rpm-build" },
  { program: "rpm2cpio", group: "farm", apt: "rpm2cpio", dnf: "rpm" },
  { program: "cpio", group: "farm", apt: "cpio", dnf: "cpio" },
  { program: "createrepo_c", group: "farm", apt: "createrepo-c", dnf: "createrepo_c" },
  { program: "dnf", group: "farm", apt: "dnf", dnf: "dnf" },
  { program: "gcc", group: "farm", apt: "gcc", dnf: "gcc" },
  { program: "make", group: "farm", apt: "make", dnf: "make" },
  { file: "/usr/include/stdio.h", what: "C headers", group: "farm", apt: "libc6-dev", dnf: "glibc-devel" },
  { program: "bwrap", what: "bubblewrap", group: "farm", apt: "bubblewrap", dnf: "bubblewrap", optional: true },
  { program: "gpg", group: "signing", apt: "gnupg", dnf: "gnupg2" },
  { program: "rpmsign", group: "signing", apt: "rpm", dnf: "rpm-sign" },
  { program: "initdb", group: "postgresql", apt: "postgresql", dnf: "postgresql-server", optional: true },
  {
    program: "python3",
    probe: ["-c", "import ensurepip, venv"],
    group: "tests",
    apt: "python3-venv",
    dnf: "python3",
    optional: true
  },
  {
    program: "/usr/bin/python3",
    probe: ["-c", "import gi; gi.require_version('Modulemd', '2.0'); from gi.repository import Modulemd"],
    what: "libmodulemd for Python",
    group: "tests",
    apt: "gir1.2-modulemd-2.0 python3-gi python3-six",
    dnf: "python3-libmodulemd",
    optional: true
  },
  {
    program: "/usr/bin/python3",
    probe: ["-c", "import gssapi, rpm"],
    what: "GSSAPI and rpm for Python, which rpkg and the koji client need",
    group: "tests",
    apt: "python3-gssapi python3-rpm",
    dnf: "python3-gssapi python3-rpm",
    optional: true
  },
  {
    program: "/usr/bin/python3",
    probe: ["-c", "import os, sysconfig; os.stat(sysconfig.get_paths()['include'] + '/Python.h')"],
    what: "Python headers, with which a part of rpkg is compiled",
    group: "tests",
    apt: "python3-dev",
    dnf: "python3-devel",
    optional: true
  },
  { program: "krb5-config", group: "tests", apt: "libkrb5-dev", dnf: "krb5-devel", optional: true },
  { program: "openssl", group: "tests", apt: "openssl", dnf: "openssl", optional: true },
  // A browser without windows: a sixth less work in each test, and a fifth less to install.
  {
    program: "chromium-headless-shell",
    or: ["chromium", "chromium-browser", "google-chrome"],
    group: "tests",
    apt: "chromium-headless-shell",
    dnf: "chromium",
    optional: true
  },
  { program: "zsh", group: "tests", apt: "zsh", dnf: "zsh", optional: true },
  { program: "modulemd-validator", group: "bench", apt: "libmodulemd-tools", dnf: "libmodulemd", optional: true }
]

/** A program is there when it, or one that does as well, is found and, where a probe is named, does what the probe asks of it. */
const isThere = async ({ file, or = [], probe, program }) => {
  if (file !== undefined) return existsSync(file)
  if (or.some((other) => find(other) !== undefined)) return true
  const path = program.startsWith("/") ? program : find(program, program === "initdb" ? postgresqlFolders() : [])
  return path !== undefined && (probe === undefined || (await run(path, probe, { timeout: 30_000 })).code === 0)
}

const lacking = async (entries) => {
  const there = await Promise.all(entries.map(isThere))
  return entries.filter((_, i) => !there[i])
}

const installer = () => {
  if (find("apt-get") !== undefined) {
    return {
      name: "apt",
      refresh: ["apt-get", "update", "-qq"],
      install: ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    }
  }
  if (find("dnf") !== undefined) return { name: "dnf", install: ["dnf", "install", "-y", "-q"] }
  return undefined
}

const privilege = async () => {
  if (process.getuid?.() === 0) return []
  if (find("sudo") !== undefined && (await run("sudo", ["-n", "true"])).code === 0) return ["sudo", "-n"]
  return undefined
}

/** Installs what is missing from the groups; resolves to the names of required programs that are missing all the same. */
export const systemPackages = async (groups) => {
  const missing = await lacking(catalogue.filter(({ group }) => groups.includes(group)))
  if (missing.length === 0) return []
  const tool = installer()
  const packages = (entries) => [...new Set(entries.flatMap((entry) => entry[tool?.name ?? "apt"].split(" ")))]
  const prefix = tool === undefined ? undefined : await privilege()
  if (tool !== undefined && prefix !== undefined) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    const call = async (words) => {
      const [command, ...args] = [...prefix, ...words]
      return run(command, args, { env, timeout: 540_000 })
    }
    console.log(`setup: installing ${packages(missing).join(" ")}`)
    if (tool.refresh !== undefined) await call(tool.refresh)
    let result = await call([...tool.install, ...packages(missing)])
    const required = missing.filter(({ optional }) => optional !== true)
    // One package that the distribution does not have must not keep away the others.
    if (result.code !== 0) {
      if (required.length > 0) result = await call([...tool.install, ...packages(required)])
      for (const one of missing.filter(({ optional }) => optional === true)) {
        await call([...tool.install, ...packages([one])])
      }
    }
    if (result.code !== 0) {
      console.error(`setup: ${tool.name} says:\n${result.output.trim().split("\n").slice(-5).join("\n")}`)
    }
  }
  const left = await lacking(missing)
  if (left.length > 0) {
    const how = tool === undefined
      ? packages(left).join(", ")
      : `sudo ${tool.install.slice(0, 2).join(" ")} ${packages(left).join(" ")}`
    const programs = left.map(({ program, what = program }) => what).join(", ")
    console.error(
      `setup: ${programs} not found; ${tool === undefined ? "please install the packages" : "please run"}: ${how}`
    )
  }
  return left.filter(({ optional }) => optional !== true).map(({ program, what = program }) => what)
}
