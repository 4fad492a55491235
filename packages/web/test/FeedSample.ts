/** The feed of a day, as a server would answer it: builds under way, failed, held at the gate, and done. */
import type { FeedEntry } from "@orch/api/orch/FeedApi"
import * as FeedPage from "../src/FeedPage.ts"
import * as Viewer from "../src/Viewer.ts"
import { build } from "./BuildSample.ts"
import * as LogSample from "./LogSample.ts"
import { now } from "./Samples.ts"

const viewer: Viewer.Viewer = { ...Viewer.stranger, name: "anna", mayAct: true }

const { entry: going } = build(24)

const ended = (
  id: number,
  name: string,
  stream: string,
  minutes: number,
  more: Partial<FeedEntry> = {}
): FeedEntry => ({
  ...going,
  id,
  name,
  stream,
  state: "ready",
  state_reason: "",
  created_at: new Date(now - (minutes + 42) * 60_000).toISOString(),
  completed_at: new Date(now - minutes * 60_000).toISOString(),
  sentence: "It is ready.",
  components: { ...going.components, total: 24, available: 24, building: 0, waiting: 0, reused: 6 },
  expected: null,
  ...more
})

/** One that failed in a test, in its third component. */
export const failed: FeedEntry = ended(4198, "perl", "5.38", 21, {
  state: "failed",
  state_reason: "perl-DBI failed",
  sentence: "perl-DBI failed in %check.",
  components: { ...going.components, total: 24, available: 17, building: 0, failed: 1, waiting: 6 },
  first_error: {
    component: "perl-DBI",
    attempt: 1,
    reason: "A test of the package fails.",
    phase: "%check",
    line: LogSample.content.overview.first_error!.line,
    text: "#   Failed test 'int64 survives a round trip'"
  }
})

const items: ReadonlyArray<FeedEntry> = [
  going,
  ended(4211, "nginx", "1.28", 0, {
    state: "build",
    completed_at: null,
    sentence: "nginx-mod-geoip waits for a builder on s390x.",
    components: { ...going.components, total: 9, available: 3, building: 1, waiting: 5 }
  }),
  ended(4207, "container-tools", "6", 3, {
    state: "done",
    completed_at: null,
    sentence: "It waits at the gate: dist.smoke has no result.",
    components: { ...going.components, total: 31, available: 31, building: 0, waiting: 0 }
  }),
  failed,
  ...["postgresql:17", "ruby:3.4", "nodejs:24", "php:8.4", "maven:3.9"].map((name, index) => {
    const [module = "", stream = ""] = name.split(":")
    return ended(4190 - index, module, stream, 60 + 17 * index)
  })
]

/** The page's content. */
export const content: FeedPage.Content = {
  q: "",
  feed: { items, total: 1204, more: false, next: 4186, q: "" },
  problem: undefined,
  counts: FeedPage.views(viewer).map(([, q], index) => ({
    q,
    total: [2, 1204, 1, 1, 3, 1, 980][index] ?? 0,
    more: false
  })),
  waiting: 126,
  viewer,
  now,
  prefix: ""
}
