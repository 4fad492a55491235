/** `/submit`: what a submission would come to. A text is sent as a form, which changes nothing unless it says so. */
import { ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import { ModulePreview } from "@orch/api/orch/PreviewApi"
import * as PlannerPage from "@orch/web/planner/PlannerPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, type Made, type PageModule, type Posted, type Refused, textIn } from "./PageModule.ts"

const bodyOf = ({ name, scmurl, scratch, stream, text }: PlannerPage.Given) => ({
  ...(scmurl === "" ? { yaml_modulemd: text } : { scmurl }),
  ...(name === "" ? {} : { name }),
  ...(stream === "" ? {} : { stream }),
  ...(scratch ? { scratch: true } : {})
})

const isEmpty = ({ scmurl, text }: PlannerPage.Given): boolean => scmurl === "" && text.trim() === ""

type Send = Posted["send"]

const shown = Effect.fnUntraced(
  function*(given: PlannerPage.Given, { prefix, viewer }: Asked, send: Send, refused?: string): Effect.fn.Return<Made> {
    const page = (preview: ModulePreview | undefined, problem: string | undefined, status: number): Made => ({
      status,
      page: PlannerPage.page({ given, preview, problem, viewer, prefix })
    })
    if (isEmpty(given)) return page(undefined, refused, 200)
    return yield* send("/orch/v1/module-builds/preview", bodyOf(given), ModulePreview).pipe(
      Effect.map((preview) => page(preview, refused, 200)),
      Effect.catch(({ message, status }) => Effect.succeed(page(undefined, refused ?? message, status)))
    )
  }
)

const asked = ({ query }: Asked): PlannerPage.Given => ({
  ...PlannerPage.blank,
  scmurl: textIn(query)("scmurl"),
  scratch: query.get("scratch") === "yes"
})

const posted = Effect.fnUntraced(function*(asking: Posted) {
  const { form, send } = asking
  const said = textIn(form)
  const given = {
    scmurl: said("scmurl"),
    text: form.get("text") ?? "",
    name: said("name"),
    stream: said("stream"),
    scratch: form.get("scratch") === "yes"
  }
  if (form.get("do") !== "submit" || isEmpty(given)) return yield* shown(given, asking, send)
  return yield* send("/orch/v1/module-builds/", bodyOf(given), Schema.Array(ModuleBuildSummary)).pipe(
    Effect.map((builds) => ({ go: builds.length === 1 ? `/builds/${builds[0]!.id}` : "/builds" })),
    Effect.catch(({ message }: Refused) => shown(given, asking, send, message))
  )
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/submit", make: (asking) => shown(asked(asking), asking, asking.send), post: posted }
]
