/**
 * Modulemd documents of every kind that a submission may bring: plain and packager's, with static contexts and expanded
 * streams, with includes, with what is reserved, and with every kind of mistake. Made from a seed, so that a failure can be
 * looked at again.
 */

export interface Generated {
  /** Which kind it is, for people. */
  readonly kind: string
  /** Of the repository it is committed to. */
  readonly repository: "sample" | "platform"
  readonly bytes: Buffer
}

type Random = (below: number) => number

/** The same numbers for the same seed. */
const numbers = (seed: number): Random => {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const pick = <A>(random: Random, list: ReadonlyArray<A>): A => list[random(list.length)]!

const platforms = ["[el8]", "[el9]", "[el8, el9]", "[]", "[-el8]", "[-f41, -el9]"]
const librarian = ["[\"1\"]", "[\"2\"]", "[\"1\", \"2\"]", "[]", "[-\"1\"]"]

/** Components that exist, in an order that can be built. */
const components = (random: Random): ReadonlyArray<string> =>
  pick(random, [
    ["      lib: {rationale: Test}"],
    ["      lib: {rationale: Test, buildorder: 2}", "      tool: {rationale: Test, ref: main}"],
    ["      tool: {rationale: Test, buildafter: [lib]}", "      lib: {rationale: Test, arches: [x86_64]}"]
  ])

interface Parts {
  readonly data?: ReadonlyArray<string>
  readonly dependencies?: ReadonlyArray<string>
  readonly xmd?: string
  readonly rpms?: ReadonlyArray<string>
  readonly modules?: ReadonlyArray<string>
  readonly document?: string
  readonly version?: number
}

const text = (
  random: Random,
  { data = [], dependencies, document = "modulemd", modules = [], rpms = components(random), version = 2, xmd }: Parts
): string =>
  [
    `document: ${document}`,
    `version: ${version}`,
    "data:",
    ...data.map((line) => `  ${line}`),
    "  summary: Test",
    "  description: For tests",
    "  license: {module: [MIT]}",
    ...(dependencies === undefined ? [] : ["  dependencies:", ...dependencies]),
    ...(xmd === undefined ? [] : [`  xmd: ${xmd}`]),
    "  components:",
    "    rpms:",
    ...rpms,
    ...(modules.length === 0 ? [] : ["    modules:", ...modules]),
    ""
  ].join("\n")

const element = (buildrequires: string, requires = buildrequires): ReadonlyArray<string> => [
  `    - buildrequires: {${buildrequires}}`,
  `      requires: {${requires}}`
]

const plain = (random: Random): ReadonlyArray<string> => {
  const buildrequires = `platform: ${pick(random, platforms)}`
  const more = random(2) === 0 ? "" : `, librarian: ${pick(random, librarian)}`
  return element(buildrequires + more, pick(random, [buildrequires, buildrequires + more, "platform: []"]))
}

const named = ["name: sample", "stream: \"1\""]

const configuration = (random: Random, context: string, platform: string): ReadonlyArray<string> => [
  `    - context: ${context}`,
  `      platform: ${platform}`,
  ...(random(2) === 0 ? [] : [`      buildrequires: {librarian: ["${1 + random(2)}"]}`]),
  ...(random(2) === 0 ? [] : [`      requires: {librarian: ["${1 + random(2)}"]}`])
]

const packager3 = (random: Random, configurations: ReadonlyArray<string>): string =>
  [
    "document: modulemd-packager",
    "version: 3",
    "data:",
    "  name: sample",
    "  stream: \"1\"",
    "  summary: Test",
    "  description: For tests",
    "  license: [MIT]",
    "  configurations:",
    ...configurations,
    ...(random(2) === 0 ? [] : ["  profiles:", "    default: {rpms: [lib]}"]),
    "  components:",
    "    rpms:",
    ...components(random),
    ""
  ].join("\n")

const contexts = (written: string): string => `{mbs_options: {contexts: ${written}}}`

const one = (random: Random): string =>
  `{buildrequires: {platform: ${pick(random, ["el8", "el9"])}, librarian: "${
    1 + random(2)
  }"}, requires: {librarian: "1"}}`

type Kind = (random: Random) => string | Buffer

const kinds: Readonly<Record<string, Kind>> = {
  "one element": (random) => text(random, { data: named, dependencies: plain(random) }),
  "several elements": (random) => text(random, { data: named, dependencies: [...plain(random), ...plain(random)] }),
  "without a name": (random) => text(random, { dependencies: plain(random) }),
  "without dependencies": (random) => text(random, { data: named }),
  "architectures": (random) =>
    text(random, {
      data: [...named, `buildopts: {arches: [${pick(random, ["x86_64", "x86_64, s390x", "sparc"])}]}`],
      dependencies: plain(random)
    }),
  "packager, version 2": (random) => text(random, { document: "modulemd-packager", dependencies: plain(random) }),
  "packager, version 3": (random) =>
    packager3(random, [
      ...configuration(random, "B1", pick(random, ["el8", "el9"])),
      ...(random(2) === 0 ? [] : configuration(random, "A2", "el9"))
    ]),
  "packager, version 3, on nothing known": (random) => packager3(random, configuration(random, "C", "el6")),
  "packager, version 3, twice the same": (random) =>
    packager3(random, [...configuration(random, "D", "el8"), ...configuration(random, "D", "el9")]),
  "static contexts": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      xmd: contexts(`{one: ${one(random)}, two: ${one(random)}}`)
    }),
  "static contexts, wrong": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      xmd: contexts(pick(random, [
        "[one]",
        "{}",
        "{one: {buildrequires: {platform: el8}}}",
        "{one: {buildrequires: {platform: -el8}, requires: {}}}",
        "{one: {buildrequires: {platform: \"\"}, requires: {}}}",
        "{one: {buildrequires: {platform: [el8]}, requires: {}}}",
        "{one: {buildrequires: {platform: el6}, requires: {}}}"
      ]))
    }),
  "its own context": (random) =>
    text(random, {
      data: [...named, "context: own1", "static_context: true"],
      dependencies: element("platform: [el8]")
    }),
  "the reserved key": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      xmd: pick(random, ["{mbs: {}}", "{mbs: {koji_tag: x}}", "{mbs: {disttag_marking: y, koji_tag_arches: [x86_64]}}"])
    }),
  "a key beside the reserved one": (random) =>
    text(random, { data: named, dependencies: plain(random), xmd: "{flatpak: {branch: f41}}" }),
  "a version": (random) => text(random, { data: [...named, "version: 7"], dependencies: plain(random) }),
  "an included module": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      modules: [`      ${pick(random, ["part", "nowhere", "deep"])}: {rationale: Test, ref: main}`]
    }),
  "an included module from elsewhere": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      modules: ["      part: {rationale: Test, ref: main, repository: \"https://elsewhere.example.org/part\"}"]
    }),
  "a platform nobody has": (random) => text(random, { data: named, dependencies: element("platform: [el6]") }),
  "a module nobody has": (random) =>
    text(random, {
      data: named,
      dependencies: element(`platform: [el8], ${pick(random, ["nobody: []", "librarian: [\"9\"]"])}`)
    }),
  "components in a circle": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      rpms: ["      lib: {rationale: Test, buildafter: [tool]}", "      tool: {rationale: Test, buildafter: [lib]}"]
    }),
  "both orders": (random) =>
    text(random, {
      data: named,
      dependencies: plain(random),
      rpms: ["      lib: {rationale: Test, buildafter: [tool]}", "      tool: {rationale: Test, buildorder: 3}"]
    }),
  "no module": (random) =>
    pick(random, [
      "document: modulemd-defaults\nversion: 1\ndata: {module: sample, stream: \"1\"}\n",
      "just text",
      "",
      "a: [",
      "document: modulemd\nversion: 9\ndata: {}\n"
    ]),
  "two modules": (random) => `---\n${text(random, { data: named })}---\n${text(random, { data: named })}`,
  "an unknown key": (random) => text(random, { data: [...named, "sumary: Test"], dependencies: plain(random) }),
  "no text": () => Buffer.from([0x64, 0x6f, 0xff, 0xfe, 0x00])
}

const reserved: Kind = (random) => text(random, { dependencies: plain(random) })

/** Kinds of which there are more than of the mistakes. */
const common = ["one element", "several elements", "packager, version 3", "static contexts"]

/** So many documents, of all kinds in turn. */
export const make = (count: number, seed: number): ReadonlyArray<Generated> => {
  const random = numbers(seed)
  const all = [...Object.entries(kinds), ...common.map((kind) => [kind, kinds[kind]!] as const)]
  return Array.from({ length: count }, (_, index): Generated => {
    const at = index % (all.length + 1)
    const [kind, make] = all[at] ?? ["a reserved name", reserved]
    const made = make(random)
    return {
      kind,
      repository: kind === "a reserved name" ? "platform" : "sample",
      bytes: typeof made === "string" ? Buffer.from(made) : made
    }
  })
}
