/** How Koji hubs are used. */
import * as Setting from "../Setting.ts"

export const settings = {
  kojiProfiles: Setting.list("ORCH_KOJI_PROFILE", {
    about: "Section of the Koji configuration that names the hub and how to log in; several hubs as several sections, "
      + "separated by commas. Check each with orch koji doctor.",
    fallback: "koji"
  }),
  kojiConfig: Setting.list("ORCH_KOJI_CONFIG", {
    about: "Koji configuration files, separated by commas, later ones on top. Empty: where the koji command looks.",
    fallback: ""
  }),
  kojiUser: Setting.optionalText("ORCH_KOJI_USER", {
    about: "User for hubs that take passwords, which production hubs do not."
  }),
  kojiPassword: Setting.secret("ORCH_KOJI_PASSWORD", { about: "Password of ORCH_KOJI_USER." }),
  kojiNegotiate: Setting.optionalText("ORCH_KOJI_NEGOTIATE", {
    about:
      "Program that prints a Kerberos token in base64 for its argument HTTP@HOST; without it, no login by Kerberos."
  }),
  kojiContentGenerator: Setting.optionalText("ORCH_KOJI_CONTENT_GENERATOR", {
    about:
      "Content generator under which finished modules are imported. Without it they stay in the tag they were built in."
  }),
  kojiModuleTags: Setting.list("ORCH_KOJI_MODULE_TAG", {
    about:
      "Tag for imported modules, where composes look for them, with {} for the platform's stream; of several, separated "
      + "by commas, the first that the hub has. Empty: they are not tagged.",
    fallback: ""
  }),
  kojiDevelModules: Setting.flag("ORCH_KOJI_DEVEL_MODULES", {
    about: "Whether what the filter of a module leaves out is imported, too, as a module of its own called NAME-devel.",
    fallback: "true"
  }),
  kojiPlatformTags: Setting.pairs("ORCH_KOJI_PLATFORM_TAGS", {
    about: "The hub's tag for each platform stream, as STREAM=TAG separated by commas; the platforms that are offered. "
      + "For another hub than the first of ORCH_KOJI_PROFILE, STREAM=PROFILE:TAG.",
    fallback: ""
  }),
  kojiPollInterval: Setting.integer("ORCH_KOJI_POLL_INTERVAL", {
    about:
      "Milliseconds at most between two questions to the hub about repositories and buildroots, all of which are asked "
      + "about at once; what is new is asked about sooner.",
    fallback: "15000",
    minimum: 10,
    maximum: 600_000
  }),
  kojiTargetKeepHours: Setting.integer("ORCH_KOJI_TARGET_KEEP_HOURS", {
    about: "Hours after the end of a module build at which a target of it that is still at the hub is removed.",
    fallback: "24",
    minimum: 0,
    maximum: 87_600
  }),
  kojiTagKeepDays: Setting.integer("ORCH_KOJI_TAG_KEEP_DAYS", {
    about:
      "Days after the end of a module build at which its build tag is removed from the hub, and its tag, too, when it "
      + "failed or was a scratch build; 0 keeps all.",
    fallback: "0",
    minimum: 0,
    maximum: 36_500
  }),
  kojiCleanupInterval: Setting.integer("ORCH_KOJI_CLEANUP_INTERVAL", {
    about: "Seconds between two rounds that remove such targets and tags, of all servers together.",
    fallback: "3600",
    minimum: 1,
    maximum: 604_800
  })
}

export interface Values extends Setting.Values<typeof settings> {}
