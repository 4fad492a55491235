/**
 * What a hub's own messages say about tasks and repositories: hints to ask sooner, never a truth.
 *
 * Pure. Hubs send them through plugins: Fedora's to fedora-messaging (`…buildsys.task.state.change`, `…buildsys.repo.done`), the
 * one for AMQP 1.0 to topics such as `…task.closed` and `…repo.done`, with the same members in the body or its `info`.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** One message of a hub's bus, as far as it is a hint. */
export interface HubMessage {
  /** Tasks that changed, by number. */
  readonly tasks: ReadonlyArray<number>
  /** Tags that have a new repository. */
  readonly tags: ReadonlyArray<string>
}

const Body = Schema.Struct({
  id: Schema.optional(Schema.Unknown),
  task_id: Schema.optional(Schema.Unknown),
  tag: Schema.optional(Schema.Unknown),
  tag_name: Schema.optional(Schema.Unknown),
  info: Schema.optional(Schema.Struct({ id: Schema.optional(Schema.Unknown), parent: Schema.optional(Schema.Unknown) }))
})

const decode = Schema.decodeUnknownOption(Body)

const numbers = (values: ReadonlyArray<unknown>): ReadonlyArray<number> => [
  ...new Set(values.filter((value): value is number => typeof value === "number" && Number.isSafeInteger(value)))
]

/** `undefined` for a message about something else, and for one of another shape. */
export const parse = (topic: string, body: unknown): HubMessage | undefined => {
  const found = decode(body)
  if (Option.isNone(found)) return undefined
  const { id, info, tag, tag_name, task_id } = found.value
  if (/(^|\.)repo\.done$/.test(topic)) {
    const tags = [tag, tag_name].filter((name): name is string => typeof name === "string")
    return tags.length === 0 ? undefined : { tasks: [], tags: [...new Set(tags)] }
  }
  if (/(^|\.)(task|build)\.(state\.change|[a-z]+)$/.test(topic)) {
    // In a message about a build, `id` would be the build's.
    const isTask = /(^|\.)task\./.test(topic)
    const tasks = numbers(isTask ? [id, info?.id, info?.parent] : [task_id])
    return tasks.length === 0 ? undefined : { tasks, tags: [] }
  }
  return undefined
}
