/**
 * A small life, kept with the contract suites: an errand that fetches items from somewhere.
 *
 * It is what `docs/writing-a-life.md` goes through. An errand asks for all its items at once, hears of each when it has
 * arrived, and is done with the last one.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import type { Life } from "../life/Life.ts"
import { type Change, none } from "../life/LifeChange.ts"
import * as LifeParts from "../life/LifeParts.ts"

/** What is to be fetched, and under which name; two errands of one name are not under way at the same time. */
export const ErrandPlan = Schema.Struct({ name: Schema.String, items: Schema.Array(Schema.String) })
export interface ErrandPlan extends Schema.Schema.Type<typeof ErrandPlan> {}

/** What changes and does not grow with the items. */
export const ErrandProgress = Schema.Struct({
  state: Schema.Literals(["asking", "waiting", "done", "failed"]),
  reason: Schema.String,
  modifiedAt: Schema.Number
})
export interface ErrandProgress extends Schema.Schema.Type<typeof ErrandProgress> {}

/** One item: a part, in a row of its own. */
export const Item = Schema.Struct({
  name: Schema.String,
  state: Schema.Literals(["wanted", "asked", "there"]),
  ticket: Schema.optionalKey(Schema.String)
})
export interface Item extends Schema.Schema.Type<typeof Item> {}

/** The state: all three together. */
export interface Errand extends ErrandProgress {
  readonly id: number
  readonly plan: ErrandPlan
  readonly items: ReadonlyMap<string, Item>
}

const At = { at: Schema.Number }

/** What can happen. */
export const ErrandEvent = Schema.Union([
  Schema.TaggedStruct("Submitted", At),
  /** Whoever has the items gave a ticket for each. */
  Schema.TaggedStruct("Asked", { ...At, tickets: Schema.Record(Schema.String, Schema.String) }),
  Schema.TaggedStruct("Arrived", { ...At, item: Schema.String }),
  Schema.TaggedStruct("Reminded", At),
  Schema.TaggedStruct("CommandRejected", { ...At, command: Schema.String, reason: Schema.String }),
  Schema.TaggedStruct("CancelRequested", { ...At, by: Schema.String }),
  Schema.TaggedStruct("ResumeRequested", { ...At, by: Schema.String })
])
export type ErrandEvent = typeof ErrandEvent.Type

/** What an errand wants done. */
export const ErrandCommand = Schema.Union([
  Schema.TaggedStruct("Ask", { items: Schema.Array(Schema.String) }),
  /** Press those who are slow. */
  Schema.TaggedStruct("Remind", { tickets: Schema.Array(Schema.String) })
])
export type ErrandCommand = typeof ErrandCommand.Type

/** What one event comes to: a change, or why it cannot happen now. */
export type Decision = Result.Result<Change<Errand, ErrandCommand>, IllegalTransition>

const nothing = (errand: Errand): Decision => Result.succeed(none(errand))

/** Moves to a state, with items that changed, and tells everybody. */
const moveTo = (
  errand: Errand,
  state: Errand["state"],
  reason: string,
  at: number,
  { commands = [], items = [] }: {
    readonly items?: ReadonlyArray<Item>
    readonly commands?: ReadonlyArray<ErrandCommand>
  } = {}
): Decision =>
  Result.succeed({
    state: {
      ...errand,
      state,
      reason,
      modifiedAt: at,
      items: new Map([...errand.items, ...items.map((item) => [item.name, item] as const)])
    },
    touched: new Set(items.map(({ name }) => name)),
    commands: commands.map((command) => ({ command, delay: 0 })),
    announcements: [{ topic: "errand.state", subject: `errand/${errand.id}`, body: { id: errand.id, state, reason } }],
    changed: true
  })

const refuse = (errand: Errand, event: ErrandEvent, message: string): Decision =>
  Result.fail(new IllegalTransition({ state: errand.state, event: event._tag, message }))

