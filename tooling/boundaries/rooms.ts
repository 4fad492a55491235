/**
 * Who may import whom: the table behind ARCHITECTURE.md's code map.
 *
 * A rule speaks about the files that `from` matches and about import targets: paths in the repository, or specifiers of
 * packages. `only` lists everything allowed, `never` what is forbidden. To open a door, change the table and say why.
 */

export interface Rule {
  readonly name: string
  readonly from: RegExp
  readonly except?: RegExp
  readonly only?: RegExp
  readonly never?: RegExp
  /** Impure or unsafe uses (see `SourceFile.Use`) that have no place in these files. */
  readonly uses?: RegExp
}

const source = String.raw`^packages/[^/]+/src/`
const domain = String.raw`^packages/core/src/(?!ports/|engine/|testing/|index\.ts)`
/** Modules of Effect that hold plain values and functions; what runs, waits or provides is not among them. */
const pureEffect = [
  "Array BigDecimal BigInt Boolean Brand Chunk Data DateTime Duration Equal Equivalence Function Hash HashMap HashSet",
  "Iterable Match MutableHashMap MutableHashSet Number Option Order Ordering Predicate Record RegExp Result Schema",
  "SchemaAST SchemaGetter SchemaIssue SchemaParser SchemaTransformation SortedMap SortedSet String Struct Tuple Types"
].join(" ").split(" ").join("|")
const anyClock = String.raw`Date\.now|new Date\(\)|Math\.random|performance\.now|crypto\..*|fetch|set\w+|queueMicrotask`
const impure = new RegExp(String.raw`^(?:${anyClock}|console\..*|process\..*)$`)
/** Rooms that hold one life each. */
const lives = "modulebuild|packagebuild|release|campaign|compose|testrun|signing"
const sql = String.raw`^(?:effect/sql|@effect/sql-|@electric-sql/|packages/server/src/database/)`

