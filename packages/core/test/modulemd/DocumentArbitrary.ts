/** Generators of valid documents of every kind, with the texts that YAML and its readers stumble over. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { ModuleDefaults } from "../../src/modulemd/ModuleDefaults.ts"
import * as Defaults from "../../src/modulemd/ModuleDefaults.ts"
import * as Component from "../../src/modulemd/ModulemdComponent.ts"
import * as Obsoletes from "../../src/modulemd/ModuleObsoletes.ts"
import * as PackagerV2 from "../../src/modulemd/ModulePackagerV2.ts"
import * as PackagerV3 from "../../src/modulemd/ModulePackagerV3.ts"
import * as StreamV1 from "../../src/modulemd/ModuleStreamV1.ts"
import * as StreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as Translations from "../../src/modulemd/ModuleTranslations.ts"
import type { Xmd } from "../../src/modulemd/Xmd.ts"

const from = <A>(...values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: values.length - 1 }))),
    (i) => values[i]!
  )

const bigint = (minimum: bigint, maximum: bigint) =>
  Arbitrary.schema(Schema.BigInt.check(Schema.isBetweenBigInt({ minimum, maximum })))

const pattern = (regex: RegExp, maxLength: number) =>
  Arbitrary.schema(Schema.String.check(Schema.isPattern(regex), Schema.isMinLength(1), Schema.isMaxLength(maxLength)))

/** Everything that looks like something else to one YAML reader or another, and everything that is hard to indent. */
const tricky = [
  "true",
  "yes",
  "No",
  "~",
  "null",
  "1.10",
  "010",
  "0x1f",
  "1e5",
  ".5",
  "+1",
  "-",
  "- a",
  "? b",
  ": c",
  "a: b",
  "a #b",
  "#c",
  "'",
  "\"",
  "\\",
  "&a",
  "*a",
  "!t",
  "%d",
  "@e",
  "`f",
  "|",
  ">",
  "{",
  "[x",
  ",",
  "a,b",
  " lead",
  "trail ",
  "two  spaces",
  "\t",
  "line\nbreak",
  "two\n\nbreaks",
  "end\n",
  "ends\n\n",
  "\nstart",
  "a\n b\nc",
  "a \nb",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "\u0007",
  "é",
  "日本語",
  "😀",
  "2030-01-31",
  "12:30:45",
  "<<",
  "=",
  "---",
  "...",
  "--- a",
  "x".repeat(200),
  "many words ".repeat(20) + "end",
  "https://example.com/?a=b#c",
  "a\r\nb",
  "\\n",
  "%",
  "no\u0001pe"
]

export const text: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all([from(...tricky), Arbitrary.schema(Schema.String.check(Schema.isMaxLength(12))), from(0, 0, 1, 2)]),
  ([word, random, which]) =>
    (which === 0 ? word : which === 1 ? random : word + random).toWellFormed().replaceAll(/[\ufffe\uffff]/g, "?")
)

