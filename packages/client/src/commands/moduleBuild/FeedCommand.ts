/** `orch module-build feed`: what goes on, one line and one sentence for each build, filtered by text. */
import type { FeedEntry } from "@orch/api/orch/FeedApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"

const minute = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)}`

const line = (one: FeedEntry): string => {
  const { available, built, total } = one.components
  const error = one.first_error
  return [
    `${one.id} ${one.state} ${one.name}:${one.stream}:${one.version}:${one.context} (${
      available + built
    }/${total}) ${one.owner}`,
    `    ${one.sentence}`,
    ...(error?.line == null ? [] : [`    ${error.component}, line ${error.line}: ${error.text ?? ""}`]),
    ...(one.expected === null
      ? []
      : [
        `    expected ${minute(one.expected.at)}, ${minute(one.expected.earliest)} to ${
          minute(one.expected.latest)
        } UTC`
      ]),
    ...(one.dead_letters === 0 ? [] : ["    needs somebody: see orch dead-letters list"])
  ].join("\n")
}

/** Shows the feed. */
export const command = Command.make(
  "feed",
  {
    ...Connection.flags,
    filter: Argument.String("filter").pipe(
      Argument.withDescription(
        "Such as state:failed, owner:me, name:perl*, package:zlib, commit:1a2b3c4, since:3d, took:>2h, needs:person, or words of names"
      ),
      Argument.variadic()
    ),
    before: Flag.Int("before").pipe(Flag.withDescription("Only builds of lower numbers"), Flag.optional),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many at most"), Flag.withDefault(20))
  },
  ({ before, filter, json, limit, ...given }) =>
    Connection.run(given, (client) =>
      Effect.gen(function*() {
        const page = yield* client.feed.list({
          query: {
            q: filter.join(" "),
            limit: `${limit}`,
            ...(Option.isSome(before) ? { before: `${before.value}` } : {})
          }
        })
        yield* print(json, page, () =>
          page.items.length === 0 ? "There are no such module builds." : [
            ...page.items.map(line),
            ...(page.next === null
              ? []
              : [`(${page.more ? "more than " : ""}${page.total} in all; go on with --before ${page.next})`])
          ].join("\n"))
      }))
).pipe(
  Command.withDescription("Show how far module builds are and what they wait for, filtered by text"),
  Command.withExamples([{
    command: "orch module-build feed state:failed since:1d",
    description: "What failed since yesterday"
  }])
)
