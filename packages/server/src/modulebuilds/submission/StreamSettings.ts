/**
 * What an installation decides about the streams that modules are built with. Names and defaults follow the configuration
 * of the Module Build Service.
 */
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import * as Setting from "../../Setting.ts"
import * as SupportStreamRules from "./SupportStreamRules.ts"

/** By regular expression. */
const Suffixes = Schema.Record(Schema.String, Schema.Finite).check(
  Schema.makeFilter((suffixes) =>
    Object.keys(suffixes).every(ResolutionSettings.isPattern) ? undefined : "holds what is no regular expression"
  )
)

export const settings = {
  baseModules: Setting.list("ORCH_BASE_MODULES", {
    about:
      "Modules whose stream names the product that is built for, the most important first. The platforms of the farm are "
      + "streams of the first.",
    fallback: "platform",
    needed: "every module is built for a stream of one"
  }),
  onlyCompatibleBaseModules: Setting.flag("ORCH_ONLY_COMPATIBLE_BASE_MODULES", {
    about:
      "Whether modules are built with what was built on the same platform stream or an older one of the same major "
      + "version alone. Otherwise with what was built on any that shares a virtual stream, and on any platform of the farm "
      + "that nobody imported; components are then reused on the very same stream only.",
    fallback: "true"
  }),
  branchStreamModule: Setting.text("ORCH_BRANCH_STREAM_MODULE", {
    about: "The buildrequired module whose stream a branch name may choose; see ORCH_BRANCH_STREAM_PATTERNS.",
    fallback: "platform"
  }),
  branchStreamPatterns: Setting.patterns("ORCH_BRANCH_STREAM_PATTERNS", {
    about:
      "Regular expressions, as a JSON array, that are looked for in the branch a module is submitted from. The groups of "
      + "the first that is found, put together, are the stream of ORCH_BRANCH_STREAM_MODULE: with "
      + "[\"rh(el)-([0-9.]+)$\"] branch 10-rhel-8.0.0 is built on el8.0.0. An override in the submission goes before."
  }),
  scratchOnlyBranches: Setting.patterns("ORCH_SCRATCH_ONLY_BRANCHES", {
    about: "Regular expressions, as a JSON array; from branches in which one is found only scratch builds are made."
  }),
  productPagesUrl: Setting.optionalText("ORCH_PRODUCT_PAGES_URL", {
    about:
      "Product Pages that know when a platform was released, after which modules are built for its support stream. "
      + "Without it nothing is asked."
  }),
  productPagesStreams: Setting.read("ORCH_PRODUCT_PAGES_STREAMS", SupportStreamRules.parse, {
    about:
      "Which platform streams have a support stream, as JSON: {\"el.+\": [\".z\", \"rhel-{x}-{y}.{z}\", \"rhel-{x}-{y}\"]}. "
      + "Streams that begin as the regular expression says get the suffix once the release of that name is out; the "
      + "third text, or null, names releases x.0.0. The first expression that matches decides.",
    fallback: "{}"
  }),
  productPagesTasks: Setting.list("ORCH_PRODUCT_PAGES_TASKS", {
    about: "Names of tasks in a release's schedule whose end stands for the release, the preferred one first. Without "
      + "them, or where it has none of them, its general availability does.",
    fallback: ""
  }),
  defaultModulesRepository: Setting.text("ORCH_DEFAULT_MODULES_REPOSITORY", {
    about: "Git repository with the default modules of platforms that have some and name none themselves "
      + "(xmd.mbs.use_default_modules, default_modules_scm_url). It must be allow-listed in ORCH_SCM_ALLOW.",
    fallback: "https://pagure.io/releng/fedora-module-defaults.git"
  }),
  defaultModulesBranches: Setting.pairs("ORCH_DEFAULT_MODULES_BRANCHES", {
    about: "Branches of that repository for platform streams that are called otherwise than theirs, as STREAM=BRANCH "
      + "separated by commas: f44=rawhide.",
    fallback: ""
  }),
  privilegedModules: Setting.list("ORCH_PRIVILEGED_MODULES", {
    about: "Modules that may mark the dist tags of what is built with them, and name their architectures, by "
      + "xmd.mbs.disttag_marking and koji_tag_arches; the most important first.",
    fallback: ""
  }),
  baseModuleArches: Setting.pairs("ORCH_BASE_MODULE_ARCHES", {
    about: "Architectures of modules that are built with a platform stream, whatever else says, as "
      + "platform:STREAM=ARCH|ARCH separated by commas.",
    fallback: ""
  }),
  streamSuffixes: Setting.of("ORCH_STREAM_SUFFIXES", Schema.fromJsonString(Suffixes), {
    about:
      "What the end of a platform stream adds to its version, as JSON: {\"el\\\\d+\\\\.\\\\d+\\\\.\\\\d+\\\\.z\": 0.1} puts el8.1.0.z "
      + "above el8.1.0. The first regular expression that matches from the beginning counts.",
    fallback: "{}"
  }),
  excludedBaseStreams: Setting.list("ORCH_EXCLUDED_BASE_STREAMS", {
    about: "Platform streams that are left out where a module is built for any of them.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class StreamSettings
  extends Context.Service<StreamSettings, Values>()("@orch/server/modulebuilds/submission/StreamSettings")
{}

interface Config extends Values {
  readonly kojiModuleTags: ReadonlyArray<string>
}

/** What the domain has to know of them. */
export const resolution = (config: Config): ResolutionSettings.ResolutionSettings => {
  const { defaults } = ResolutionSettings
  return ResolutionSettings.make({
    baseModuleNames: config.baseModules,
    allowOnlyCompatibleBaseModules: config.onlyCompatibleBaseModules,
    branchStreamModule: config.branchStreamModule,
    branchStreamPatterns: config.branchStreamPatterns,
    scratchOnlyBranches: config.scratchOnlyBranches,
    privilegedModuleNames: config.privilegedModules,
    baseModuleArches: Object.fromEntries(
      Object.entries(config.baseModuleArches).map(([stream, arches]) => [stream, arches.split("|")])
    ),
    streamSuffixes: config.streamSuffixes,
    baseModuleStreamExclusions: config.excludedBaseStreams,
    cgBuildTagTemplate: config.kojiModuleTags.find((tag) => tag.includes("{}")) ?? defaults.cgBuildTagTemplate,
    cgDefaultBuildTag: config.kojiModuleTags.find((tag) => !tag.includes("{}")) ?? defaults.cgDefaultBuildTag
  })
}

/** Whether only scratch builds are made from a branch. */
export const isScratchOnly = ({ scratchOnlyBranches }: Values, branch: string | undefined): boolean =>
  branch !== undefined
  && scratchOnlyBranches.some((pattern) => ResolutionSettings.pattern(pattern).test(branch))

/** What is said then. */
export const scratchOnly = "Only scratch module builds can be built from this branch."
