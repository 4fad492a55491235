/** What can be set about building at one hub, beyond how to reach it. */
import type * as Duration from "effect/Duration"

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
   * The shortest time between two questions about what repositories and preparations wait for. All are asked about in one
   * request, so a hub sees four a minute however many module builds wait; a repository takes minutes to make.
   */
  readonly pollInterval: Duration.Input
  /**
   * The shortest time between two questions about the same task, for each thousand tasks that are open: a hub serves many,
   * and 30 seconds make two requests a minute of a thousand tasks while ten tasks are asked about several times a second.
   */
  readonly pollBudget: Duration.Input
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
}

export const defaults: KojiSettings = {
  platformTags: {},
  arches: ["x86_64"],
  priority: 10,
  pollInterval: "15 seconds",
  pollBudget: "30 seconds",
  repositoryPatience: "30 seconds",
  macrosPackage: true
}
