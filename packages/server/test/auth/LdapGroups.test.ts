/** Groups of a real directory. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as LdapGroups from "../../src/auth/LdapGroups.ts"
import * as TestDirectory from "./TestDirectory.ts"

const { base, manager, start, tree } = TestDirectory

const groupsDn = `ou=groups,${base}`

const entries = `dn: ${groupsDn}
objectClass: organizationalUnit
ou: groups

dn: cn=packager,${groupsDn}
objectClass: posixGroup
cn: packager
gidNumber: 1
memberUid: alice
memberUid: bob

dn: cn=admins,${groupsDn}
objectClass: posixGroup
cn: admins
gidNumber: 2
memberUid: alice

dn: cn=named,${groupsDn}
objectClass: groupOfNames
cn: named
member: uid=alice,ou=people,${base}
member: uid=b\\2Cx,ou=people,${base}

dn: ou=deep,${groupsDn}
objectClass: organizationalUnit
ou: deep

dn: cn=below,ou=deep,${groupsDn}
objectClass: posixGroup
cn: below
gidNumber: 3
memberUid: alice
`

const settings = (url: string): LdapGroups.Settings => ({
  ldapUrl: url,
  ldapGroupsDn: groupsDn,
  ldapMember: "memberUid",
  ldapMemberValue: "{}",
  ldapBindDn: undefined,
  ldapPassword: undefined
})

describe(`groups of a directory${"missing" in tree ? ` [skipped: ${tree.missing}]` : ""}`, () => {
  it.live.skipIf("missing" in tree)(
    "are those directly below that name the user, whatever is in the name",
    () =>
      Effect.gen(function*() {
        const { url } = yield* start("root" in tree ? tree.root : "", entries)
        const groupsOf = yield* LdapGroups.make(settings(url))
        const of = (user: string) => Effect.map(groupsOf(user), (groups) => [...groups].sort())
        assert.deepStrictEqual(yield* of("alice"), ["admins", "packager"])
        assert.deepStrictEqual(yield* of("bob"), ["packager"])
        for (const name of ["carol", "*", "a*", ")(cn=*", "alice)(|(cn=*", "\\2a", ""]) {
          assert.deepStrictEqual(yield* of(name), [], name)
        }
        const byName = yield* LdapGroups.make({
          ...settings(url),
          ldapMember: "member",
          ldapMemberValue: `uid={},ou=people,${base}`
        })
        assert.deepStrictEqual([...yield* byName("alice")], ["named"])
        assert.deepStrictEqual([...yield* byName("b,x")], ["named"])
        assert.deepStrictEqual([...yield* byName(`alice,ou=people,${base}`)], [])
      }).pipe(Effect.scoped),
    60_000
  )

  it.live.skipIf("missing" in tree)(
    "are told to whom the directory knows, and to nobody where it refuses or is away",
    () =>
      Effect.gen(function*() {
        const closed = yield* Effect.scoped(Effect.gen(function*() {
          const { url } = yield* start("root" in tree ? tree.root : "", entries, false)
          const own = { ...settings(url), ldapBindDn: manager.dn, ldapPassword: Redacted.make(manager.password) }
          assert.deepStrictEqual([...yield* (yield* LdapGroups.make(own))("bob")], ["packager"])
          const wrong = { ...own, ldapPassword: Redacted.make("guess") }
          assert.deepInclude(yield* Effect.flip((yield* LdapGroups.make(wrong))("bob")), { reason: "unavailable" })
          assert.deepInclude(yield* Effect.flip((yield* LdapGroups.make(settings(url)))("bob")), {
            reason: "unavailable"
          })
          return url
        }))
        const away = yield* Effect.flip((yield* LdapGroups.make(settings(closed)))("bob"))
        assert.deepInclude(away, { reason: "unavailable" })
        assert.include(away.message, "does not answer")
      }),
    60_000
  )
})

describe("without a directory", () => {
  it.effect("nobody is in a group", () =>
    Effect.gen(function*() {
      const groupsOf = yield* LdapGroups.make({ ...settings(""), ldapUrl: undefined })
      assert.deepStrictEqual([...yield* groupsOf("alice")], [])
    }))
})
