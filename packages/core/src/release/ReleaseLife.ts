/** The release as a life: its parts are repositories. */
import * as Schema from "effect/Schema"
import * as Delays from "../farm/Delays.ts"
import type { Life } from "../life/Life.ts"
import { assemble, Progress, type Release, ReleaseOrder, unborn } from "./Release.ts"
import { ReleaseCommand, ReleaseEvent } from "./ReleaseEvent.ts"
import { decide } from "./ReleaseTransition.ts"
import { RepositoryRelease } from "./RepositoryRelease.ts"

/** The type of `releaseLife`. */
export type ReleaseLife = Life<
  "release",
  ReleaseOrder,
  Progress,
  RepositoryRelease,
  Release,
  ReleaseEvent,
  ReleaseCommand
>

/** Releases; several may be about one platform, and their repositories are locked while they write. */
export const releaseLife: ReleaseLife = {
  name: "release",
  codecs: {
    plan: Schema.toCodecJson(ReleaseOrder),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(RepositoryRelease),
    event: Schema.toCodecJson(ReleaseEvent),
    command: Schema.toCodecJson(ReleaseCommand)
  },
  unborn,
  assemble,
  take: ({ id: _, plan, repositories, ...progress }) => ({ plan, progress, part: (name) => repositories.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: () => undefined,
  decide,
  delays: { event: Delays.event, of: Delays.of },
  rejected: (command, reason, at, whole) => ({
    _tag: "CommandRejected",
    at,
    command,
    reason,
    ...(whole?._tag === "RunStep" ? { repository: whole.repository, step: whole.step } : {})
  }),
  // What cannot be done is taken back, and a step on the way back is tried for ever.
  givesUp: true
}
