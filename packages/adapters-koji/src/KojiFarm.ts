/** What the operations of one hub's build system share: the hub, what it can do, our tasks there, and who waits for whom. */
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Durations from "./Durations.ts"
import type * as HubCapabilities from "./HubCapabilities.ts"
import { element } from "./HubShapes.ts"
import type { KojiFault } from "./KojiError.ts"
import type { Answer, KojiHub } from "./KojiHub.ts"
import type { KojiSettings } from "./KojiSettings.ts"
import * as TaskLedger from "./TaskLedger.ts"

/** One hub in use as a build system. */
export interface KojiFarm {
  readonly hub: KojiHub
  readonly settings: KojiSettings
  readonly capabilities: HubCapabilities.HubCapabilities
  readonly user: { readonly id: number; readonly name: string }
  readonly ledger: TaskLedger.TaskLedger
  /** How long things took lately. */
  readonly durations: Durations.Durations
  /** When targets were last seen to be there (milliseconds since 1970), by name; see `sawTarget`. */
  readonly targets: Map<string, number>
  /** Keys that this process has tried to submit; what came of that may be unknown. */
  readonly tried: Set<string>
  /** Looking for a key and submitting it must not be done by two at once, or both find nothing. */
  readonly submitting: Semaphore.Semaphore
  /** Two preparations of one buildroot would both create its tags, and a release would leave what one is still making. */
  readonly preparing: (name: string) => Semaphore.Semaphore
}

/** A farm on a hub that has told what it can do, for this user of it. */
export const make = (
  hub: KojiHub,
  settings: KojiSettings,
  capabilities: HubCapabilities.HubCapabilities,
  user: KojiFarm["user"]
): KojiFarm => {
  const locks = Array.from({ length: 64 }, () => Semaphore.makeUnsafe(1))
  return {
    hub,
    settings,
    capabilities,
    user,
    ledger: TaskLedger.make(hub, user.id),
    durations: Durations.make(),
    targets: new Map(),
    tried: new Set(),
    submitting: Semaphore.makeUnsafe(1),
    // A lock for several names now and then costs little; one for each name would be kept for ever.
    preparing: (name) => locks[Hash.string(name) >>> 26]!
  }
}

/** Targets whose last sight is remembered. */
const targetsKept = 1000

/** Notes whether a target was there at that time. */
export const sawTarget = ({ targets }: KojiFarm, name: string, isThere: boolean, now: number): void => {
  targets.delete(name)
  if (isThere) targets.set(name, now)
  if (targets.size > targetsKept) targets.delete(targets.keys().next().value!)
}

/** Our tasks, from the answer of the ledger's own call. */
export const ownTasks = ({ ledger }: KojiFarm, answer: Answer | undefined) =>
  Effect.flatMap(element(Schema.Unknown, "listTasks", answer), (rows) => ledger.absorb(rows as never))

/** The first fault among the answers of writes; undefined where all succeeded. */
export const firstFault = (answers: ReadonlyArray<Answer>): KojiFault | undefined => {
  const failed = answers.find(Result.isFailure)
  return failed === undefined ? undefined : failed.failure
}
