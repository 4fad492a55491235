/**
 * What of this machine a confined program sees: its programs and libraries, and of `/etc` what is no secret and programs
 * ask for. Everything else, other users' files first of all, is not there.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

export interface VisiblePlatform {
  /** Folders and files that are shown where they are on this machine, read-only. */
  readonly shown: ReadonlyArray<string>
  /** Symbolic links, with their targets. */
  readonly links: ReadonlyArray<readonly [path: string, target: string]>
}

/** Beside `/usr`; on most machines links into it. */
const folders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

const configuration = [
  "alternatives",
  "ca-certificates",
  "crypto-policies",
  "debian_version",
  "fonts",
  "groff",
  "inputrc",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "login.defs",
  "lsb-release",
  "magic",
  "magic.mime",
  "maven",
  "mime.types",
  "nsswitch.conf",
  "os-release",
  "perl",
  "pki/ca-trust",
  "pki/java",
  "pki/tls/cert.pem",
  "pki/tls/certs",
  "pki/tls/openssl.cnf",
  "protocols",
  "python3",
  "redhat-release",
  "rpc",
  "rpm",
  "services",
  "sgml",
  "shells",
  "ssl/certs",
  "ssl/openssl.cnf",
  "system-release",
  "terminfo",
  "texmf",
  "timezone",
  "xdg",
  "xml"
]

/** The same for what has a version in its name: `/usr/lib/jvm` is full of links to it. */
const versioned = /^(java|jvm)(-|$)/

/** What programs keep outside of both: TeX its formats. */
const elsewhere = ["/var/lib/texmf"]

/** What names are looked up with, for programs that may use the network. */
const resolution = ["gai.conf", "host.conf", "resolv.conf"]

const kindOf = (path: string): "directory" | "file" | undefined => {
  const stat = Fs.statSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() === true ? "directory" : stat?.isFile() === true ? "file" : undefined
}

/** Looks at this machine. */
export const find = (network: boolean): VisiblePlatform => {
  const links: Array<readonly [string, string]> = []
  const shown = ["/usr"]
  for (const path of folders.map((name) => `/${name}`)) {
    const stat = Fs.lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink() === true) links.push([path, Fs.readlinkSync(path)])
    else if (stat?.isDirectory() === true) shown.push(path)
  }
  const names = [...configuration, ...Fs.readdirSync("/etc").filter((name) => versioned.test(name))]
  const files = [...names, ...(network ? resolution : [])].map((name) => Path.posix.join("/etc", name))
  return { shown: [...shown, ...[...files, ...elsewhere].filter((path) => kindOf(path) !== undefined)], links }
}

/** Whether a mount point for it must be a folder or a file. */
export const isDirectory = (path: string): boolean => kindOf(path) === "directory"

/** Writes the few files of `/etc` that a confined program has of its own; answers them with where they appear. */
export const writeOwn = (scratch: string, uid: number): ReadonlyArray<readonly [from: string, to: string]> => {
  const files: Readonly<Record<string, string>> = {
    passwd:
      `root:x:0:0:root:/:/bin/sh\nbuild:x:${uid}:${uid}:build:/build/home:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n`,
    group: `root:x:0:\nbuild:x:${uid}:\nnobody:x:65534:\n`,
    hosts: "127.0.0.1 localhost\n::1 localhost\n"
  }
  const directory = Path.join(scratch, "etc")
  Fs.mkdirSync(directory, { recursive: true })
  return Object.entries(files).map(([name, text]) => {
    const path = Path.join(directory, name)
    Fs.writeFileSync(path, text)
    return [path, `/etc/${name}`] as const
  })
}
