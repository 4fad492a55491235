/**
 * What a module would be built from: its document at a branch, and for each of its packages the branch that the platform keeps it at.
 *
 * A platform says where packages are and what branches begin with; packages that it changed have a beginning of their own. A package is switched
 * off where a released build of the module was made from the same commit of it: the files of that build are named instead.
 */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import type { ModulePreview, ModulePreviewRequest } from "@orch/api/albs/BuildWire"
import { ModularityWire } from "@orch/api/albs/PlatformWire"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import * as ModularPlanning from "@orch/core/packagebuild/ModularPlanning"
import * as Prebuilt from "@orch/core/packagebuild/Prebuilt"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { SourceControl, type SourceControlError } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"
import * as AlbsFailure from "../albs/AlbsFailure.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import { Flavors } from "../platforms/Flavors.ts"
import { Platforms } from "../platforms/Platforms.ts"
import { PackageBuildReads } from "./PackageBuildReads.ts"

/** Previews of modules. */
export class ModulePreviews extends Context.Service<ModulePreviews, {
  readonly preview: (
    asked: typeof ModulePreviewRequest.Type
  ) => Effect.Effect<typeof ModulePreview.Type, AlbsFailure.AlbsFailure | StoreUnavailable>
}>()("@orch/server/packagebuilds/ModulePreviews") {}

const mostBytes = 4 * 1024 * 1024
/** Packages of one module whose branches are looked for. */
const mostPackages = 5000

/** Where forges of this kind keep a module's document, the usual place first. */
const placesOf = (name: string): ReadonlyArray<string> => ["modules.yaml", `${name}.yaml`, "SOURCES/modulemd.src.txt"]

const failureOf = ({ message, reason }: SourceControlError): AlbsFailure.AlbsFailure =>
  reason === "unreachable" ? AlbsFailure.unavailable(message) : AlbsFailure.badRequest(message)

const Modified = Schema.Struct({ modified_packages: Schema.Array(Schema.String) })

/** `5.26` of `a8-stream-5.26`; a branch that is not called so is the stream. */
const streamOf = (ref: string): string => /stream-(.+)$/.exec(ref)?.[1] ?? ref

/** `name:stream` of everything that is required, platforms aside. */
const required = (document: ModuleStreamV2): ReadonlyArray<string> => [
  ...new Set(
    document.dependencies.flatMap(({ requires }) =>
      [...requires].flatMap(([name, streams]) =>
        name === "platform" ? [] : [...streams].map((stream) => `${name}:${stream}`)
      )
    )
  )
]

const modularityOf = Schema.decodeUnknownOption(ModularityWire)

type Services = Flavors | PackageBuildReads | Platforms | SourceControl

