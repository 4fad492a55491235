/**
 * A platform's settings for the machines that build for it: the `data` document that goes to every node.
 *
 * Nodes read it without asking whether it makes sense, so what breaks them is refused where it is written, with the reason.
 * Keys that nobody here knows are kept and handed on.
 */
import * as Schema from "effect/Schema"
import * as MockOptions from "./MockOptions.ts"

const open = Schema.Record(Schema.String, Schema.Json)

/** Scalars of a settings file are texts to RPM and dnf, however they were written. */
const Scalar = Schema.Union([Schema.String, Schema.Number, Schema.Boolean])
const Macros = Schema.Record(Schema.String, Scalar)

const emptyExclude =
  "an empty text makes every build of the node fail, because it becomes the option `exclude=` of a chroot's dnf: leave it out, or name packages"

const Mock = Schema.StructWithRest(
  Schema.Struct({
    chroot_setup_cmd: Schema.optionalKey(Schema.String),
    macros: Schema.optionalKey(Macros),
    module_enable: Schema.optionalKey(Schema.Array(Schema.String)),
    secure_boot_macros: Schema.optionalKey(Macros),
    secure_boot_additional_packages: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  [open]
)

const Yum = Schema.StructWithRest(
  Schema.Struct({
    exclude: Schema.optionalKey(
      Schema.String.check(Schema.makeFilter((text) => text.trim() === "" ? emptyExclude : true))
    )
  }),
  [open]
)

/** One minor release of a platform, by which module versions and dist tags are made. */
export const PlatformVersion = Schema.StructWithRest(
  Schema.Struct({
    name: Schema.String,
    dist_prefix: Schema.String,
    version_prefix: Schema.Union([Schema.String, Schema.Number])
  }),
  [open]
)
export interface PlatformVersion extends Schema.Schema.Type<typeof PlatformVersion> {}

/** The settings of one platform. Keys that are not named here are kept. */
export const PlatformData = Schema.StructWithRest(
  Schema.Struct({
    mock: Schema.optionalKey(Mock),
    yum: Schema.optionalKey(Yum),
    definitions: Schema.optionalKey(Macros),
    mock_dist: Schema.optionalKey(Schema.String),
    /** Seconds after which a node gives a build up. */
    timeout: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    /** Oldest first. */
    versions: Schema.optionalKey(Schema.Array(PlatformVersion)),
    secure_boot_required_packages: Schema.optionalKey(Schema.Array(Schema.String)),
    compatible_release_platforms: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  [open]
)
export type PlatformData = typeof PlatformData.Type

type Json = Schema.Json

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Lists that both have are one after the other, in which nothing is there twice. */
const joined = new Set([
  "module_enable",
  "secure_boot_additional_packages",
  "secure_boot_required_packages",
  "versions"
])

const mergeJson = (self: Json | undefined, that: Json, key: string): Json => {
  if (self === undefined) return that
  if (isObject(self) && isObject(that)) {
    return Object.entries(that).reduce(
      (all, [name, value]) => ({ ...all, [name]: mergeJson(all[name], value, name) }),
      self
    )
  }
  if (key === "exclude" && typeof self === "string" && typeof that === "string") return `${self} ${that}`
  return joined.has(key) && Array.isArray(self) && Array.isArray(that)
    ? [...new Map([...self, ...that].map((one: Json) => [JSON.stringify(one), one])).values()]
    : that
}

/**
 * The settings of a platform with those of a variant of it (a flavor): macros are added, lists of modules and packages are joined, and where
 * both say something else of one thing the variant holds.
 */
export const merge = (self: PlatformData, that: PlatformData): PlatformData =>
  mergeJson(self as Json, that as Json, "") as PlatformData

const Versions = Schema.Struct({ versions: Schema.Array(PlatformVersion) })
const readVersions = Schema.decodeUnknownOption(Versions)

/** The settings of a platform whose `modularity` document names its versions, as those of old do; the settings' own come after them. */
export const withModularity = (data: PlatformData, modularity: Json): PlatformData => {
  const found = readVersions(modularity)
  return found._tag === "None"
    ? data
    : { ...data, versions: [...found.value.versions, ...data.versions ?? []] }
}

/** What a node adds to a chroot for packages that are signed for secure boot, and for packages of a module. */
export interface Extras {
  readonly secureBoot: boolean
  /** `name:stream:version:context` of the module that the package belongs to. */
  readonly modularityLabel?: string
}

/**
 * The document one node gets for one task: the platform's, with the options of the request put where nodes look for them.
 *
 * `mock`, `yum` and `definitions` are always there, since nodes take them for granted. The given document is not changed.
 */
export const forTask = (data: PlatformData, options: MockOptions.MockOptions, extras: Extras): PlatformData => {
  const { mock = {}, yum = {}, definitions = {} } = data
  const excluded = [...(yum.exclude === undefined ? [] : [yum.exclude]), ...options.yumExclude].join(" ")
  const label = extras.modularityLabel
  return {
    ...data,
    mock: {
      ...mock,
      ...(options.targetArch === undefined ? {} : { target_arch: options.targetArch }),
      ...(extras.secureBoot ? withSecureBoot(mock) : {}),
      module_enable: [...new Set([...(mock.module_enable ?? []), ...options.moduleEnable])]
    },
    yum: { ...yum, ...(excluded === "" ? {} : { exclude: excluded }) },
    definitions: {
      ...definitions,
      ...options.definitions,
      ...(label === undefined ? {} : { _module_build: "1", modularitylabel: label })
    }
  }
}

const withSecureBoot = ({ chroot_setup_cmd = "install", secure_boot_additional_packages = [] }: typeof Mock.Type) =>
  secure_boot_additional_packages.length === 0
    ? {}
    : { chroot_setup_cmd: [chroot_setup_cmd, ...secure_boot_additional_packages].join(" ") }

/** The version of that name, or the newest; `undefined` when the platform has none (of that name). */
export const versionNamed = (data: PlatformData, name: string | undefined): PlatformVersion | undefined =>
  name === undefined || name === "" ? data.versions?.at(-1) : data.versions?.find((one) => one.name === name)
