/**
 * Looks at the sources of components before a build begins: what no build can succeed with refuses the submission, for all
 * components at once, and what is doubtful becomes a remark.
 *
 * Bounded in time as a whole, in parallel, and remembered by commit, which never changes. Spec files are read as text;
 * nothing of them is run.
 */
import type { Problem } from "@orch/api/ErrorBody"
import { SourceControl, type SourceControlError } from "@orch/core/ports/SourceControl"
import * as SourceTree from "@orch/core/specfile/SourceTree"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SubmissionSettings } from "./SubmissionSettings.ts"

/** A component whose commit is known. */
export interface Sourced {
  readonly name: string
  /** What its spec file is called. */
  readonly packageName: string
  readonly repository: string
  readonly commit: string
}

export interface Verified {
  /** What is certainly wrong, each with its component as `where`. */
  readonly problems: ReadonlyArray<Problem>
  readonly remarks: ReadonlyArray<{ readonly component: string; readonly text: string }>
}

export interface Interface {
  /** Whether the installation wants it at all. */
  readonly isWanted: boolean
  /** Looks at all of them, for as long as the installation allows, of which so many milliseconds are gone already. */
  readonly verify: (components: ReadonlyArray<Sourced>, gone?: number) => Effect.Effect<Verified>
}

/** Bytes of one file that is read: twice what the largest spec files have, and read within half a second. */
const maxBytes = 2 * 1024 * 1024
const concurrency = 8
/** Commits whose findings are remembered. */
const mostKnown = 10_000

const keyOf = ({ commit, packageName, repository }: Sourced): string => [repository, commit, packageName].join("\n")

const short = (commit: string): string => commit.slice(0, 12)

export class ComponentInput extends Context.Service<ComponentInput, Interface>()(
  "@orch/server/modulebuilds/submission/ComponentInput"
) {
  static readonly layer: Layer.Layer<ComponentInput, never, SourceControl | SubmissionSettings> = Layer.effect(
    ComponentInput,
    Effect.gen(function*() {
      const { inputSeconds } = yield* SubmissionSettings
      const scm = yield* SourceControl
      const known = new Map<string, SourceTree.Findings>()

      const remember = (key: string, findings: SourceTree.Findings): void => {
        const [oldest] = known.keys()
        if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest)
        known.set(key, findings)
      }

      const look = Effect.fnUntraced(function*(one: Sourced) {
        const key = keyOf(one)
        const seen = known.get(key)
        if (seen !== undefined) return seen
        const { commit, packageName, repository } = one
        const wanted = SourceTree.isWanted(packageName)
        const tree = yield* scm.readTree({ repository, commit, wanted, maxBytes })
        const findings = SourceTree.judge(packageName, tree)
        remember(key, findings)
        return findings
      })

      const verify = Effect.fn("ComponentInput.verify")(function*(components: ReadonlyArray<Sourced>, gone = 0) {
        // Several components may build one package.
        const distinct = new Map(components.map((one) => [keyOf(one), one]))
        const answers = new Map<string, SourceTree.Findings>()
        yield* Effect.forEach(
          distinct,
          ([key, one]) =>
            Effect.map(Effect.catch(look(one), (error) => Effect.succeed(unseen(error))), (findings) => {
              answers.set(key, findings)
            }),
          { concurrency, discard: true }
        ).pipe(Effect.timeoutOption(Math.max(0, inputSeconds * 1000 - gone)))
        const late: SourceTree.Findings = {
          problems: [],
          remarks: [`Its spec file was not looked at: there was no time for it within ${inputSeconds} s`]
        }
        const found = components.map((one) => ({ ...one, ...(answers.get(keyOf(one)) ?? late) }))
        return {
          problems: found.flatMap(({ commit, name, problems, repository }) =>
            problems.map(({ code, message }) => ({
              code,
              where: name,
              message: `${repository} at ${short(commit)}: ${message}`
            }))
          ),
          remarks: found.flatMap(({ name, remarks }) => remarks.map((text) => ({ component: name, text })))
        }
      })

      return ComponentInput.of({ isWanted: inputSeconds > 0, verify })
    })
  )
}

/** What cannot be looked at is not known to be wrong: whoever builds it may be able to. */
const unseen = (error: SourceControlError): SourceTree.Findings => ({
  problems: [],
  remarks: [`Its spec file was not looked at: ${error.message}`]
})