const someText = Arbitrary.map(text, (value) => /^(|~|null|Null|NULL)$/.test(value) ? "x" : value)
const maybe = <A>(value: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | undefined> =>
  Arbitrary.map(Arbitrary.all([value, from(true, false)]), ([present, is]) => is ? present : undefined)
const list = <A>(item: Arbitrary.Arbitrary<A>) => Arbitrary.array(item, { maxLength: 3 })
const codePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const set = (item: Arbitrary.Arbitrary<string>) =>
  Arbitrary.map(list(item), (values) => [...new Set(values)].sort(codePoints))
const map = <A>(key: Arbitrary.Arbitrary<string>, value: Arbitrary.Arbitrary<A>) =>
  Arbitrary.map(list(Arbitrary.all([key, value])), (entries): ReadonlyMap<string, A> => new Map(entries))

const name = pattern(/^[a-z][a-z0-9+._-]*$/, 6)
export const stream = from("1.10", "rolling", "5", "true", "el9", "-odd", "v 1")
const positive = from("1.10", "rolling", "5", "el9")
const context = pattern(/^[0-9a-f]{1,8}$/, 8)
const arch = from("x86_64", "aarch64", "noarch")
const flag = from(true, false)
const date = from("2030-01-31", "2020-02-29")
const moment = from("2020-01-01T00:00Z", "2021-06-30T23:59Z")

const rpm = Arbitrary.map(
  Arbitrary.all({
    rationale: maybe(text),
    name: maybe(name),
    repository: maybe(text),
    cache: maybe(text),
    ref: maybe(text),
    buildroot: flag,
    srpmBuildroot: flag,
    buildonly: flag,
    buildorder: bigint(-(2n ** 31n), 2n ** 31n - 1n),
    arches: set(arch),
    multilib: set(arch)
  }),
  (fields) => Component.rpm(fields)
)

const moduleComponent = Arbitrary.map(
  Arbitrary.all({
    rationale: maybe(text),
    repository: maybe(text),
    ref: maybe(text),
    buildorder: bigint(-9n, 9n),
    buildonly: flag
  }),
  (fields) => Component.module(fields)
)

const components = Arbitrary.all({ rpms: map(name, rpm), modules: map(name, moduleComponent) })
const profile = Arbitrary.all({ description: maybe(text), rpms: set(name), default: flag })
const buildopts = Arbitrary.all({
  rpms: Arbitrary.all({ macros: maybe(text), whitelist: set(text) }),
  arches: Arbitrary.map(flag, (): ReadonlyArray<string> => [])
})
const references = Arbitrary.all({ community: maybe(text), documentation: maybe(text), tracker: maybe(text) })
const moduleStreams = map(name, set(positive))
const dependencies = list(Arbitrary.all({ buildrequires: moduleStreams, requires: moduleStreams }))
const nevra = from("bar-0:1-1.x86_64", "a-b-c-2:1.2~rc1-3.module+el8.noarch", "c++-4294967295:1-1.s390x")
const someTexts = Arbitrary.map(set(someText), (values) => values.length === 0 ? ["MIT"] : values)

const xmdLeaf: Arbitrary.Arbitrary<Xmd> = text
const xmdLevel = (inner: Arbitrary.Arbitrary<Xmd>): Arbitrary.Arbitrary<Xmd> =>
  Arbitrary.flatMap(
    from(0, 1, 2),
    (kind): Arbitrary.Arbitrary<Xmd> => kind === 0 ? xmdLeaf : kind === 1 ? list(inner) : map(text, inner)
  )
const xmd: Arbitrary.Arbitrary<Xmd> = map(text, xmdLevel(xmdLevel(xmdLevel(xmdLeaf))))

const shared = {
  summary: someText,
  description: someText,
  references,
  api: set(name),
  filter: set(name)
}

const identity = {
  name: maybe(name),
  stream: maybe(stream),
  version: Arbitrary.map(bigint(0n, 2n ** 64n - 1n), (version) => version === 0n ? undefined : version),
  context: maybe(context),
  arch: maybe(arch)
}

const built = {
  ...shared,
  ...identity,
  servicelevels: map(text, Arbitrary.all({ eol: maybe(date) })),
  license: Arbitrary.all({ module: someTexts, content: set(someText) }),
  xmd: maybe(xmd),
  profiles: map(text, profile),
  buildopts,
  components
}

export const streamV2: Arbitrary.Arbitrary<StreamV2.ModuleStreamV2> = Arbitrary.map(
  Arbitrary.all({
    ...built,
    dependencies,
    demodularized: set(name),
    artifacts: Arbitrary.map(set(nevra), (rpms) => ({ rpms, rpmMap: new Map() }))
  }),
  (fields) => StreamV2.make(fields)
)

/** A stream that can stand in an index. */
export const named: Arbitrary.Arbitrary<StreamV2.ModuleStreamV2> = Arbitrary.map(
  Arbitrary.all([streamV2, from("m", "n"), from("1", "2"), bigint(1n, 3n), from("a", "b")]),
  ([document, name, stream, version, context]) => ({ ...document, name, stream, version, context, arch: "x86_64" })
)

export const streamV1: Arbitrary.Arbitrary<StreamV1.ModuleStreamV1> = Arbitrary.map(
  Arbitrary.all({ ...built, buildrequires: map(name, positive), requires: map(name, positive), artifacts: set(nevra) }),
  (fields) => StreamV1.make(fields)
)

const packaged = { ...shared, demodularized: set(name), components, profiles: map(text, profile) }

export const packagerV2: Arbitrary.Arbitrary<PackagerV2.ModulePackagerV2> = Arbitrary.map(
  Arbitrary.all({ ...packaged, staticContext: flag, license: someTexts, dependencies }),
  (fields) => PackagerV2.make(fields)
)

const configuration = Arbitrary.all({
  context: pattern(/^[A-Za-z0-9]{1,10}$/, 10),
  platform: name,
  buildrequires: map(name, positive),
  requires: map(name, positive),
  buildopts
})

export const packagerV3: Arbitrary.Arbitrary<PackagerV3.ModulePackagerV3> = Arbitrary.map(
  Arbitrary.all({
    ...packaged,
    name: maybe(name),
    stream: maybe(stream),
    license: set(someText),
    xmd: maybe(xmd),
    configurations: Arbitrary.map(
      list(configuration),
      (all) => [...new Map(all.map((one) => [one.context, one])).values()]
    )
  }),
  (fields) => PackagerV3.make(fields)
)

const streamProfiles = map(positive, set(text))

export const defaults: Arbitrary.Arbitrary<ModuleDefaults> = Arbitrary.map(
  Arbitrary.all({
    module: from("m", "n"),
    modified: bigint(0n, 2n),
    stream: maybe(positive),
    profiles: streamProfiles,
    intents: map(name, Arbitrary.all({ stream: maybe(positive), profiles: streamProfiles }))
  }),
  (fields) => Defaults.make(fields)
)

export const obsoletes: Arbitrary.Arbitrary<Obsoletes.ModuleObsoletes> = Arbitrary.map(
  Arbitrary.all({
    modified: moment,
    module: from("m", "n"),
    stream: from("1", "2"),
    context: maybe(context),
    message: someText,
    eolDate: maybe(moment)
  }),
  (fields) => Obsoletes.make(fields)
)

export const translations: Arbitrary.Arbitrary<Translations.ModuleTranslations> = Arbitrary.map(
  Arbitrary.all({
    module: from("m", "n"),
    stream: from("1", "2"),
    modified: bigint(1n, 2n),
    translations: Arbitrary.map(
      map(
        from("de", "fr_FR", "zh_CN"),
        Arbitrary.all({ summary: text, description: maybe(text), profiles: map(text, text) })
      ),
      (all) => all.size > 0 ? all : new Map([["de", { summary: "x", description: undefined, profiles: new Map() }]])
    )
  }),
  (fields) => Translations.make(fields)
)
