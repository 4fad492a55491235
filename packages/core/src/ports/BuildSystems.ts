/**
 * Several build systems as one: each module build goes to the one that offers its platform.
 *
 * Ids of the first are kept as they are, so that a second can be added to a running installation; those of the others carry
 * their name in front, as `name/id`.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TaskId } from "../farm/Task.ts"
import { BuildSystemError, type Capabilities, type Interface } from "./BuildSystem.ts"

/** A build system and the name its ids are told apart by. */
export interface Member {
  /** Without a slash. */
  readonly name: string
  /** One that builds components: a farm that owns module builds stands alone. */
  readonly system: Interface
}

/** Several build systems as one, and how to find the one that an id belongs to. */
export interface Combined<M extends Member> {
  readonly members: ReadonlyArray<M>
  /** All of them as one. */
  readonly system: Interface
  /** Who builds for a platform. One that several offer is the first one's. */
  readonly offering: (platform: string) => M | undefined
  /** Whose an id is, and what that one calls it. */
  readonly ownerOf: (id: string) => { readonly member: M; readonly id: string }
}

/** Makes one build system of these. The first one's ids stay as they are. */
export const combine = <M extends Member>(members: readonly [M, ...ReadonlyArray<M>]): Combined<M> => {
  const [first, ...others] = members
  const named = new Map(others.map((member) => [member.name, member]))

  const ownerOf: Combined<M>["ownerOf"] = (id) => {
    const slash = id.indexOf("/")
    const member = slash < 0 ? undefined : named.get(id.slice(0, slash))
    return member === undefined ? { member: first, id } : { member, id: id.slice(slash + 1) }
  }
  const marked = (member: M, id: string): string => member === first ? id : `${member.name}/${id}`

  const offering = (platform: string): M | undefined =>
    members.find(({ system: { capabilities: { platforms } } }) =>
      platforms === undefined || platforms.includes(platform)
    )

  const builder = (platform: string, operation: string) =>
    Effect.suspend(() => {
      const member = offering(platform)
      return member === undefined
        ? Effect.fail(
          new BuildSystemError({
            reason: "rejected",
            operation,
            message: `no build system has the platform ${JSON.stringify(platform)}; there are ${
              members.map(({ name, system }) => `${name} (${system.capabilities.platforms?.join(", ")})`).join(" and ")
            }`
          })
        )
        : Effect.succeed(member)
    })

  /** Asks each member about its own, all at once, and puts the answers back in order. */
  const each = <A, B, E>(
    all: ReadonlyArray<A>,
    memberOf: (one: A) => M,
    ask: (member: M, some: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E>
  ): Effect.Effect<ReadonlyArray<B>, E> => {
    const parts = [...Map.groupBy(all.map((one, index) => ({ one, index })), ({ one }) => memberOf(one))]
    return Effect.map(
      Effect.forEach(parts, ([member, part]) => ask(member, part.map(({ one }) => one)), { concurrency: "unbounded" }),
      (answers) => {
        const ordered: Array<B> = []
        for (const [place, [, part]] of parts.entries()) {
          for (const [at, { index }] of part.entries()) ordered[index] = answers[place]![at]!
        }
        return ordered
      }
    )
  }

  const system: Interface = {
    get capabilities() {
      return together(members)
    },
    part: (id) => ownerOf(id).member.name,
    prepare: (plan) =>
      Effect.flatMap(
        builder(plan.platform, "prepare"),
        (member) => Effect.map(member.system.prepare(plan), (root) => ({ ...root, id: marked(member, root.id) }))
      ),
    submit: (buildroot, requests, options) => {
      const { id, member } = ownerOf(buildroot.id)
      return Effect.map(
        member.system.submit({ ...buildroot, id }, requests, options),
        (answers) =>
          answers.map((one) => one._tag === "Accepted" ? { ...one, task: TaskId.make(marked(member, one.task)) } : one)
      )
    },
    observe: (tasks, options) =>
      each(
        tasks,
        (task) => ownerOf(task).member,
        (member, some) =>
          Effect.map(
            member.system.observe(some.map((task) => TaskId.make(ownerOf(task).id)), options),
            (answers) => answers.map((one) => ({ ...one, task: TaskId.make(marked(member, one.task)) }))
          )
      ),
    ...(members.some(({ system }) => system.results !== undefined)
      ? {
        results: (builds) =>
          each(
            builds,
            ({ task }) => ownerOf(task).member,
            ({ system }, some) =>
              system.results?.(some.map((one) => ({ ...one, task: TaskId.make(ownerOf(one.task).id) })))
                // Those that leave nothing out have said it.
                ?? Effect.succeed(some.map(({ artifacts }) => ({ artifacts })))
          )
      }
      : {}),
    ...(members.some(({ system }) => system.inputs !== undefined)
      ? {
        inputs: (builds) =>
          each(
            builds,
            ({ task }) => ownerOf(task).member,
            ({ system }, some) =>
              system.inputs?.(some.map((one) => ({ ...one, task: TaskId.make(ownerOf(one.task).id) })))
                ?? Effect.succeed(some.map(() => ({})))
          )
      }
      : {}),
    cancel: (tasks) =>
      Effect.asVoid(
        each(tasks, (task) => ownerOf(task).member, (member, some) =>
          Effect.as(
            member.system.cancel(some.map((task) => TaskId.make(ownerOf(task).id))),
            []
          ))
      ),
    admit: (buildroot, builds) => {
      const { id, member } = ownerOf(buildroot.id)
      const own = builds.map((one) => ({ ...one, task: TaskId.make(ownerOf(one.task).id) }))
      return Effect.map(member.system.admit({ ...buildroot, id }, own), (request) => ({
        ...request,
        buildroot: marked(member, request.buildroot)
      }))
    },
    observeRepositories: (requests) =>
      each(
        requests,
        ({ buildroot }) => ownerOf(buildroot).member,
        (member, some) =>
          member.system.observeRepositories(some.map((one) => ({ ...one, buildroot: ownerOf(one.buildroot).id })))
      ),
    finish: (plan, outcome) =>
      Effect.flatMap(builder(plan.platform, "finish"), ({ system }) =>
        system.finish(
          plan,
          outcome._tag === "Failed" ? outcome : {
            ...outcome,
            builds: outcome.builds.map((one) => ({ ...one, task: TaskId.make(ownerOf(one.task).id) }))
          }
        )),
    hints: Stream.mergeAll(
      members.map((member) => Stream.map(member.system.hints, (task) => TaskId.make(marked(member, task)))),
      { concurrency: "unbounded" }
    ),
    repositoryHints: Stream.mergeAll(
      members.map((member) =>
        Stream.map(member.system.repositoryHints ?? Stream.empty, (request) => ({
          ...request,
          buildroot: marked(member, request.buildroot)
        }))
      ),
      { concurrency: "unbounded" }
    ),
    ...(members.some(({ system }) => system.taggedModules !== undefined)
      ? {
        taggedModules: (platform, tag, modules) =>
          Effect.flatMap(
            builder(platform, "taggedModules"),
            ({ system }) => system.taggedModules?.(platform, tag, modules) ?? Effect.succeed([])
          )
      }
      : {}),
    // Where one does not know, all of them together have an unknown number.
    slots: Effect.map(
      Effect.forEach(members, ({ system }) => system.slots ?? Effect.undefined, { concurrency: "unbounded" }),
      (all) =>
        all.reduce(
          (sum, slots) => sum === undefined || slots === undefined ? undefined : sum + slots,
          0 as number | undefined
        )
    ),
    conditions: (silent) =>
      Effect.map(
        Effect.forEach(members, ({ system }) => system.conditions?.(silent) ?? Effect.succeed([]), {
          concurrency: "unbounded"
        }),
        (all) => all.flat()
      )
  }
  return { members, system, offering, ownerOf }
}

/** What they can do together. Where one of them takes any platform, all do. */
const together = (members: readonly [Member, ...ReadonlyArray<Member>]): Capabilities => {
  const all = members.map(({ system }) => system.capabilities)
  const platforms = all.map((one) => one.platforms)
  const provisional = all.flatMap((one) => one.provisional ?? [])
  return {
    name: members.map(({ name }) => name).join("+"),
    arches: [...new Set(all.flatMap(({ arches }) => arches))],
    // Whoever comes first has a platform that several offer.
    platformArches: Object.assign(
      {},
      ...all.toReversed().map(({ arches, platformArches, platforms = [] }) => ({
        ...Object.fromEntries(platforms.map((platform) => [platform, arches])),
        ...platformArches
      }))
    ),
    platformTags: Object.assign({}, ...all.toReversed().map(({ platformTags }) => platformTags)),
    platforms: platforms.includes(undefined) ? undefined : [...new Set(platforms.flatMap((some) => some ?? []))],
    // What one of them does not do is not promised.
    options: all[0]!.options?.filter((option) => all.every(({ options = [] }) => options.includes(option))) ?? [],
    hints: all.some(({ hints }) => hints),
    bulk: Math.min(...all.map(({ bulk }) => bulk)),
    ...(provisional.length === 0 ? {} : { provisional })
  }
}
