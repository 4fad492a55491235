/** What can be set about building at one hub, beyond how to reach it. */
import type * as Duration from "effect/Duration"
import type * as Stream from "effect/Stream"
import type * as HubMessage from "./HubMessage.ts"
import type * as SettingsCheck from "./SettingsCheck.ts"

/** What is worth knowing of a hub that is away: for which architectures it builds. */
export interface Remembered {
  /** Of its builders. */
  readonly arches: ReadonlyArray<string>
  /** Of the platforms' tags. */
  readonly tagArches: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Keeps what a hub said; both may fail silently, since it is a convenience. */
export interface HubMemory {
  readonly load: () => Remembered | undefined
  readonly save: (known: Remembered) => void
}

/** How a hub is built at. */
export interface KojiSettings {
  /**
   * The tag a platform's packages are inherited from, by platform stream, such as `{ el9: "el9-build" }`. Modules that
   * bring a tag of their own (`koji_tag`) do not need it.
   */
  readonly platformTags: Readonly<Record<string, string>>
  /** Architectures offered when the hub's builders do not tell. */
  readonly arches: ReadonlyArray<string>
  /** Platform streams offered; any when left out. */
  readonly platforms?: ReadonlyArray<string> | undefined
  /** Added to Koji's default task priority of 20, where lower runs first; module builds give way to people's builds. */
  readonly priority: number
  /** Build channel, where not the hub's default. */
  readonly channel?: string | undefined
  /**
   * The longest time between two questions about what a repository or preparation waits for; what was begun a moment ago is
   * asked about after a second, see `Pace`. All are asked about in one request.
   */
  readonly pollInterval: Duration.Input
  /**
   * The longest time between two questions about the same of a few tasks, and about the youngest of a thousand: a hub serves
   * many, and 30 seconds make two requests a minute of a thousand tasks. A few young tasks are asked about each second, see
   * `Pace`.
   */
  readonly pollBudget: Duration.Input
  /**
   * How long a preparation or the first question about a repository waits for what a fast hub has at once, instead of answering
   * that it is not there yet; never longer than `pollInterval`. Zero: not at all.
   */
  readonly linger: Duration.Input
  /**
   * How long a repository request may wait in the hub's queue before a `newRepo` task of our own is started, where we have the
   * permission: the queue is served by kojira, which a small hub may not run.
   */
  readonly repositoryPatience: Duration.Input
  /** Whether `module-build-macros` is built first; without it components see neither dist tag nor macros of the module. */
  readonly macrosPackage: boolean
  /** Where the hub's files are served, such as `https://koji.example.org/kojifiles`; taken from the profile. */
  readonly topurl?: string | undefined
  readonly weburl?: string | undefined
  /** Where what the hub said of its architectures is kept, for a start while it is away; nowhere unless told. */
  readonly memory?: HubMemory | undefined
  /** What else is compared with the hub when it is first reached: how modules are going to be imported. */
  readonly publishing?: Pick<SettingsCheck.Settings, "contentGenerator" | "moduleTags"> | undefined
  /** What messages call these settings; the names of the fields here unless told. */
  readonly names?: SettingsCheck.Names | undefined
  /** Messages of the hub, which have it asked sooner about what they speak of; see `HubMessage`. */
  readonly messages?: Stream.Stream<HubMessage.HubMessage> | undefined
}

/** The settings where nothing is said; platform tags have to be. */
export const defaults: KojiSettings = {
  platformTags: {},
  arches: ["x86_64"],
  priority: 10,
  pollInterval: "15 seconds",
  pollBudget: "30 seconds",
  linger: "3 seconds",
  repositoryPatience: "30 seconds",
  macrosPackage: true
}
