/**
 * The options of `POST /module-builds/`: read and checked, with the words of the Module Build Service for what is wrong.
 *
 * Checks are made in its order, so that of several mistakes the same one is named.
 */
import * as Result from "effect/Result"
import * as MbsError from "./MbsError.ts"

type Refused = MbsError.MbsError

/** What an installation allows. */
export interface SubmitSettings {
  readonly scratchAllowed: boolean
  readonly yamlAllowed: boolean
  /** `owner` may be given: without authentication only. */
  readonly ownerAllowed: boolean
  /** Prefixes of allowed SCM URLs. */
  readonly scmPrefixes: ReadonlyArray<string>
  readonly customScmAllowed: boolean
  readonly rebuildStrategyOverride: boolean
  readonly rebuildStrategies: ReadonlyArray<string>
}

/** Streams by module name. */
export type Streams = Readonly<Record<string, ReadonlyArray<string>>>

/** A checked request. `reuse_components_from` still has to be looked up. */
export interface SubmitRequest {
  readonly source:
    | { readonly _tag: "Scm"; readonly scmurl: string; readonly branch: string }
    | { readonly _tag: "Yaml"; readonly text: string; readonly name?: string; readonly stream?: string }
  readonly branch?: string
  readonly scratch: boolean
  readonly srpms: ReadonlyArray<string>
  readonly owner?: string
  readonly rebuildStrategy?: string
  readonly buildrequireOverrides: Streams
  readonly requireOverrides: Streams
  /** Git references of components, by name. */
  readonly refOverrides: Readonly<Record<string, string>>
  readonly reuseComponentsFrom?: number | string
  /** Side tag of the build system whose base modules are built against. */
  readonly sideTag?: string
}

/** Stands in for a branch that is given without a name. */
const defaultBranch = "master"

/** An uploaded file of the form field `yaml`. */
export interface Upload {
  readonly filename: string
  readonly text: string
}

/** The fields of a request, decoded from JSON and otherwise as they came. */
export type Fields = Readonly<Record<string, unknown>>

const knownFields = [
  "branch",
  "buildrequire_overrides",
  "modulemd",
  "module_name",
  "module_stream",
  "owner",
  "rebuild_strategy",
  "reuse_components_from",
  "require_overrides",
  "rpm_component_ref_overrides",
  "scmurl",
  "scratch",
  "side_tag",
  "srpms"
]

