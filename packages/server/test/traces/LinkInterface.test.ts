/** What those see of a package that merely link against it. */
import { assert, describe, it } from "@effect/vitest"
import * as LinkInterface from "../../src/traces/LinkInterface.ts"

const elf = "ELF 64-bit LSB shared object, x86-64, version 1 (SYSV), dynamically linked"
const offers = "liba.so.1(V_1)(64bit) liba.so.1()(64bit)"

interface Package {
  readonly digest?: string
  readonly header?: string
  readonly offers?: string
  readonly kind?: string
  readonly file?: string
  readonly more?: string
}

const of = (one: Package) => {
  const { digest = "d1", file = "/usr/lib64/liba.so.1", header = "h1", kind = elf, more = "" } = one
  const provided = one.offers ?? offers
  const text = [
    "@a.x86_64",
    `F${file} 100755 root root ${digest}  0`,
    `F/usr/include/a.h 100644 root root ${header}  0`,
    `F/usr/lib/.build-id/9b/${digest} 120777 root root   ../../../..${file} 0`,
    "",
    "a offers and needs",
    ...provided.split(" ").map((offer) => `P${offer}`),
    `Pdebuginfo(build-id) = ${digest}`,
    `/${file}`,
    `//usr/lib/.build-id/9b/${digest}`,
    `Rlibc.so.6${more}`
  ].join("\n")
  return LinkInterface.of(text, ` kinds\nK\tASCII text\t/usr/include/a.h\nK${provided}\t${kind}\t${file}\n`)
}

describe("an interface", () => {
  it("is the same when the inside of a library with versions of symbols changes", () => {
    assert.strictEqual(of({ digest: "d2" }), of({}))
  })

  it.each<readonly [string, Package, Package]>([
    ["a header changes", {}, { header: "h2" }],
    ["a version of symbols is added", {}, { offers: `liba.so.1(V_2)(64bit) ${offers}` }],
    ["the library needs something else", {}, { more: "()(64bit)" }],
    ["a library without versions of symbols changes", { offers: "liba.so.1()(64bit)" }, {
      offers: "liba.so.1()(64bit)",
      digest: "d2"
    }],
    ["a program changes", { file: "/usr/bin/a" }, { file: "/usr/bin/a", digest: "d2" }],
    ["a static library changes", { file: "/usr/lib64/liba.a", kind: "current ar archive" }, {
      file: "/usr/lib64/liba.a",
      kind: "current ar archive",
      digest: "d2"
    }],
    ["what merely is called like a library changes", { kind: "ASCII text" }, { kind: "ASCII text", digest: "d2" }],
    ["the library lies elsewhere", {}, { file: "/opt/liba.so.1" }]
  ])("is another one when %s", (_, before, after) => {
    assert.notStrictEqual(of(after), of(before))
  })
})
