/** The forge's projects on AlmaLinux's build system's interface. */
import { ProjectWire } from "@orch/api/albs/PlatformWire"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { Projects } from "../Projects.ts"
import { SourceSettings } from "../SourceSettings.ts"

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Projects | SourceSettings>

const list = (organisation: "forgePackages" | "forgeModules"): Handler => () =>
  Effect.gen(function*() {
    const settings = yield* SourceSettings
    const projects = yield* (yield* Projects).list(settings[organisation])
    return AlbsCall.answer(
      Schema.Array(ProjectWire),
      projects.map(({ branches, cloneUrl, name, tags }) => ({ name, clone_url: cloneUrl, tags, branches }))
    )
  })

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsProjects.packages": list("forgePackages"),
  "albsProjects.modules": list("forgeModules")
}
