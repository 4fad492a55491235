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
  /** What has become of the tasks, where the message says it: `under-way` is not worth a question. */
  readonly change?: "closed" | "ended" | "under-way"
}

const Body = Schema.Struct({
  id: Schema.optional(Schema.Unknown),
  new: Schema.optional(Schema.Unknown),
  task_id: Schema.optional(Schema.Unknown),
  tag: Schema.optional(Schema.Unknown),
  tag_name: Schema.optional(Schema.Unknown),
  info: Schema.optional(Schema.Struct({ id: Schema.optional(Schema.Unknown), parent: Schema.optional(Schema.Unknown) }))
})

const decode = Schema.decodeUnknownOption(Body)

/** What a task's new state means, in the words of both plugins. */
const changeOf = (topic: string, state: unknown): HubMessage["change"] => {
  const word = (typeof state === "string" ? state : /\.task\.([a-z]+)$/.exec(`.${topic}`)?.[1] ?? "").toLowerCase()
  if (word === "closed") return "closed"
  if (word === "failed" || word === "canceled") return "ended"
  return word === "free" || word === "open" || word === "assigned" ? "under-way" : undefined
}

const numbers = (values: ReadonlyArray<unknown>): ReadonlyArray<number> => [
  ...new Set(values.filter((value): value is number => typeof value === "number" && Number.isSafeInteger(value)))
]

/** `undefined` for a message about something else, and for one of another shape. */
export const parse = (topic: string, body: unknown): HubMessage | undefined => {
  const found = decode(body)
  if (Option.isNone(found)) return undefined
  const { id, info, new: state, tag, tag_name, task_id } = found.value
  if (/(^|\.)repo\.done$/.test(topic)) {
    const tags = [tag, tag_name].filter((name): name is string => typeof name === "string")
    return tags.length === 0 ? undefined : { tasks: [], tags: [...new Set(tags)] }
  }
  if (/(^|\.)(task|build)\.(state\.change|[a-z]+)$/.test(topic)) {
    // In a message about a build, `id` would be the build's.
    const isTask = /(^|\.)task\./.test(topic)
    const change = isTask ? changeOf(topic, state) : undefined
    // What has become of a part of a task says nothing of the whole.
    const tasks = numbers(
      isTask ? [id, info?.id, ...(change === undefined ? [info?.parent] : [])] : [task_id]
    )
    return tasks.length === 0 ? undefined : { tasks, tags: [], ...(change === undefined ? {} : { change }) }
  }
  return undefined
}
