/** Which pushes are listened to, what they build, and which forge's projects are listed. */
import * as Context from "effect/Context"
import * as Setting from "../Setting.ts"

export const settings = {
  pushRules: Setting.optionalText("ORCH_PUSH_RULES", {
    about: "File of rules that say which pushes build what; see docs/albs.md. Without it no push builds anything."
  }),
  pushSecret: Setting.secret("ORCH_PUSH_SECRET", {
    about: "Secret shared with forges that tell of pushes at /hooks/FORGE. Without it none of them is believed."
  }),
  giteaListener: Setting.optionalText("ORCH_GITEA_LISTENER", {
    about: "Configuration file of AlmaLinux's gitea-listener: the message broker (MQTT) that tells of pushes."
  }),
  forgeUrl: Setting.optionalText("ORCH_FORGE_URL", {
    about: "Root of the gitea whose projects are listed at /api/v1/projects. Without it the lists are empty."
  }),
  forgeToken: Setting.secret("ORCH_FORGE_TOKEN", {
    about: "Token for that gitea, where it does not show its projects to all."
  }),
  forgePackages: Setting.text("ORCH_FORGE_PACKAGES", {
    about: "Organisation of that gitea that has the sources of packages.",
    fallback: "rpms"
  }),
  forgeModules: Setting.text("ORCH_FORGE_MODULES", {
    about: "Organisation of that gitea that has the sources of modules.",
    fallback: "modules"
  }),
  forgeMinutes: Setting.integer("ORCH_FORGE_MINUTES", {
    about: "Minutes between two looks at the projects of that gitea.",
    fallback: "10",
    minimum: 1,
    maximum: 10_080
  })
}

export interface Values extends Setting.Values<typeof settings> {}

export class SourceSettings extends Context.Service<SourceSettings, Values>()("@orch/server/sources/SourceSettings") {}
