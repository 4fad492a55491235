/** What may be submitted, whatever face it comes through; names and defaults follow the Module Build Service's configuration. */
import { rebuildStrategies } from "@orch/core/resolution/ComponentReuse"
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import * as Setting from "../../Setting.ts"

export const settings = {
  rpmsRepository: Setting.text("ORCH_RPMS_REPOSITORY", {
    about: "Where the repositories of components are that name none: this and the component's name.",
    fallback: "https://src.fedoraproject.org/rpms/"
  }),
  modulesRepository: Setting.text("ORCH_MODULES_REPOSITORY", {
    about: "Where the repositories of included modules are that name none: this and the module's name.",
    fallback: "https://src.fedoraproject.org/modules/"
  }),
  allowScratch: Setting.flag("ORCH_ALLOW_SCRATCH", {
    about: "Whether scratch builds of modules may be submitted.",
    fallback: "false"
  }),
  allowYaml: Setting.flag("ORCH_ALLOW_YAML", {
    about: "Whether modules may be submitted as text instead of a git URL. Scratch builds always may.",
    fallback: "false"
  }),
  allowNameOverride: Setting.flag("ORCH_ALLOW_NAME_OVERRIDE", {
    about:
      "Whether a modulemd that is submitted with its branch may name its module otherwise than the repository is called.",
    fallback: "false"
  }),
  allowStreamOverride: Setting.flag("ORCH_ALLOW_STREAM_OVERRIDE", {
    about:
      "Whether a modulemd that is submitted with its branch may name its stream otherwise than the branch is called.",
    fallback: "false"
  }),
  allowDashes: Setting.flag("ORCH_ALLOW_DASHES", {
    about:
      "Whether streams and contexts may hold dashes. Where they may not, the dashes of a branch are underscores in the stream.",
    fallback: "true"
  }),
  allowModuleRepository: Setting.flag("ORCH_ALLOW_MODULE_REPOSITORY", {
    about: "Whether a modulemd may say from which repository an included module comes. It must be allow-listed, too.",
    fallback: "false"
  }),
  maxComponents: Setting.integer("ORCH_MAX_COMPONENTS", {
    about: "Packages that one module may have, those of the modules it includes among them.",
    fallback: "20000",
    minimum: 1,
    maximum: 1_000_000
  }),
  modulemdKilobytes: Setting.integer("ORCH_MODULEMD_KILOBYTES", {
    about: "Kilobytes (1024 bytes) that the document of one module may have.",
    fallback: "4096",
    minimum: 16,
    maximum: 65_536
  }),
  maxIncludedModules: Setting.integer("ORCH_MAX_INCLUDED_MODULES", {
    about: "Modules that one module may include, those they include among them. Each costs a look into a repository.",
    fallback: "100",
    minimum: 0,
    maximum: 10_000
  }),
  inputSeconds: Setting.integer("ORCH_INPUT_SECONDS", {
    about:
      "Seconds a submission may take to look at the spec files of its components: a wrong one refuses it, and what cannot be looked at in time is a remark. 0 turns it off.",
    fallback: "20",
    minimum: 0,
    maximum: 600
  }),
  rebuildStrategy: Setting.of("ORCH_REBUILD_STRATEGY", Schema.Literals(rebuildStrategies), {
    about:
      "Which components are built anew when a module is built again: all, changed-and-after, content or only-changed.",
    fallback: "changed-and-after"
  }),
  rebuildStrategies: Setting.list("ORCH_REBUILD_STRATEGIES", {
    about: "Strategies a submission may choose instead. Empty: it may not choose.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}

/** Bytes that a document may have. */
export const documentBytes = ({ modulemdKilobytes }: Pick<Values, "modulemdKilobytes">): number =>
  modulemdKilobytes * 1024

/** Bytes of a request that brings a document along: in JSON each line end takes two, and there are options beside it. */
export const submissionBytes = (values: Pick<Values, "modulemdKilobytes">): number =>
  2 * documentBytes(values) + 64 * 1024

export class SubmissionSettings
  extends Context.Service<SubmissionSettings, Values>()("@orch/server/modulebuilds/submission/SubmissionSettings")
{}
