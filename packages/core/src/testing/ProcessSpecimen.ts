/**
 * What the contract suites need to know of a life to try stores and queues with it: plans, and events for the moments that
 * every life has. A new life writes one and gets the suites.
 */
import type * as Life from "../life/Life.ts"

/** A life with examples. Every time in it is the same before and after it was stored: a whole number of milliseconds. */
export interface Specimen<L extends Life.Any> {
  readonly life: L
  /** Whether no process takes a place from another: what is promised about places is left out then. */
  readonly placeless?: true
  /** Its parts end together, and not one by one: what is said about single ends is left out. */
  readonly together?: true
  /** None of its events is ever refused. */
  readonly unrefused?: true
  /** What the announcements of a process are about: `module-build/42`. */
  readonly subject: (id: number) => string
  /** A plan with these parts; no two plans want the same place. */
  readonly plan: (parts: ReadonlyArray<string>) => Life.PlanOf<L>
  /** The first event of a process. */
  readonly submitted: Life.EventOf<L>
  /** Takes a new process to where all its parts are under way; each changes something. */
  readonly begin: (id: number, parts: ReadonlyArray<string>) => ReadonlyArray<Life.EventOf<L>>
  /** Ends a part that is under way. Repeated, it has nothing to say. */
  readonly end: (id: number, part: string) => Life.EventOf<L>
  /** Has nothing to say to a process that is under way. */
  readonly stale: Life.EventOf<L>
  /** Takes a process with one part, under way, to where `event` changes something each time, and asks for a command. */
  readonly again: {
    readonly reach: (id: number, part: string) => ReadonlyArray<Life.EventOf<L>>
    readonly event: (n: number) => Life.EventOf<L>
  }
  /** Ends a process that is under way, so that it leaves its place to others. */
  readonly gone: Life.EventOf<L>
  /** Takes up a process that has left its place; refused while it is under way. */
  readonly back: Life.EventOf<L>
  /** Plans that may stand beside this one. */
  readonly beside: (plan: Life.PlanOf<L>) => ReadonlyArray<Life.PlanOf<L>>
  /** A plan that uses every field, with values that storage likes to change, and events that do. */
  readonly rich: () => {
    readonly plan: Life.PlanOf<L>
    readonly events: (id: number) => ReadonlyArray<Life.EventOf<L>>
  }
  /** Events that bring a text into a process whose part `a` is under way, and where it stands afterwards. */
  readonly text: (id: number, text: string) => {
    readonly events: ReadonlyArray<Life.EventOf<L>>
    readonly read: (state: Life.StateOf<L>) => ReadonlyArray<string>
  }
  /** One command of each kind. */
  readonly commands: ReadonlyArray<Life.CommandOf<L>>
}