export const rules: ReadonlyArray<Rule> = [
  {
    name: "the domain is pure: plain functions over plain values, no clock, randomness, I/O or running effects",
    from: new RegExp(domain),
    only: new RegExp(String.raw`${domain}|^effect/(?:${pureEffect})$|^@noble/hashes/|^spdx-expression-parse$`),
    uses: impure
  },
  {
    name: "identity, modulemd, build order, search and resolution load no schema (decision 0103)",
    from:
      /^packages\/core\/src\/(?:[A-Z]\w*\.ts$|(?:internal|buildorder|modulemd|specfile|rebuild|repository|resolution)\/)/,
    never: /^effect\/(?:Schema\w*|Effect|Layer|Stream)$/
  },
  {
    name: "ports speak domain types and know neither the engine nor any implementation",
    from: /^packages\/core\/src\/ports\//,
    only: new RegExp(String.raw`${domain}|^packages/core/src/ports/|^effect/[A-Z]\w*$`),
    uses: impure
  },
  {
    name: "the engine knows ports, not adapters, HTTP, SQL or the process it runs in",
    from: /^packages\/core\/src\/engine\//,
    only: new RegExp(
      String
        .raw`${domain}|^packages/core/src/(?:ports|engine)/|^effect/(?:[A-Z]\w*|persistence(?:/\w+)?|schema(?:/\w+)?)$`
    ),
    uses: impure
  },
  {
    name: "generic ports and the generic engine know no life: what is particular stands in a folder of the life",
    from: /^packages\/core\/src\/(?:ports|engine)\/[A-Z]\w*\.ts$/,
    never: new RegExp(String.raw`^packages/core/src/(?:(?:ports|engine)/)?(?:${lives})/`)
  },
  {
    name: "what lives have in common knows none of them",
    from: /^packages\/core\/src\/(?:life|farm)\//,
    never: new RegExp(String.raw`^packages/core/src/(?:${lives})/`)
  },
  {
    name: "contract suites and memory implementations stand on core alone",
    from: /^packages\/core\/src\/testing\//,
    only: /^packages\/core\/src\/|^effect\/|^@effect\/vitest$/
  },
  {
    name: "api describes the wire: no engine, no server, no client, no platform",
    from: /^packages\/api\/src\//,
    only: /^packages\/(?:api|core)\/src\/(?!engine\/|testing\/)|^packages\/api\/package\.json$|^effect\//,
    uses: impure
  },
  {
    name: "adapters implement ports: no engine, no server, no client, no other adapter",
    from: /^packages\/adapters-[^/]+\/src\//,
    never: /^packages\/(?:core\/src\/engine\/|core\/src\/index\.ts|api\/|server\/|client\/)/
  },
  {
    name: "the koji adapter does not know the others",
    from: /^packages\/adapters-koji\/src\//,
    never: /^packages\/adapters-(?!koji\/)/
  },
  {
    name: "the pulp adapter does not know the others",
    from: /^packages\/adapters-pulp\/src\//,
    never: /^packages\/adapters-(?!pulp\/)/
  },
  {
    name: "the client talks to a server over the wire: no engine, no server code",
    from: /^packages\/client\/src\//,
    never: /^packages\/(?:core\/src\/engine\/|server\/)/
  },
  {
    name: "only the client's commands for a system know its adapter",
    from: /^packages\/client\/src\//,
    except: /^packages\/client\/src\/commands\/(?:koji|pulp)\//,
    never: /^packages\/adapters-/
  },
  {
    name: "adapters enter the server in its wiring only",
    from: /^packages\/server\/src\//,
    except: /^packages\/server\/src\/(?:ServerLayer\.ts$|farms\/)/,
    never: /^packages\/(?:adapters-|client\/)/
  },
  {
    name: "faces translate between wire and domain: they do not touch SQL",
    from: /^packages\/server\/src\/[^/]+\/face\//,
    never: new RegExp(sql)
  },
  {
    name: "the whole configuration is known to the start and to the wiring; every slice is handed its own settings",
    from: /^packages\/server\/src\//,
    except: /^packages\/server\/src\/(?:main|Serve|ServerLayer|ServerRoutes)\.ts$/,
    never: /^packages\/server\/src\/ServerConfig\.ts$/
  },
  {
    name:
      "the environment is read in one place; those who start programs hand PATH on to them, and the Kerberos library is told there",
    from: /^packages\/server\/src\//,
    except: /^packages\/server\/src\/(?:(?:main|ServerConfig|auth\/KerberosLibrary)\.ts$|scm\/|localbuild\/)/,
    uses: /^process\.env$/
  },
  {
    name: "the server asks others over HTTP in one way, which checks where to",
    from: /^packages\/server\/src\//,
    // The cache of git has a function called fetch, which runs git; the listener is asked and does not ask.
    except: /^packages\/server\/src\/(?:outgoing\/|scm\/GitCache\.ts$|http\/(?:Closing|Listener|Liveness)\.ts$)/,
    never:
      /^(?:node:https?$|undici$|effect\/http\/(?:FetchHttpClient|HttpClient)$|@effect\/platform-node\/NodeHttpClient$)/,
    uses: /^(?:globalThis\.)?fetch$/
  },
  {
    name: "libraries import modules of Effect one by one",
    from: new RegExp(source),
    never: /^effect$/
  },
  {
    name: "sources do not lean on tests, examples or tooling",
    from: new RegExp(source),
    never: /^(?:examples|tooling|docs)\/|^packages\/[^/]+\/(?:test|bench|typetest)\//
  },
  {
    name: "the type checker is not silenced",
    from: new RegExp(source),
    uses: /^(?:as any|@ts-\w[\w-]*)$/
  }
]

export interface Layers {
  /** The folder whose rooms are layered. */
  readonly top: string
  /** Rooms, from the lowest level up; the empty name stands for the files of `top` itself. Each knows what lies below it only. */
  readonly levels: ReadonlyArray<ReadonlyArray<string>>
}

export const layers: ReadonlyArray<Layers> = [{
  top: "packages/core/src/",
  levels: [
    ["internal"],
    [""],
    ["life", "farm", "buildorder", "specfile", "filter", "buildlog", "rebuild"],
    ["modulemd"],
    ["resolution"],
    [
      "history",
      "modulebuild",
      "packagebuild",
      "release",
      "campaign",
      "compose",
      "builderpool",
      "testrun",
      "signing"
    ],
    // What may pass depends on what could be installed afterwards, which releases know how to tell.
    ["repository", "gating"],
    ["ports"],
    ["engine"],
    ["testing"]
  ]
}]

/** Hard limit of style: a file with more lines of code has more than one subject. */
export const maximumLinesOfCode = 300

/** Names that explain nothing, for files and folders. */
export const emptyNames: ReadonlySet<string> = new Set(
  "utils util helpers helper common shared types misc tools lib core stuff base".split(" ")
)
