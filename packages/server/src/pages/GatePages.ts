/** `/gates`, from answers of the gates' established interfaces: they are this server's own. */
import * as Blocks from "@orch/web/Blocks"
import * as GatePage from "@orch/web/gates/GatePage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Asked, PageModule, Posted, Refused } from "./PageModule.ts"

const text = Schema.optional(Schema.NullOr(Schema.String))
const number = Schema.optional(Schema.NullOr(Schema.Number))

const Requirement = Schema.Struct({
  type: Schema.String,
  testcase: text,
  subject_identifier: text,
  scenario: text,
  source: text,
  result_id: number,
  waiver_id: number,
  error_reason: text,
  details: text
})

const Decision = Schema.Struct({
  policies_satisfied: Schema.Boolean,
  summary: Schema.String,
  satisfied_requirements: Schema.Array(Requirement),
  unsatisfied_requirements: Schema.Array(Requirement),
  applicable_policies: Schema.optional(Schema.Array(Schema.NullOr(Schema.String)))
})

const Waivers = Schema.Struct({
  data: Schema.Array(Schema.Struct({
    id: Schema.Number,
    subject_type: Schema.String,
    subject_identifier: Schema.String,
    testcase: Schema.String,
    product_version: Schema.String,
    username: Schema.String,
    waived: Schema.Boolean,
    comment: Schema.String,
    timestamp: Schema.String
  }))
})

const Policies = Schema.Struct({
  policies: Schema.Array(Schema.Struct({
    id: Schema.NullOr(Schema.String),
    product_versions: Schema.Array(Schema.String),
    decision_context: Schema.NullOr(Schema.String),
    decision_contexts: Schema.Array(Schema.String),
    subject_type: Schema.NullOr(Schema.String),
    rules: Schema.Array(Schema.Struct({ rule: Schema.String, test_case_name: Schema.optional(Schema.String) }))
  }))
})

const Types = Schema.Struct({ subject_types: Schema.Array(Schema.Struct({ id: Schema.String })) })

const Ignored = Schema.Unknown

const questionOf = (query: URLSearchParams): GatePage.Question => {
  const said = (name: string) => (query.get(name) ?? "").trim()
  return { type: said("type"), id: said("id"), product: said("product"), context: said("context") }
}

const shown = Effect.fnUntraced(
  function*({ ask, now, prefix, query, send, viewer }: Asked, refused: string | undefined, status: number) {
    const question = questionOf(query)
    const { context, id, product, type } = question
    const [policies, types, waivers] = yield* Effect.all([
      ask("/api/v1.0/policies", Policies),
      ask("/api/v1.0/subject_types", Types),
      ask(Blocks.address("/api/v1.0/waivers/", { subject_identifier: id, limit: 20, include_obsolete: 1 }), Waivers)
    ])
    const page = (decision: GatePage.Decision | undefined, problem: string | undefined, status: number) => ({
      status,
      page: GatePage.page({
        question,
        decision,
        problem,
        policies: policies.policies,
        types: types.subject_types.map((one) => one.id),
        waivers: waivers.data,
        viewer,
        now,
        prefix
      })
    })
    if (id === "") return page(undefined, refused, status)
    const body = {
      subject_type: type,
      subject_identifier: id,
      product_version: product,
      decision_context: context
    }
    return yield* send("/api/v1.0/decision", body, Decision).pipe(
      Effect.map((decision) => page(decision, refused, status)),
      Effect.catch((why: Refused) => Effect.succeed(page(undefined, refused ?? why.message, why.status)))
    )
  }
)

const waive = Effect.fnUntraced(function*(asking: Posted) {
  const { form, query, send } = asking
  const { id, product, type } = questionOf(query)
  const comment = (form.get("comment") ?? "").trim()
  const testcase = form.get("testcase") ?? ""
  if (comment === "") return yield* shown(asking, "Say why it does not count.", 400)
  const body = { subject_type: type, subject_identifier: id, testcase, product_version: product, waived: true, comment }
  return yield* send("/api/v1.0/waivers/", body, Ignored).pipe(
    Effect.map(() => ({ go: `/gates?${query}#requirements` })),
    Effect.catch(({ message, status }: Refused) => shown(asking, message, status))
  )
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/gates", make: (asking) => shown(asking, undefined, 200), post: waive }
]