const missing = (errand: Errand): ReadonlyArray<Item> =>
  [...errand.items.values()].filter(({ state }) => state !== "there")

const ask = (errand: Errand, reason: string, at: number): Decision => {
  const items = missing(errand).map(({ name }): Item => ({ name, state: "wanted" }))
  return moveTo(errand, "asking", reason, at, {
    items,
    commands: [{ _tag: "Ask", items: items.map(({ name }) => name) }]
  })
}

/** What follows from an event: every state and event has an answer. */
export const decide = (errand: Errand, event: ErrandEvent): Decision => {
  switch (event._tag) {
    case "Submitted":
      return errand.modifiedAt === 0 ? ask(errand, "Submitted", event.at) : nothing(errand)
    case "Asked":
      return errand.state !== "asking" ? nothing(errand) : moveTo(errand, "waiting", "Asked for everything", event.at, {
        items: missing(errand).flatMap(({ name }) => {
          const ticket = event.tickets[name]
          return ticket === undefined ? [] : [{ name, state: "asked" as const, ticket }]
        })
      })
    case "Arrived": {
      const item = errand.items.get(event.item)
      if (errand.state !== "waiting" || item?.state !== "asked") return nothing(errand)
      const items = [{ ...item, state: "there" as const }]
      return missing(errand).length === 1
        ? moveTo(errand, "done", "Everything is there", event.at, { items })
        : moveTo(errand, "waiting", `${event.item} is there`, event.at, { items })
    }
    case "Reminded":
      return errand.state !== "waiting" ? nothing(errand) : moveTo(errand, "waiting", "Reminded", event.at, {
        commands: [{ _tag: "Remind", tickets: missing(errand).flatMap(({ ticket }) => ticket ?? []) }]
      })
    case "CommandRejected":
      return isEnded(errand) ? nothing(errand) : moveTo(errand, "failed", event.reason, event.at)
    case "CancelRequested":
      return isEnded(errand)
        ? refuse(errand, event, "only an errand under way can be canceled")
        : moveTo(errand, "failed", `Canceled by ${event.by}`, event.at)
    case "ResumeRequested":
      return errand.state === "failed"
        ? ask(errand, `Resumed by ${event.by}`, event.at)
        : refuse(errand, event, "only a failed errand can be resumed")
  }
}

const isEnded = ({ state }: Errand): boolean => state === "done" || state === "failed"

/** What an errand waits for, one sentence each; nothing once it has ended. */
export const explain = (errand: Errand): ReadonlyArray<string> =>
  errand.state === "asking"
    ? ["The items are being asked for."]
    : errand.state === "waiting"
    ? missing(errand).map(({ name, ticket }) => `${name} has not arrived yet (ticket ${ticket ?? "none"}).`)
    : []

/** The type of `sampleLife`. */
export type SampleLife = Life<"errand", ErrandPlan, ErrandProgress, Item, Errand, ErrandEvent, ErrandCommand>

/** Errands: their parts are items, and their place is their name. */
export const sampleLife: SampleLife = {
  name: "errand",
  codecs: {
    plan: Schema.toCodecJson(ErrandPlan),
    progress: Schema.toCodecJson(ErrandProgress),
    part: Schema.toCodecJson(Item),
    event: Schema.toCodecJson(ErrandEvent),
    command: Schema.toCodecJson(ErrandCommand)
  },
  unborn: (id, plan) => sampleLife.assemble(id, plan, { state: "asking", reason: "", modifiedAt: 0 }, []),
  assemble: (id, plan, progress, parts) => ({
    ...progress,
    id,
    plan,
    items: LifeParts.byName<Item>(plan.items.map((name) => ({ name, state: "wanted" })), parts)
  }),
  take: ({ id: _, items, plan, ...progress }) => ({ plan, progress, part: (name) => items.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: (errand) => isEnded(errand) ? undefined : errand.plan.name,
  decide,
  rejected: (command, reason, at) => ({ _tag: "CommandRejected", at, command, reason })
}
