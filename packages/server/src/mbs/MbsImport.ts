/**
 * Imports a module that was built elsewhere, or a base module that nobody builds, by the rules of the Module Build Service.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { ResolutionRules } from "@orch/core/engine/modulebuild/ResolutionRules"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as Xmd from "@orch/core/modulemd/Xmd"
import { SourceControl } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import type * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Source from "../modulebuilds/submission/Source.ts"
import { SubmissionSettings } from "../modulebuilds/submission/SubmissionSettings.ts"
import { ofRefused } from "./MbsSubmission.ts"
import * as Statements from "./statements/MbsImportStatements.ts"

export interface Imported {
  readonly id: number
  readonly messages: ReadonlyArray<string>
}

export interface Interface {
  /** Imports the document that a git URL names; `by` says who asks, for the history. */
  readonly fromGit: (scmurl: string, by: string) => Effect.Effect<Imported, MbsError.MbsError | StoreUnavailable>
}

/** Whose the imported modules are. */
const owner = "mbs_import"

const refuse = (message: string) => Result.fail(MbsError.unprocessable(message))

/** What is stored of an imported module, or why it cannot be imported. */
export const planOf = (
  stream: ModuleStreamV2,
  settings: ResolutionSettings.ResolutionSettings
): Result.Result<ModulePlan, MbsError.MbsError> => {
  const { name, stream: streamName } = stream
  if (name === undefined || streamName === undefined) {
    return refuse("Both the name and stream must be set for the modulemd being imported.")
  }
  const context = stream.context ?? ModuleContext.none
  const mbs = Xmd.get(stream.xmd, "mbs")
  const marking = Xmd.get(mbs, "disttag_marking")
  if (settings.baseModuleNames.includes(name)) {
    if (typeof marking === "string" && marking.includes("-")) return refuse("The disttag_marking cannot contain a dash")
    if (!marking && streamName.includes("-")) {
      return refuse("The stream cannot contain a dash unless disttag_marking is set")
    }
  }
  const virtualStreams = Xmd.get(mbs, "virtual_streams") ?? []
  if (!Array.isArray(virtualStreams) || virtualStreams.some((one: unknown) => typeof one !== "string")) {
    return refuse("The virtual streams must be a list of strings")
  }
  const [dependencies, second] = StreamDocument.dependencies(stream)
  if (second !== undefined) return refuse("The imported module's dependencies list should contain just one element")
  const recorded = StreamDocument.recordedBuildrequires(stream)
  if (Object.keys(dependencies?.buildrequires ?? {}).some((required) => !Object.hasOwn(recorded, required))) {
    return refuse(
      "The imported module buildrequires other modules, but the metadata in the xmd[\"mbs\"][\"buildrequires\"] dictionary is "
        + "missing entries"
    )
  }
  const module = AvailableModule.make({ name, stream: streamName, version: stream.version ?? 0n, context })
  const tag = Xmd.get(mbs, "koji_tag")
  const commit = Xmd.get(mbs, "commit")
  const useDefaults = Xmd.get(mbs, "use_default_modules")
  const defaults = Xmd.get(mbs, "default_modules_scm_url")
  const sideTag = Xmd.get(mbs, "koji_side_tag_format")
  const withModules = Xmd.get(mbs, "koji_tag_with_modules")
  return Result.succeed({
    name,
    stream: streamName,
    version: module.version,
    context,
    platform: settings.baseModuleNames.map((base) => recorded[base]?.stream).find((one) => one !== undefined) ?? "",
    arches: [],
    ...(typeof marking === "string" ? { marking } : {}),
    macros: stream.buildopts.rpms.macros ?? "",
    buildrequires: Object.fromEntries(
      Object.entries(recorded).map(([name, { context, kojiTag, ref, stream, version }]) => [name, {
        ref: ref ?? null,
        stream,
        version: version ?? "0",
        context: context ?? ModuleContext.none,
        kojiTag: kojiTag ?? null
      }])
    ),
    dependencies: dependencies ?? { buildrequires: {}, requires: {} },
    filter: stream.filter,
    modules: [],
    groups: {},
    blocked: [],
    components: [],
    modulemd: Modulemd.write({ ...stream, version: module.version, context }),
    owner,
    scratch: false,
    deadline: 0,
    imported: {
      kojiTag: typeof tag === "string" && tag !== "" ? tag : null,
      virtualStreams,
      commit: typeof commit === "string" ? commit : null,
      ...(typeof marking === "string" ? { disttagMarking: marking } : {}),
      ...(typeof useDefaults === "string" && /^true$/i.test(useDefaults) ? { useDefaultModules: true } : {}),
      ...(typeof defaults === "string" && defaults !== "" ? { defaultModulesUrl: defaults } : {}),
      ...(typeof sideTag === "string" && sideTag !== "" ? { sideTagFormat: sideTag } : {}),
      ...(typeof withModules === "string" && withModules !== "" ? { kojiTagWithModules: withModules } : {})
    }
  })
}

export class MbsImport extends Context.Service<MbsImport, Interface>()("@orch/server/mbs/MbsImport") {
  static readonly layer: Layer.Layer<
    MbsImport,
    never,
    SqlClient.SqlClient | SourceControl | ModuleBuildEngine | SubmissionSettings
  > = Layer
    .effect(
      MbsImport,
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const engine = yield* ModuleBuildEngine
        const scm = yield* SourceControl
        const settings = yield* ResolutionRules
        const documents = yield* SubmissionSettings
        const document = Effect.fnUntraced(function*(document: ModulemdDocument, by: string) {
          const stream = Upgrade.toStream(document)
          if (stream === undefined) return yield* MbsError.unprocessable("The document is no module stream")
          const plan = yield* Effect.fromResult(planOf(stream, settings))
          const [known] = yield* Statements.find(sql, plan).pipe(asUnavailable("MbsImport.find"))
          const before = known === undefined ? undefined : Number(known.id)
          const { state: { id } } = yield* engine.importModule(plan, by, before).pipe(
            Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(MbsError.conflict(message))),
            Effect.catchTag("ProcessNotFound", Effect.die)
          )
          const nsvc = AvailableModule.nsvc(plan)
          const messages = [
            ...(before === undefined ? [] : [`Updating existing module build ${nsvc}.`]),
            `Module ${nsvc} imported`
          ]
          return { id, messages }
        })
        return MbsImport.of({
          // Whatever name, stream and version it says.
          fromGit: (scmurl, by) =>
            Source.fetchDocument(scm, scmurl, documents).pipe(
              Effect.mapError(ofRefused),
              Effect.flatMap((found) => document(found.document, by))
            )
        })
      })
    )
}
