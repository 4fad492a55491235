/** The numbers by which AlmaLinux's build system tells states. They exist on the wire only. */
import type { RefType } from "@orch/core/packagebuild/BuildRef"
import type { TaskState } from "@orch/core/packagebuild/BuildTask"
import type { ReleaseState } from "@orch/core/release/Release"
import type { SigningState } from "@orch/core/signing/Signing"
import type { TapStatus } from "@orch/core/testrun/TapLog"
import type { TestState } from "@orch/core/testrun/TestRun"

/** idle 0, started 1, completed 2, failed 3, excluded 4, cancelled 5. What waits is idle, what is taken in is still started. */
export const ofTask: Readonly<Record<TaskState, number>> = {
  waiting: 0,
  queued: 0,
  started: 1,
  processing: 1,
  completed: 2,
  failed: 3,
  excluded: 4,
  canceled: 5
}

/** created 1, started 2, completed 3, failed 4, cancelled 5. */
export const ofTest: Readonly<Record<TestState, number>> = {
  created: 1,
  started: 2,
  completed: 3,
  failed: 4,
  canceled: 5
}

/** failed 1, done 2, todo 3, skipped 4. */
export const ofTap: Readonly<Record<TapStatus, number>> = { failed: 1, done: 2, todo: 3, skipped: 4 }

/** idle 1, in progress 2, completed 3, failed 4. What is taken in is still in progress. */
export const ofSigning: Readonly<Record<SigningState, number>> = {
  idle: 1,
  signing: 2,
  importing: 2,
  completed: 3,
  failed: 4
}

/** scheduled 1, in progress 2, completed 3, failed 4, reverted 5. What is planned or edited is scheduled. */
export const ofRelease: Readonly<Record<ReleaseState, number>> = {
  planning: 1,
  planned: 1,
  waiting: 2,
  committing: 2,
  released: 3,
  reverting: 2,
  reverted: 5,
  failed: 4,
  removed: 5
}

/** branch 1, tag 2, source package 3, any git reference 4. */
export const ofRefType: Readonly<Record<RefType, number>> = { git_branch: 1, git_tag: 2, srpm_url: 3, git_ref: 4 }

/** The kind of reference that a number or word stands for; `undefined` when it stands for none. */
export const refType = (given: number | string): RefType | undefined =>
  (Object.keys(ofRefType) as Array<RefType>).find((type) => type === given || ofRefType[type] === Number(given))
