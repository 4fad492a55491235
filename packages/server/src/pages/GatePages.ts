/** `/gates`: decisions and waivers of `/orch/v1/gates`, and policies as the gate's established interface lists them. */
import * as GatingLists from "@orch/api/gating/GatingLists"
import { BoundWaiver, GateAnswer } from "@orch/api/orch/GatesApi"
import * as Blocks from "@orch/web/Blocks"
import * as GatePage from "@orch/web/gates/GatePage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Asked, type PageModule, type Refused, textIn } from "./PageModule.ts"

/** What modules are called where nobody said another kind of subject. */
const usual = "redhat-module"

const gates = Effect.fnUntraced(function*({ ask, now, prefix, query, viewer }: Asked) {
  const said = textIn(query)
  const id = said("id")
  const type = said("type") === "" && id !== "" ? usual : said("type")
  const question = { type, id, product: said("product"), context: said("context") }
  const [policies, types, waivers] = yield* Effect.all([
    ask("/api/v1.0/policies", GatingLists.Policies),
    ask("/api/v1.0/subject_types", GatingLists.SubjectTypes),
    ask(Blocks.address("/orch/v1/gates/waivers", { subject: id, limit: 50 }), Schema.Array(BoundWaiver))
  ])
  const page = (answers: ReadonlyArray<GateAnswer>, problem: string | undefined, status: number) => ({
    status,
    page: GatePage.page({
      question,
      answers,
      problem,
      policies: policies.policies,
      types: types.subject_types.map((one) => one.id),
      waivers,
      viewer,
      now,
      prefix
    })
  })
  if (id === "") return page([], undefined, 200)
  const address = Blocks.address("/orch/v1/gates/decisions", {
    subject_type: type,
    subject: id,
    product_version: question.product,
    decision_context: question.context
  })
  return yield* ask(address, Schema.Array(GateAnswer)).pipe(
    Effect.map((answers) => page(answers, undefined, 200)),
    Effect.catch((why: Refused) => Effect.succeed(page([], why.message, why.status)))
  )
})

export const pages: ReadonlyArray<PageModule> = [{ address: "/gates", make: gates }]
