/** What this installation's gates go by: policies, types of subjects, whose waivers count. */
import type { GatingPolicy } from "@orch/core/gating/GatingPolicy"
import type { SubjectType } from "@orch/core/gating/SubjectType"
import * as Context from "effect/Context"

/** Who may waive which tests, as WaiverDB's permissions say it. */
export interface WaiverPermission {
  readonly name: string
  readonly maintainers: ReadonlyArray<string>
  /** Patterns of tests. */
  readonly testcases: ReadonlyArray<string>
  /** Patterns of tests that it does not speak of. */
  readonly testcasesIgnore: ReadonlyArray<string>
  readonly groups: ReadonlyArray<string>
  readonly users: ReadonlyArray<string>
}

/** Where sets of candidates go. */
export interface GateTarget {
  readonly name: string
  readonly arches: ReadonlyArray<string>
  /** Addresses with `{arch}` of what is offered there anyway. */
  readonly repositories: ReadonlyArray<string>
  /** The point that candidates have to be let through at; without it none is asked. */
  readonly decisionContext: string | undefined
  /** Without it the policies of any product version are enough. */
  readonly productVersion: string | undefined
  readonly subjectType: string
}

export interface Settings {
  readonly policies: ReadonlyArray<GatingPolicy>
  readonly subjectTypes: ReadonlyArray<SubjectType>
  /** Addresses of the files beside subjects' sources, with `{pkg_namespace}`, `{pkg_name}`, `{rev}` or `{subject_id}`. */
  readonly remoteRules: ReadonlyArray<string>
  /** Empty: whoever may submit may waive. */
  readonly permissions: ReadonlyArray<WaiverPermission>
  readonly targets: ReadonlyArray<GateTarget>
  /** Who may waive on behalf of others. */
  readonly superusers: ReadonlyArray<string>
}

export const none: Settings = {
  policies: [],
  subjectTypes: [],
  remoteRules: [],
  permissions: [],
  targets: [],
  superusers: []
}

/** The settings of this server's gates. */
export const GatingConfig: Context.Reference<Settings> = Context.Reference("@orch/server/gating/GatingConfig", {
  defaultValue: () => none
})
