/** A Kerberos realm of Debian's krb5-kdc on a free port: users and services, each with a keytab. */
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as DebianTool from "../../../../tooling/DebianTool.ts"
import * as FreePort from "../support/FreePort.ts"

export const tree = await DebianTool.tree("krb5", [
  "krb5-kdc",
  "krb5-admin-server",
  "krb5-user",
  "libkadm5srv-mit12",
  "libkadm5clnt-mit12",
  "libkdb5-10",
  "libgssrpc4",
  "libverto1",
  "libverto-libev1",
  "libev4"
])

/** Waits until something listens. */
export const listening = (port: number): Promise<void> =>
  fetch(`http://127.0.0.1:${port}`).then(
    () => {},
    async (error: Error & { readonly cause?: { readonly code?: string } }) => {
      if (error.cause?.code !== "ECONNREFUSED") return
      await new Promise((resolve) => setTimeout(resolve, 50))
      await listening(port)
    }
  )

export const realm = "ORCH.TEST"

export const start = (root: string, principals: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-test-kdc-"))),
      (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
    )
    const port = yield* Effect.promise(FreePort.find)
    const file = (name: string) => Path.join(directory, name)
    const library = execFileSync("find", [root, "-name", "libkdb5.so.10"], { encoding: "utf8" }).trim().split("\n")[0]!
    const libraries = Path.dirname(library)
    Fs.writeFileSync(
      file("krb5.conf"),
      `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${port}
  }
[dbmodules]
  db_module_dir = ${Path.join(libraries, "krb5/plugins/kdb")}
`
    )
    Fs.writeFileSync(
      file("kdc.conf"),
      `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${realm} = {
    database_name = ${file("principal")}
    key_stash_file = ${file("stash")}
    acl_file = ${file("acl")}
  }
`
    )
    const environment = {
      ...process.env,
      KRB5_CONFIG: file("krb5.conf"),
      KRB5_KDC_PROFILE: file("kdc.conf"),
      LD_LIBRARY_PATH: libraries
    }
    const run = (program: string, ...args: ReadonlyArray<string>) =>
      execFileSync(Path.join(root, program), args, { env: environment, stdio: "pipe" })
    const keytab = (principal: string) => file(`${principal.replaceAll("/", "_")}.keytab`)
    yield* Effect.sync(() => {
      run("usr/sbin/kdb5_util", "create", "-s", "-r", realm, "-P", "master")
      for (const principal of principals) {
        run("usr/sbin/kadmin.local", "-q", `addprinc -randkey ${principal}`)
        run("usr/sbin/kadmin.local", "-q", `ktadd -k ${keytab(principal)} ${principal}`)
      }
    })
    yield* Effect.acquireRelease(
      Effect.sync(() => spawn(Path.join(root, "usr/sbin/krb5kdc"), ["-n"], { env: environment, stdio: "ignore" })),
      (kdc) => Effect.sync(() => kdc.kill())
    )
    yield* Effect.promise(() => listening(port))
    return {
      config: file("krb5.conf"),
      keytab,
      /** Logs in; what a client of that user needs in its environment. */
      login: (user: string): Readonly<Record<string, string>> => {
        const cache = file(`cache-${user}`)
        execFileSync(Path.join(root, "usr/bin/kinit"), ["-k", "-t", keytab(user), "-c", cache, user], {
          env: environment
        })
        return { KRB5_CONFIG: file("krb5.conf"), KRB5CCNAME: cache }
      }
    }
  })
