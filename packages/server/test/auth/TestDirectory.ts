/** A directory of Debian's slapd on a free port, with the entries of a test. */
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as DebianTool from "../../../../tooling/DebianTool.ts"
import * as FreePort from "../support/FreePort.ts"
import { listening } from "./TestKdc.ts"

export const tree = await DebianTool.tree("slapd", [
  "slapd",
  "libodbc2",
  "libltdl7",
  "libldap-2.5-0",
  "libsasl2-2",
  "libargon2-1"
])

export const base = "dc=orch,dc=test"
export const manager = { dn: `cn=manager,${base}`, password: "secret" }

/** `open` says whether those who do not say who they are may read. */
export const start = (root: string, entries: string, open = true) =>
  Effect.gen(function*() {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-test-ldap-"))),
      (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
    )
    const file = (name: string) => Path.join(directory, name)
    const modules = Path.join(root, "usr/lib/ldap")
    const schema = (name: string) => `include ${Path.join(root, `etc/ldap/schema/${name}.schema`)}`
    Fs.mkdirSync(file("data"))
    Fs.writeFileSync(
      file("slapd.conf"),
      [
        ...["core", "cosine", "nis"].map(schema),
        `modulepath ${modules}`,
        "moduleload back_mdb",
        "database mdb",
        `suffix "${base}"`,
        `rootdn "${manager.dn}"`,
        `rootpw ${manager.password}`,
        `directory ${file("data")}`,
        ...(open ? ["access to * by * read"] : ["access to * by anonymous auth by * none"]),
        ""
      ].join("\n")
    )
    Fs.writeFileSync(
      file("entries.ldif"),
      `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\no: test\ndc: orch\n\n${entries}`
    )
    const libraries = execFileSync("find", [root, "-name", "libodbc.so.2"], { encoding: "utf8" }).trim().split("\n")[0]!
    const environment = { ...process.env, LD_LIBRARY_PATH: Path.dirname(libraries) }
    const slapd = Path.join(root, "usr/sbin/slapd")
    yield* Effect.sync(() =>
      execFileSync(slapd, ["-Tadd", "-f", file("slapd.conf"), "-l", file("entries.ldif")], {
        env: environment,
        stdio: "pipe"
      })
    )
    const port = yield* Effect.promise(FreePort.find)
    const url = `ldap://127.0.0.1:${port}`
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(slapd, ["-d", "0", "-f", file("slapd.conf"), "-h", url], { env: environment, stdio: "ignore" })
      ),
      (server) => Effect.sync(() => server.kill())
    )
    yield* Effect.promise(() => listening(port))
    return { url }
  })
