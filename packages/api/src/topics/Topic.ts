/** What one topic of announcements is: what it is about, and the shape of what is told, which has a version. */
import * as Schema from "effect/Schema"

/** One topic. A new version is one that a reader of the older one would not understand; more keys make none. */
export interface Topic {
  readonly version: number
  /** A sentence for people. */
  readonly about: string
  /** What subjects look like, such as `module-build/ID`. */
  readonly subject: string
  readonly body: Schema.Codec<unknown, unknown>
}

/** The topic, with the type of its body forgotten. */
export const make = <S extends Schema.Constraint>(
  topic: Omit<Topic, "body"> & { readonly body: S }
): Topic => topic as unknown as Topic

/** A message as webhooks and brokers bring it: the body of the announcement stands under `data`. */
export const message = (name: string, { about, body }: Topic) =>
  Schema.Struct({
    type: Schema.Literal(name),
    timestamp: Schema.String.annotate({ description: "RFC 3339 in UTC." }),
    sequence: Schema.Int.annotate({ description: "The position in the one sequence of all announcements, from 1." }),
    subject: Schema.String,
    data: body as Schema.Codec<unknown, unknown>
  }).annotate({ description: about })