export const layer: Layer.Layer<ModulePreviews, never, Services> = Layer.effect(
  ModulePreviews,
  Effect.gen(function*() {
    const sources = yield* SourceControl
    const platforms = yield* Platforms
    const flavors = yield* Flavors
    const reads = yield* PackageBuildReads

    const readDocument = Effect.fnUntraced(function*(repository: string, ref: string | undefined) {
      const [found] = yield* sources.resolve([{ repository, ref }])
      if (found === undefined || found._tag === "Unresolved") {
        return yield* found === undefined ? AlbsFailure.badRequest("nothing to look for") : failureOf(found.error)
      }
      const name = packageName({ type: "git_ref", url: repository })
      for (const path of placesOf(name)) {
        const read = yield* Effect.result(
          sources.readFile({ repository, commit: found.commit, path, maxBytes: mostBytes })
        )
        if (read._tag === "Success") return new TextDecoder().decode(read.success)
        if (read.failure.reason !== "missing") return yield* failureOf(read.failure)
      }
      return yield* AlbsFailure.badRequest(
        `${repository} has none of ${placesOf(name).join(", ")} at ${ref ?? "its head"}`
      )
    })

    const modifiedAt = Effect.fnUntraced(function*(url: string) {
      const away = (why: string) => AlbsFailure.unavailable(`The list of changed packages cannot be read: ${why}`)
      const { body, end, status } = yield* OutgoingRequest.send({
        method: "GET",
        url,
        timeoutMillis: 15_000,
        maxBytes: mostBytes,
        namedBy: "operator"
      }).pipe(Effect.mapError(({ message }) => away(message)))
      if (status !== 200 || end !== "whole") return yield* away(`status ${status}`)
      return yield* Effect.try({
        try: () =>
          new Set(
            Schema.decodeUnknownSync(Modified)(Yaml.parse(body.toString("utf8"), { maxAliasCount: 0 }))
              .modified_packages
          ),
        catch: () => away("it has no list modified_packages")
      })
    })

    const preview = Effect.fn("ModulePreviews.preview")(function*(asked: typeof ModulePreviewRequest.Type) {
      const platform = (yield* platforms.named([asked.platform_name])).get(asked.platform_name)
      if (platform === undefined) {
        return yield* AlbsFailure.notFound(`platforms: ${asked.platform_name} cannot be found in database`)
      }
      const wanted = asked.flavors ?? []
      const known = yield* flavors.numbered(wanted)
      const missing = wanted.filter((id) => !known.some((flavor) => flavor.id === id))
      if (missing.length > 0) {
        return yield* AlbsFailure.notFound(`Flavors with IDs ${missing.join(", ")} are not found`)
      }
      const merged: unknown = known.reduce(
        (before, { modularity: own }) => ({ ...before, ...(own as object | null) }),
        { ...(platform.modularity as object | null) }
      )
      const modularity = modularityOf(merged)
      const { git_tag_prefix: prefix, modified_packages_url: list, packages_git: git } = modularity._tag === "Some"
        ? modularity.value
        : {}
      if (typeof git !== "string" || prefix === undefined || prefix === null) {
        return yield* AlbsFailure.badRequest(
          `${platform.name} does not say where packages of modules are: modularity.packages_git and git_tag_prefix`
        )
      }
      const ref = asked.ref.git_ref ?? undefined
      const text = yield* readDocument(asked.ref.url, ref)
      const { documents, problems } = Modulemd.read(text, { profile: "compat" })
      const document = documents.flatMap((one) => Upgrade.toStream(one) ?? [])[0]
      if (document === undefined) {
        const wrong = problems.filter(Problem.isError).slice(0, 10).map((one) => Problem.format(one, "modules.yaml"))
        return yield* AlbsFailure.badRequest(
          wrong.length === 0 ? "There is no module in the document" : wrong.join("; ")
        )
      }
      if (document.components.rpms.size > mostPackages) {
        return yield* AlbsFailure.badRequest(`A module may have ${mostPackages} packages`)
      }
      const name = document.name ?? packageName({ type: "git_ref", url: asked.ref.url })
      const stream = document.stream ?? streamOf(ref ?? "")
      const modified = typeof list === "string" ? yield* modifiedAt(list) : new Set<string>()
      const components = [...document.components.rpms].toSorted(([, a], [, b]) => Number(a.buildorder - b.buildorder))
      const refs = components.map(([component]) => ({
        repository: `${git}${component}.git`,
        ref: `${modified.has(component) ? prefix.modified : prefix.non_modified}-stream-${stream}`
      }))
      const resolved = yield* sources.resolve(refs)
      const arches = (asked.platform_arches ?? []).filter((arch) => arch !== TaskName.source)
      const released = arches.length === 0 ? [] : yield* reads.releasedOf({ platform, name, stream })
      return {
        refs: refs.map(({ ref: branch, repository: url }, index) => {
          const found = resolved[index]!
          const packages = found._tag === "Unresolved"
            ? []
            : Prebuilt.find(released, { url, commit: found.commit, platform: platform.name, arches })
          return {
            url,
            git_ref: branch,
            // What may not be looked at, or does not answer, may well be there: nodes have a way of their own.
            exist: found._tag === "Resolved" || found.error.reason !== "missing",
            enabled: packages.length === 0,
            added_artifacts: packages,
            mock_options: {},
            ref_type: AlbsStatus.ofRefType.git_branch
          }
        }),
        modules_yaml: text,
        module_name: name,
        module_stream: stream,
        enabled_modules: {
          buildtime: Object.entries(ModularPlanning.buildStreams(document)).flatMap(([other, its]) =>
            other === "platform" ? [] : [`${other}:${its}`]
          ),
          runtime: required(document)
        },
        git_ref: ref ?? null
      }
    })
    return ModulePreviews.of({ preview })
  })
)
