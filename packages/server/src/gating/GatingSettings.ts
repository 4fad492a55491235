/** Settings of the gate between `done` and `ready`. */
import * as Setting from "../Setting.ts"

export const settings = {
  greenwaveUrl: Setting.optionalText("ORCH_GREENWAVE_URL", {
    about: "Root of the API of the Greenwave that decides whether a finished module build may be used, such as "
      + "https://greenwave.example.org/api/v1.0. Without it, every build may."
  }),
  greenwaveContext: Setting.text("ORCH_GREENWAVE_DECISION_CONTEXT", {
    about: "Decision context of the policies that module builds are held to.",
    fallback: ""
  }),
  greenwaveSubjectType: Setting.text("ORCH_GREENWAVE_SUBJECT_TYPE", {
    about: "What Greenwave calls a module build.",
    fallback: "redhat-module"
  }),
  greenwaveProductVersions: Setting.pairs("ORCH_GREENWAVE_PRODUCT_VERSIONS", {
    about: "Product version by platform stream, as STREAM=VERSION separated by commas: f41=fedora-41. Builds for these "
      + "streams need the policies of that version; others those of any version that a policy names, where it is named "
      + "by a pattern (fedora-*) of one that any policy names in full.",
    fallback: ""
  }),
  greenwaveInterval: Setting.integer("ORCH_GREENWAVE_INTERVAL", {
    about: "Seconds after which Greenwave is asked again about a build that it held back.",
    fallback: "600",
    minimum: 1,
    maximum: 86_400
  }),
  gatingDirectory: Setting.optionalText("ORCH_GATING_DIRECTORY", {
    about:
      "Directory of the gates that this server runs itself: policies in `policies/*.yaml` and types of subjects in "
      + "`subject_types/*.yaml`, as Greenwave reads them, and who may waive what in `permissions.yaml`, as WaiverDB says it. It is "
      + "read at the start."
  }),
  gatingRemoteRules: Setting.list("ORCH_GATING_REMOTE_RULES", {
    about:
      "Where packages keep gating policies of their own: addresses with {pkg_namespace}, {pkg_name}, {rev} or {subject_id}, "
      + "such as https://src.example.org/{pkg_namespace}{pkg_name}/raw/{rev}/gating.yaml. The first that is there counts.",
    fallback: ""
  }),
  checkModules: Setting.flag("ORCH_CHECK_MODULES", {
    about: "Whether every finished module is checked by this server; what is found are results like those of others "
      + "(docs/testing-modules.md).",
    fallback: "true"
  }),
  checkRepositories: Setting.pairs("ORCH_CHECK_REPOSITORIES", {
    about:
      "Repositories of each platform for those checks, as STREAM=URL separated by commas, several of one platform separated by "
      + "blanks, with {arch} for the architecture: el9=https://mirror.example.org/9/BaseOS/{arch}/os/. Without them it is not "
      + "checked what modules need of their platform.",
    fallback: ""
  }),
  waiverSuperusers: Setting.list("ORCH_WAIVER_SUPERUSERS", {
    about: "Names of those who may waive tests on behalf of others.",
    fallback: ""
  })
}

export interface Values extends Setting.Values<typeof settings> {}