const scmUrl = /^(?:git|git\+http|git\+https|git\+rsync|http|https|file):\/\/(?:[^/]+)?\/[^?]+(?:\?(?:[^#]+)?)?#.+/

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const given = (fields: Fields, name: string): boolean => Object.hasOwn(fields, name)

/** What the original takes for not given where it asks for the value: Python's idea of what is false. */
const isEmpty = (value: unknown): boolean =>
  !value || (typeof value === "object" && (Array.isArray(value) ? value : Object.keys(value)).length === 0)

/** A value as Python writes it into a sentence. */
const inPython = (value: unknown): string =>
  value === null ? "None" : typeof value === "boolean" ? (value ? "True" : "False") : String(value)

const isTrue = (value: unknown): boolean => ["true", "1"].includes(String(value).toLowerCase())

const text = (fields: Fields, name: string): Result.Result<string | undefined, Refused> => {
  const value = fields[name]
  if (value === undefined || value === null) return Result.succeed(undefined)
  return typeof value === "string"
    ? Result.succeed(value)
    : Result.fail(MbsError.invalid(`The "${name}" parameter must be a string`))
}

const streams = (fields: Fields, name: string): Result.Result<Streams, Refused> => {
  const value = fields[name]
  if (isEmpty(value)) return Result.succeed({})
  const message =
    `The "${name}" parameter must be an object with the keys as module names and the values as arrays of streams`
  if (!isRecord(value)) return Result.fail(MbsError.invalid(message))
  const isStreams = (list: unknown): list is ReadonlyArray<string> =>
    Array.isArray(list) && list.every((stream) => typeof stream === "string")
  return Object.values(value).every(isStreams)
    ? Result.succeed(value as Streams)
    : Result.fail(MbsError.invalid(message))
}

const references = (fields: Fields): Result.Result<Readonly<Record<string, string>>, Refused> => {
  const value = fields["rpm_component_ref_overrides"]
  if (isEmpty(value)) return Result.succeed({})
  return isRecord(value) && Object.values(value).every((ref) => typeof ref === "string")
    ? Result.succeed(value as Readonly<Record<string, string>>)
    : Result.fail(MbsError.invalid(
      "The \"rpm_component_ref_overrides\" parameter must be an object with the keys as component names and the values as "
        + "strings of refs"
    ))
}

const scratchAndSrpms = (
  fields: Fields,
  settings: SubmitSettings
): Result.Result<{ readonly scratch: boolean; readonly srpms: ReadonlyArray<string> }, Refused> => {
  const scratch = given(fields, "scratch") && isTrue(fields["scratch"])
  if (scratch && !settings.scratchAllowed) return Result.fail(MbsError.forbidden("Scratch builds are not enabled"))
  const srpms = fields["srpms"]
  if (isEmpty(srpms)) return Result.succeed({ scratch, srpms: [] })
  if (!scratch) return Result.fail(MbsError.forbidden("srpms may only be specified for scratch builds"))
  return Array.isArray(srpms) && srpms.every((one) => typeof one === "string")
    ? Result.succeed({ scratch, srpms })
    : Result.fail(MbsError.invalid("srpms must be specified as a list"))
}

const strategy = (fields: Fields, settings: SubmitSettings): Result.Result<string | undefined, Refused> => {
  if (!given(fields, "rebuild_strategy")) return Result.succeed(undefined)
  if (!settings.rebuildStrategyOverride) {
    return Result.fail(MbsError.invalid(
      "The request contains the \"rebuild_strategy\" parameter but overriding the default isn't allowed"
    ))
  }
  const value = fields["rebuild_strategy"]
  return typeof value === "string" && settings.rebuildStrategies.includes(value)
    ? Result.succeed(value)
    : Result.fail(MbsError.invalid(
      `The rebuild method of "${inPython(value)}" is not allowed. Choose from: ${
        settings.rebuildStrategies.join(", ")
      }.`
    ))
}

const reuse = (fields: Fields): Result.Result<number | string | undefined, Refused> => {
  if (!given(fields, "reuse_components_from")) return Result.succeed(undefined)
  if (fields["rebuild_strategy"] === "all") {
    return Result.fail(MbsError.invalid(
      "You cannot specify the parameter \"reuse_components_from\" when the \"rebuild_strategy\" parameter is set to \"all\""
    ))
  }
  const value = fields["reuse_components_from"]
  const isId = typeof value === "number" && Number.isSafeInteger(value)
  const isNsvc = typeof value === "string" && value.split(":").length === 4
  return isId || isNsvc
    ? Result.succeed(value)
    : Result.fail(MbsError.invalid("The parameter \"reuse_components_from\" contains an invalid module identifier"))
}

const optional = (fields: Fields, settings: SubmitSettings) =>
  Result.gen(function*() {
    const unknown = Object.keys(fields).filter((name) => !knownFields.includes(name))
    if (unknown.length > 0) {
      const message = `The request contains unspecified parameters: ${unknown.join(", ")}`
      return yield* Result.fail(MbsError.invalid(message))
    }
    if (given(fields, "owner") && !settings.ownerAllowed) {
      const message = "The request contains 'owner' parameter, however NO_AUTH is not allowed"
      return yield* Result.fail(MbsError.invalid(message))
    }
    const rebuildStrategy = yield* strategy(fields, settings)
    const buildrequireOverrides = yield* streams(fields, "buildrequire_overrides")
    const requireOverrides = yield* streams(fields, "require_overrides")
    const refOverrides = yield* references(fields)
    const reuseComponentsFrom = yield* reuse(fields)
    const owner = yield* text(fields, "owner")
    const branch = yield* text(fields, "branch")
    const sideTag = yield* text(fields, "side_tag")
    if (sideTag && !/^[A-Za-z0-9_.+-]{1,256}$/.test(sideTag)) {
      return yield* Result.fail(MbsError.invalid("The \"side_tag\" parameter must be the name of a tag"))
    }
    return {
      buildrequireOverrides,
      requireOverrides,
      refOverrides,
      ...(branch === undefined ? {} : { branch }),
      ...(owner === undefined ? {} : { owner }),
      ...(sideTag ? { sideTag } : {}),
      ...(rebuildStrategy === undefined ? {} : { rebuildStrategy }),
      ...(reuseComponentsFrom === undefined ? {} : { reuseComponentsFrom })
    }
  })

/** The name of a file without directories and ending; the original takes a given module name for one, too. */
const stem = (path: string): string => path.replace(/^.*[\\/]/, "").replace(/(?<=.)\.[^.]*$/, "")

const refuseNames = (fields: Fields): Result.Result<void, Refused> => {
  for (const [field, what] of [["module_name", "Module name"], ["module_stream", "Stream name"]] as const) {
    if (given(fields, field)) {
      return Result.fail(MbsError.invalid(`${what} override is only allowed when a YAML file is submitted`))
    }
  }
  return Result.void
}

/**
 * Reads the URL of a module to be imported. Fails with `MbsError` where it is missing, not allowed or malformed, and
 * for options that only a build can have.
 */
export const parseImport = (fields: Fields, settings: SubmitSettings): Result.Result<string, Refused> =>
  Result.gen(function*() {
    yield* scratchAndSrpms(fields, settings)
    const scmurl = yield* checkScmUrl(fields, settings)
    yield* refuseNames(fields)
    return scmurl
  })

/** Checks the URL a module or an import is submitted by. */
const checkScmUrl = (fields: Fields, settings: SubmitSettings): Result.Result<string, Refused> => {
  const url = fields["scmurl"]
  if (typeof url !== "string") return Result.fail(MbsError.invalid("Missing scmurl"))
  if (!settings.customScmAllowed && !settings.scmPrefixes.some((prefix) => url.startsWith(prefix))) {
    return Result.fail(MbsError.forbidden(`The submitted scmurl ${url} is not allowed`))
  }
  if (!scmUrl.test(url)) {
    return Result.fail(MbsError.invalid(`The submitted scmurl ${url} is not valid`))
  }
  return Result.succeed(url)
}

/**
 * Reads a submission: the fields of the JSON object or form, and the uploaded file if there is one.
 *
 * Fails with `MbsError`, 400 for what is wrong with the request and 403 for what the installation does not allow, in
 * the original's words and for the first thing that the original would complain about.
 */
export const parse = (
  fields: Fields,
  upload: Upload | undefined,
  settings: SubmitSettings
): Result.Result<SubmitRequest, Refused> =>
  Result.gen(function*() {
    const build = yield* scratchAndSrpms(fields, settings)
    if (given(fields, "modulemd") || upload !== undefined) {
      if (!build.scratch && !settings.yamlAllowed) {
        return yield* Result.fail(MbsError.forbidden("YAML submission is not enabled"))
      }
      const options = yield* optional(fields, settings)
      const modulemd = yield* text(fields, "modulemd")
      const name = stem((yield* text(fields, "module_name")) || upload?.filename || "")
      const stream = yield* text(fields, "module_stream")
      return {
        ...build,
        ...options,
        source: {
          _tag: "Yaml" as const,
          text: modulemd ?? upload?.text ?? "",
          ...(name ? { name } : {}),
          ...(stream ? { stream } : {})
        }
      }
    }
    const scmurl = yield* checkScmUrl(fields, settings)
    if (!given(fields, "branch")) return yield* Result.fail(MbsError.invalid("Missing branch"))
    const branch = (yield* text(fields, "branch")) || defaultBranch
    yield* refuseNames(fields)
    const options = yield* optional(fields, settings)
    return { ...build, ...options, source: { _tag: "Scm" as const, scmurl, branch } }
  })
