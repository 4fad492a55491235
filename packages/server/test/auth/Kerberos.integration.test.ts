/** Kerberos from the ticket to the build: a realm of Debian's, a directory of groups, rpkg and curl as they are. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { execFile, spawnSync } from "node:child_process"
import { join } from "node:path"
import * as KerberosPackage from "../../../../tooling/KerberosPackage.ts"
import * as KerberosPrincipal from "../../src/auth/KerberosPrincipal.ts"
import * as MbsServer from "../mbs/MbsServer.ts"
import * as RpkgClient from "../mbs/RpkgClient.ts"
import * as TestDirectory from "./TestDirectory.ts"
import * as TestKdc from "./TestKdc.ts"

const library = await KerberosPackage.prepare()
const missing = [library, TestKdc.tree, TestDirectory.tree, RpkgClient.client].flatMap((one) =>
  "missing" in one ? [one.missing] : []
)
if (!/GSS-API|SPNEGO/.test(spawnSync("curl", ["--version"], { encoding: "utf8" }).stdout ?? "")) {
  missing.push("curl does not know Negotiate")
}
const rootOf = (tree: typeof TestKdc.tree): string => "root" in tree ? tree.root : ""

const groups = `dn: ou=groups,${TestDirectory.base}
objectClass: organizationalUnit
ou: groups

dn: cn=packager,ou=groups,${TestDirectory.base}
objectClass: posixGroup
cn: packager
gidNumber: 1
memberUid: alice
`

const run = (program: string, args: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) =>
  new Promise<string>((resolve, reject) =>
    execFile(
      program,
      args,
      { timeout: 120_000, env: { ...process.env, LC_ALL: "C.UTF-8", ...environment } },
      (error, stdout, stderr) => error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`))
    )
  )

const python = async (environment: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>): Promise<any> => {
  const program = "program" in RpkgClient.client ? RpkgClient.client.program : "false"
  const said = await run(program, [join(import.meta.dirname, "KerberosProgram.py"), ...args], environment)
  return JSON.parse(said.trim().split("\n").at(-1)!)
}

describe(`Kerberos${missing.length === 0 ? "" : ` [skipped: ${missing.join("; ")}]`}`, () => {
  it.live.skipIf(missing.length > 0)(
    "lets in whom a ticket names, in the groups of the directory",
    () =>
      Effect.gen(function*() {
        const kdc = yield* TestKdc.start(rootOf(TestKdc.tree), ["alice", "mallory", "HTTP/localhost"])
        const directory = yield* TestDirectory.start(rootOf(TestDirectory.tree), groups)
        process.env["KRB5_CONFIG"] = kdc.config
        const server = yield* MbsServer.start({
          ORCH_AUTH: "kerberos",
          ORCH_KERBEROS_KEYTAB: kdc.keytab("HTTP/localhost"),
          ORCH_KERBEROS_LIBRARY: "directory" in library ? library.directory : "",
          ORCH_TRUSTED_PROXIES: "127.0.0.1,::1",
          ORCH_REMOTE_USER_HEADER: "Remote-User",
          ORCH_LDAP_URL: directory.url,
          ORCH_LDAP_GROUPS_DN: `ou=groups,${TestDirectory.base}`
        })
        // Tickets are for names, not for addresses.
        const url = server.url.replace("127.0.0.1", "localhost")
        const text = MbsServer.document({ buildrequires: "platform: [el9]" })
        const [one, two] = ["one", "two"].map((name) => server.module(name, "1", text).scmurl)

        const anonymous = yield* Effect.promise(() =>
          fetch(`${url}/module-build-service/2/module-builds/`, { method: "POST" })
        )
        assert.strictEqual(anonymous.status, 401)
        assert.match(anonymous.headers.get("www-authenticate") ?? "", /^Negotiate, Bearer/)

        const alice = yield* Effect.promise(() => python(kdc.login("alice"), url, one!, "0"))
        assert.deepStrictEqual([alice.owner, alice.refusal, alice.method], ["alice", null, "kerberos"])
        assert.deepStrictEqual(alice.caller, [200, { name: "alice", groups: ["packager"], authentication: "kerberos" }])

        const mallory = yield* Effect.promise(() => python(kdc.login("mallory"), url, two!, String(alice.ids[0])))
        assert.include(mallory.refusal, "mallory is not in any of {'packager'}, only set()")
        assert.include(mallory.cancel, "mallory is not in any of {'packager'}")

        // In a process of its own, not waited for by this one, which is the server.
        const curl = yield* Effect.promise(() =>
          run("curl", ["-s", "--negotiate", "-u", ":", `${url}/orch/v1/caller`], kdc.login("alice"))
        )
        assert.strictEqual(JSON.parse(curl).name, "alice")
        // Whom a proxy names is in the groups of the directory, too.
        const named = yield* Effect.promise(async () =>
          await (await fetch(`${server.url}/orch/v1/caller`, { headers: { "remote-user": "alice@ORCH.TEST" } }))
            .json() as any
        )
        assert.deepInclude(named, { name: "alice", groups: ["packager"] })
        for (const token of ["AAAA", "%%%%", "YII=", "A".repeat(20_000), ""]) {
          const refused = yield* Effect.promise(() =>
            fetch(`${url}/orch/v1/caller`, { headers: { authorization: `Negotiate ${token}` } })
          )
          assert.strictEqual(refused.status, 401, token.slice(0, 10))
        }
      }).pipe(Effect.scoped),
    300_000
  )

  it.live("does not start without what it needs, and says what that is", () =>
    Effect.gen(function*() {
      const start = (environment: Readonly<Record<string, string>>) =>
        MbsServer.start({ ORCH_AUTH: "kerberos", ...environment }).pipe(
          Effect.scoped,
          Effect.flip,
          Effect.map((error) => String((error as { readonly message?: unknown }).message))
        )
      assert.include(
        yield* start({ ORCH_KERBEROS_KEYTAB: "/nowhere/http.keytab" }),
        "The keytab /nowhere/http.keytab of ORCH_KERBEROS_KEYTAB cannot be read"
      )
      assert.include(
        yield* start({ ORCH_KERBEROS_KEYTAB: import.meta.filename, ORCH_KERBEROS_LIBRARY: "no-such-package" }),
        "ORCH_AUTH=kerberos needs the package no-such-package, which cannot be loaded"
      )
    }), 120_000)
})

describe("a principal", () => {
  const server = "HTTP/orch.example.org@EXAMPLE.ORG"
  const cases: ReadonlyArray<readonly [principal: string, realms: ReadonlyArray<string>, name: string | undefined]> = [
    ["alice@EXAMPLE.ORG", [], "alice"],
    ["alice/admin@EXAMPLE.ORG", [], "alice/admin"],
    ["alice@OTHER.ORG", [], undefined],
    ["alice@OTHER.ORG", ["OTHER.ORG"], "alice"],
    ["alice@EXAMPLE.ORG", ["OTHER.ORG"], undefined],
    ["alice@example.org", [], undefined],
    ["alice", [], undefined],
    ["@EXAMPLE.ORG", [], undefined],
    ["alice\\@x@EXAMPLE.ORG", [], undefined],
    ["WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", [], undefined]
  ]
  for (const [principal, realms, name] of cases) {
    it(`${principal} with ${realms.length === 0 ? "the server's realm" : realms} is ${name ?? "nobody"}`, () => {
      const found = KerberosPrincipal.nameOf(principal, server, realms)
      assert.strictEqual(Result.isSuccess(found) ? found.success : undefined, name)
    })
  }
  it("of a server without a realm is nobody", () => {
    assert.isTrue(Result.isFailure(KerberosPrincipal.nameOf("alice@EXAMPLE.ORG", "HTTP", [])))
  })
})
