/**
 * The policies that lie beside subjects' sources: where they are follows from the source of the build, and they are read over HTTP,
 * once for a decision.
 */
import type { RemoteFile } from "@orch/core/gating/GateDecision"
import type { GatingSubject } from "@orch/core/gating/GatingSubject"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as PolicyFile from "./PolicyFile.ts"
import * as YamlNodes from "./YamlNodes.ts"

/** What the build system knows of a build. */
export interface BuildOrigin {
  /** Where its sources are, with the commit after `#`; `undefined` where that is not known. */
  readonly source: string | undefined
  /** Milliseconds since 1970. */
  readonly builtAt: number | undefined
}

/** Who knows builds by NVR, and what to call them in messages. */
export interface BuildOrigins {
  readonly name: string
  readonly find: (nvr: string) => Effect.Effect<BuildOrigin | undefined>
}

/** Knows no build, unless the wiring brings somebody who does. */
export const BuildOrigins: Context.Reference<BuildOrigins> = Context.Reference("@orch/server/gating/BuildOrigins", {
  defaultValue: (): BuildOrigins => ({ name: "this server", find: () => Effect.succeed(undefined) })
})

/** A file that could not be asked for; asking again may help. */
export class RemoteFileUnavailable extends Data.TaggedError("RemoteFileUnavailable")<{ readonly message: string }> {}

interface Place {
  readonly namespace: string
  readonly name: string
  readonly revision: string
}

const placeOf = (nvr: string, source: string, knower: string): Result.Result<Place, string> => {
  const hash = source.indexOf("#")
  const revision = hash < 0 ? "" : source.slice(hash + 1)
  if (revision === "") {
    return Result.fail(
      `Failed to parse SCM URL "${source}" from Koji build "${nvr}" at "${knower}" `
        + "(missing URL fragment with SCM revision information)"
    )
  }
  const path = source.slice(0, hash).replace(/\?.*$/, "").replace(/^[a-z+]+:\/\/[^/]*/i, "")
  const parts = path.split("/")
  const name = (parts.at(-1) ?? "").replace(/\.git$/, "")
  const namespace = parts.length < 3 ? "" : parts.at(-2) ?? ""
  return Result.succeed({
    namespace: namespace === "" ? "" : `${namespace}/`,
    name: namespace === "containers" ? name.replace(/-container$/, "") : name,
    revision
  })
}

const needsPlace = (template: string): boolean => /\{(?:pkg_name|pkg_namespace|rev)\}/.test(template)

const fill = (template: string, place: Place | undefined, identifier: string): string =>
  template.replace(/\{(pkg_namespace|pkg_name|rev|subject_id)\}/g, (_, key: string) => {
    switch (key) {
      case "pkg_namespace":
        return place?.namespace ?? ""
      case "pkg_name":
        return encodeURIComponent(place?.name ?? "")
      case "rev":
        return encodeURIComponent(place?.revision ?? "")
      default:
        return encodeURIComponent(identifier.replace(/^sha256:/, ""))
    }
  })

const bounds = { timeoutMillis: 20_000, maxBytes: YamlNodes.mostBytes, namedBy: "operator" as const }

const download = (url: string): Effect.Effect<string | undefined, RemoteFileUnavailable> =>
  OutgoingRequest.send({ ...bounds, url, method: "GET", headers: { accept: "*/*" } }).pipe(
    Effect.mapError(({ message }) => new RemoteFileUnavailable({ message: `Could not ask for ${url}: ${message}` })),
    Effect.flatMap(({ body, end, status }) =>
      status === 404
        ? Effect.succeed(undefined)
        : status !== 200 || end !== "whole"
        ? Effect.fail(
          new RemoteFileUnavailable({
            message: status === 200
              ? `${url} is too large or broke off`
              : `Got unexpected status code ${status} for ${url}`
          })
        )
        : Effect.succeed(body.toString("utf8"))
    )
  )

/** Reads the first file that is there. */
export const read = Effect.fnUntraced(function*(
  subject: GatingSubject,
  templates: ReadonlyArray<string>,
  origins: BuildOrigins
) {
  const sources: Array<string> = []
  const origin = templates.some(needsPlace) ? yield* origins.find(subject.identifier) : undefined
  for (const template of templates) {
    let place: Place | undefined
    if (needsPlace(template)) {
      if (origin === undefined) {
        const error = `Koji build not found for subject_type '${subject.type.id}', `
          + `subject_identifier '${subject.identifier}'`
        return { _tag: "Unknown", sources, error } satisfies RemoteFile
      }
      if (origin.source === undefined) continue
      const found = placeOf(subject.identifier, origin.source, origins.name)
      if (Result.isFailure(found)) return { _tag: "Unknown", sources, error: found.failure } satisfies RemoteFile
      place = found.success
    }
    const url = fill(template, place, subject.identifier)
    sources.push(url)
    const text = yield* download(url)
    if (text === undefined) continue
    const policies = PolicyFile.ownPolicies(text)
    return (Result.isFailure(policies)
      ? { _tag: "Invalid", source: url, details: policies.failure }
      : { _tag: "Read", source: url, policies: policies.success }) satisfies RemoteFile
  }
  return { _tag: "Absent", sources } satisfies RemoteFile
})
