import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as AddressRules from "../../src/outgoing/AddressRules.ts"

const table: Readonly<Record<AddressRules.Place, ReadonlyArray<string>>> = {
  never: [
    "169.254.169.254",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fe80::1%eth0",
    "FEBF::1",
    "[fe80::1]",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "::ffff:100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.255",
    "ff02::1",
    "255.255.255.255",
    "localhost",
    "",
    "127.1",
    "1.2.3.4.5"
  ],
  inside: [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "0.0.0.0",
    "::",
    "::ffff:0.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "::ffff:10.1.2.3",
    "64:ff9b::10.1.2.3",
    "2002:a01:203::5",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "203.0.113.9",
    "240.0.0.1",
    "fc00::1",
    "fdff::1",
    "fec0::1",
    "2001::1",
    "2001:db8::1",
    "64:ff9b:1::1"
  ],
  outside: [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "100.128.0.1",
    "192.167.255.255",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2606:4700:4700::1111",
    "2a00:1450::1"
  ]
}

describe("AddressRules.placeOf", () => {
  for (const place of ["never", "inside", "outside"] as const) {
    for (const address of table[place]) {
      it(`"${address}" is ${place}`, () => assert.strictEqual(AddressRules.placeOf(address), place))
    }
  }
})

describe("AddressRules.permits", () => {
  const allowed = Result.getOrThrow(
    AddressRules.parseAllowed("10.1.0.0/16, fd12::/48 ,192.168.7.4, [::1], Store.Internal., 169.254.0.0/16")
  )
  const stranger = { stranger: allowed }

  it("lets the operator's own hosts lie inside, and nobody reach what is never asked", () => {
    for (const address of table.inside) assert.isTrue(AddressRules.permits("operator", "h", address), address)
    for (const address of table.never) {
      assert.isFalse(AddressRules.permits("operator", "h", address), address)
      assert.isFalse(AddressRules.permits(stranger, "store.internal", address), address)
    }
  })

  it("lets strangers name what lies outside, and inside nothing but what is allowed", () => {
    const unset = { stranger: AddressRules.nothing }
    for (const address of table.outside) assert.isTrue(AddressRules.permits(unset, "h", address), address)
    for (const address of table.inside) assert.isFalse(AddressRules.permits(unset, "h", address), address)
    const cases: ReadonlyArray<readonly [string, string, boolean]> = [
      ["h", "10.1.2.3", true],
      ["h", "::ffff:10.1.2.3", true],
      ["h", "10.2.0.1", false],
      ["h", "fd12::9", true],
      ["h", "fd12:1::9", false],
      ["h", "192.168.7.4", true],
      ["h", "192.168.7.5", false],
      ["h", "::1", true],
      ["h", "127.0.0.1", false],
      ["STORE.internal", "172.16.0.1", true],
      ["store.internal.", "172.16.0.1", true],
      ["other.store.internal", "172.16.0.1", false]
    ]
    for (const [host, address, expected] of cases) {
      assert.strictEqual(AddressRules.permits(stranger, host, address), expected, `${host} at ${address}`)
    }
  })
})

describe("AddressRules.parseAllowed", () => {
  for (
    const text of [
      "10.0.0.0/33",
      "::/129",
      "10.0.0",
      "a b",
      "http://a",
      "a/8",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "-a",
      "*.a"
    ]
  ) {
    it(`refuses "${text}" by name`, () => {
      const parsed = AddressRules.parseAllowed(`ok.example, ${text}`)
      assert.include(Result.isFailure(parsed) ? parsed.failure.message : "", `"${text}"`)
    })
  }
})
