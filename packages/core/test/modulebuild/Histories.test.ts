/**
 * Lives that were recorded are what they were: replayed, the stored events lead to the stored state and the same announcements,
 * in this version and in every later one. New shapes are recorded with `ORCH_RECORD_HISTORIES=1`; what is recorded is never
 * changed.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Draft } from "../../src/life/Draft.ts"
import type { ModuleBuild } from "../../src/modulebuild/ModuleBuild.ts"
import { ModuleBuildEvent } from "../../src/modulebuild/ModuleBuildEvent.ts"
import { moduleBuildLife } from "../../src/modulebuild/ModuleBuildLife.ts"
import * as HistoryRecorder from "./HistoryRecorder.ts"

const directory = Path.join(import.meta.dirname, "histories")
const { codecs } = moduleBuildLife

const read = (file: string): HistoryRecorder.Recording =>
  Schema.decodeUnknownSync(HistoryRecorder.Recording)(JSON.parse(Fs.readFileSync(Path.join(directory, file), "utf8")))

if (process.env["ORCH_RECORD_HISTORIES"] !== undefined) {
  describe("the engine records", () => {
    for (const [name, life] of Object.entries(HistoryRecorder.lives)) {
      const file = Path.join(directory, `${name}.json`)
      it.live.skipIf(Fs.existsSync(file))(name, () =>
        Effect.map(Effect.scoped(life), (recording) => {
          Fs.writeFileSync(file, `${JSON.stringify(recording, null, 1)}\n`)
        }), 60_000)
    }
  })
}

/** Those that are there before this run; what is recorded now is replayed by the next. */
const files = Fs.readdirSync(directory).filter((file) => file.endsWith(".json"))

/**
 * What this version tells of what was told when histories were recorded: not any more that a component's task was asked for, nor that
 * a component, told to be built, is in the buildroot as well.
 */
const stillTold = (
  announcements: HistoryRecorder.Recording["announcements"]
): HistoryRecorder.Recording["announcements"] => {
  const states = new Map<string, string>()
  return announcements.filter(({ body, subject, topic }) => {
    if (topic !== "component-build.state") return true
    const { state } = body as { readonly state: string }
    const before = states.get(subject)
    states.set(subject, state)
    return state !== "submitting" && !(before === "built" && state === "available")
  })
}

/** What this version knows besides of what was recorded: when the farm began with a component. Recordings with it are compared in it. */
const asRecorded = (state: ModuleBuild, stored: ModuleBuild): ModuleBuild => ({
  ...state,
  components: new Map(
    [...state.components].map(([name, component]) => {
      if (component.openedAt === undefined || stored.components.get(name)?.openedAt !== undefined) {
        return [name, component]
      }
      const { openedAt, ...rest } = component
      assert.isTrue(rest.submittedAt !== undefined && openedAt >= rest.submittedAt)
      return [name, rest]
    })
  )
})

describe("recorded histories", () => {
  for (const file of files) {
    it(`${Path.basename(file, ".json")} replays to its state and its announcements`, () => {
      const { announcements, events, id, parts, plan, progress } = read(file)
      const stored = moduleBuildLife.assemble(
        id,
        Schema.decodeUnknownSync(codecs.plan)(plan),
        Schema.decodeUnknownSync(codecs.progress)(progress),
        parts.map((part) => Schema.decodeUnknownSync(codecs.part)(part))
      )
      let state = moduleBuildLife.unborn(id, Schema.decodeUnknownSync(codecs.plan)(plan))
      const told: Array<Draft> = []
      for (const event of events) {
        const decided = Result.getOrThrow(
          moduleBuildLife.decide(state, Schema.decodeUnknownSync(codecs.event)(event))
        )
        assert.isTrue(decided.changed, `${JSON.stringify(event)} was stored because it changed something`)
        told.push(...decided.announcements)
        state = decided.state
      }
      assert.deepStrictEqual(asRecorded(state, stored), stored)
      assert.deepStrictEqual(JSON.parse(JSON.stringify(told)), stillTold(announcements))
    })
  }

  it("hold every kind of event and every state", () => {
    const recordings = files.map(read)
    const tags = new Set(recordings.flatMap(({ events }) => events.map((event) => (event as { _tag: string })._tag)))
    assert.sameMembers([...tags], ModuleBuildEvent.members.map((member) => member.fields._tag.schema.literal))
    const states = new Set(
      recordings.flatMap(({ announcements }) =>
        announcements.filter(({ topic }) => topic === "module-build.state")
          .map(({ body }) => (body as { state: string }).state)
      )
    )
    assert.sameMembers([...states], ["init", "wait", "build", "done", "failed", "ready", "garbage"])
    assert.isAtLeast(recordings.length, 10)
  })

  it("are of every life that the recorder knows", () =>
    assert.includeMembers(files, Object.keys(HistoryRecorder.lives).map((name) => `${name}.json`)))
})
