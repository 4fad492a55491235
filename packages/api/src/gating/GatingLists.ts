/** Policies and types of subjects as `DecisionWire` lists them, as far as readers of our own look at them. */
import * as Schema from "effect/Schema"

/** One policy. */
export const Policy = Schema.Struct({
  id: Schema.NullOr(Schema.String),
  product_versions: Schema.Array(Schema.String),
  decision_context: Schema.NullOr(Schema.String),
  decision_contexts: Schema.Array(Schema.String),
  subject_type: Schema.NullOr(Schema.String),
  rules: Schema.Array(Schema.Struct({ rule: Schema.String, test_case_name: Schema.optional(Schema.String) }))
})
/** One policy. */
export interface Policy extends Schema.Schema.Type<typeof Policy> {}

/** The answer of `/api/v1.0/policies`. */
export const Policies = Schema.Struct({ policies: Schema.Array(Policy) })

/** The answer of `/api/v1.0/subject_types`. */
export const SubjectTypes = Schema.Struct({ subject_types: Schema.Array(Schema.Struct({ id: Schema.String })) })
