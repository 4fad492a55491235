/**
 * A module build that others can be built against: what resolution has to know of it and no more.
 *
 * Plain data, independent of the modulemd document it came from, so that it can be read from a repository's index, from
 * database rows, or from a JSON file. What the Module Build Service keeps under `xmd.mbs` has fields of its own here.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as JsonReader from "../internal/jsonReader.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ModuleVersion from "./ModuleVersion.ts"

/** The states of a module build; only `ready` builds are built against. */
export const states = ["init", "wait", "build", "done", "failed", "ready", "garbage"] as const
/** The state a module build is in; `states` has them in the order of MBS's numbers, `init` 0 to `garbage` 6. */
export type State = (typeof states)[number]

/** A module that a build was made with, as recorded in `xmd.mbs.buildrequires`. `ref` is its commit. */
export interface RecordedBuildrequire {
  readonly ref: string | null
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly kojiTag: string | null
  /** Its packages that it does not ship, as `name-epoch:version-release`; absent until somebody has looked. */
  readonly filteredRpms?: ReadonlyArray<string>
}

/** One build of a module, of any state. `context` is `00000000` where it has none. */
export interface AvailableModule {
  readonly id?: number | undefined
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
  readonly state: State
  readonly scratch: boolean
  readonly dependencies: ReadonlyArray<Dependencies.Dependencies>
  /** Further streams under which a base module can be required: `platform:el8.1.0` also serves `el8`. */
  readonly virtualStreams: ReadonlyArray<string>
  /** What it was built with. A partial record (stream only) is understood. */
  readonly buildrequires: Readonly<Record<string, Partial<RecordedBuildrequire> & { readonly stream: string }>>
  /** The tag its packages are in; null or absent where it has none. */
  readonly kojiTag?: string | null | undefined
  /** The commit it was built from. */
  readonly commit?: string | null | undefined
  readonly disttagMarking?: string | undefined
  readonly kojiTagArches?: ReadonlyArray<string> | undefined
  /** A base module whose default modules are built with, besides those asked for. */
  readonly useDefaultModules?: boolean | undefined
  /** Git repository of its default modules, where it names one. */
  readonly defaultModulesUrl?: string | undefined
  /** A base module's tag in which modules must be to be built with on it; any that is ready may where it names none. */
  readonly kojiTagWithModules?: string | undefined
  /** A platform that a farm offers and nobody described: nobody said, either, with which others it goes together. */
  readonly standsIn?: boolean | undefined
  /** What the tag of a base module is called in a side tag, with `{side_tag}` in it. */
  readonly sideTagFormat?: string | undefined
}

/** Only identity is necessary; the rest has the defaults of a ready module without dependencies. */
export type Input =
  & Pick<AvailableModule, "name" | "stream">
  & Partial<Omit<AvailableModule, "name" | "stream" | "version" | "dependencies">>
  & {
    readonly version?: ModuleVersion.Input | undefined
    readonly dependencies?: ReadonlyArray<Partial<Dependencies.Dependencies>> | undefined
  }

/**
 * A module build from what is given. Throws `SyntaxError` for a version that is text and no integer:
 * `ModuleVersion.parse` checks one first.
 */
export const make = (input: Input): AvailableModule => ({
  ...input,
  version: BigInt(input.version ?? 0),
  context: input.context ?? "00000000",
  state: input.state ?? "ready",
  scratch: input.scratch ?? false,
  dependencies: (input.dependencies ?? []).map(Dependencies.make),
  virtualStreams: input.virtualStreams ?? [],
  buildrequires: input.buildrequires ?? {}
})

/** The stream that a build belongs to, as `name:stream`. */
export const nameStream = (self: Pick<AvailableModule, "name" | "stream">): string => `${self.name}:${self.stream}`

/** The identity of a build, as `name:stream:version:context`. */
export const nsvc = (self: Pick<AvailableModule, "name" | "stream" | "version" | "context">): string =>
  `${self.name}:${self.stream}:${self.version}:${self.context}`

const streams = JsonReader.record(JsonReader.list(JsonReader.text))
const { integer, integerOrText, list, nullOr, record, struct, text, truth } = JsonReader

const stateOf: JsonReader.Reader<State> = (value, place) => {
  const state = typeof value === "number" ? states[value] : states.find((name) => name === value)
  return state ?? JsonReader.unless(place, `one of ${states.join(", ")}, or the number of one`)
}

const json = struct({ name: text, stream: text }, {
  id: integer,
  version: integerOrText,
  context: text,
  state: stateOf,
  scratch: truth,
  dependencies: list(struct({}, { buildrequires: streams, requires: streams })),
  virtual_streams: list(text),
  buildrequires: record(
    struct({ stream: text }, { version: integerOrText, context: text, ref: nullOr(text), koji_tag: nullOr(text) })
  ),
  koji_tag: nullOr(text),
  commit: nullOr(text),
  disttag_marking: text,
  koji_tag_arches: list(text),
  use_default_modules: truth
})

/** Why a JSON value is not an available module. */
export class InvalidAvailableModule extends Data.TaggedError("InvalidAvailableModule")<{ readonly message: string }> {}

/**
 * Reads the JSON form, with the field names of the Module Build Service's own JSON (`virtual_streams`, `koji_tag`, …).
 *
 * The version may be a number or text, the state a name or a number; `context`, `state` and the rest may be left out
 * and have the defaults of `make`. Fails with `InvalidAvailableModule`, whose message names the field.
 *
 * ```ts run
 * import * as AvailableModule from "@orch/core/resolution/AvailableModule"
 * import * as Result from "effect/Result"
 *
 * const json = { name: "perl", stream: "5.30", version: "8010020190906", context: "2d4c5f53", state: 5 }
 * const perl = Result.getOrThrow(AvailableModule.parse(json))
 * AvailableModule.nsvc(perl) // => "perl:5.30:8010020190906:2d4c5f53"
 * perl.state // => "ready"
 * Result.isFailure(AvailableModule.parse({ name: "perl" })) // => true
 * ```
 */
export const parse = (value: unknown): Result.Result<AvailableModule, InvalidAvailableModule> =>
  Result.flatMap(JsonReader.read(json, value), (read) => {
    const {
      buildrequires = {},
      disttag_marking,
      koji_tag,
      koji_tag_arches,
      use_default_modules,
      version: written = 0,
      virtual_streams,
      ...rest
    } = read
    return Result.mapBoth(ModuleVersion.parse(written), {
      onFailure: ({ message }) => message,
      onSuccess: (version) =>
        make({
          ...rest,
          version,
          virtualStreams: virtual_streams ?? [],
          kojiTag: koji_tag,
          disttagMarking: disttag_marking,
          kojiTagArches: koji_tag_arches,
          useDefaultModules: use_default_modules,
          buildrequires: Object.fromEntries(
            Object.entries(buildrequires).map(([name, { koji_tag, version, ...known }]) => [name, {
              ...known,
              ...(version === undefined ? {} : { version: String(version) }),
              kojiTag: koji_tag ?? null
            }])
          )
        })
    })
  }).pipe(Result.mapError((message) => new InvalidAvailableModule({ message })))

/** Reads like `parse`; throws `InvalidAvailableModule` where `parse` fails. */
export const parseUnsafe = (value: unknown): AvailableModule => Result.getOrThrow(parse(value))
