/** Why a module build stands where it stands, as every face that explains shows it. */
import type { ModuleBuildExplanation, Reference, Wait } from "@orch/api/orch/ModuleBuildsApi"
import type { Explanation } from "@orch/core/modulebuild/Explanation"
import type * as WaitChain from "@orch/core/modulebuild/WaitChain"
import type { DeadLetter } from "@orch/core/ports/CommandQueue"
import { placeOf, type Queue } from "../farmqueue/FarmQueue.ts"

/** The explanation, with the commands that wait for a person because their retries are spent. */
export const explanation = (
  explained: Explanation,
  deadLetters: ReadonlyArray<DeadLetter>,
  waits: ReadonlyArray<Wait> = []
): ModuleBuildExplanation => ({
  state: explained.state,
  reason: explained.reason,
  waits_for: [
    ...explained.waitsFor,
    ...deadLetters.map(letterSentence)
  ],
  waits: [...deadLetters.map(letterWait), ...waits],
  remarks: explained.remarks,
  components: explained.components.map(({ reuse, waitsFor, ...rest }) => ({
    ...rest,
    reuse: reuse ?? null,
    waits_for: waitsFor
  })),
  dead_letters: deadLetters.map(({ command, id, reason }) => ({ id, command: command ?? "unreadable", reason }))
})

const letterSentence = ({ command, id }: DeadLetter): string =>
  `Somebody has to release the command ${
    command ?? "that cannot be read"
  } (orch dead-letters release ${id}): its retries are spent.`

const letterWait = (letter: DeadLetter): Wait => ({
  kind: "person",
  when: "now",
  sentence: letterSentence(letter),
  references: [reference("dead-letter", letter.id)],
  queue: null
})

const reference = (
  kind: Reference["kind"],
  name: string,
  component: string | null = null,
  attempt: number | null = null
): Reference => ({ kind, name, component, attempt })

const referenceOf = (one: WaitChain.Reference): Reference => {
  switch (one._tag) {
    case "Component":
      return reference("component", one.component)
    case "Task":
      return reference("task", one.task, one.component)
    case "Log":
      return reference("log", `${one.component}/${one.attempt}`, one.component, one.attempt)
    case "System":
      return reference("system", one.system)
    case "Repository":
      return reference("repository", one.request ?? "")
    case "Build":
      return reference("build", `${one.build}`)
  }
}

/** The chain of waits of one build, with the places of what is queued. */
export const waits = (
  build: number,
  chain: ReadonlyArray<WaitChain.Wait>,
  queue: Pick<Queue, "entries"> | undefined
): ReadonlyArray<Wait> =>
  chain.map(({ kind, queued, references, sentence, when }) => ({
    kind,
    when,
    sentence,
    references: references.map(referenceOf),
    queue: queue === undefined || queued.length === 0
      ? null
      : placeOf(queue, "module-build", build, new Set(queued)) ?? null
  }))
