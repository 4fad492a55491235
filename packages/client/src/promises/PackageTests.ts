/** What the Promise client tells of tests of built packages. Plain types; a test holds them to the API's. */
import type { Json } from "./Repositories.ts"

/** A test of one package. */
export interface PackageTest {
  readonly id: number
  readonly package_name: string
  readonly package_version: string
  readonly package_release: string | null
  /** 1: waits for a test system, 2: begun, 3: passed, 4: failed, 5: canceled. */
  readonly status: number
  /** From 1; each restart makes another one. */
  readonly revision: number
  readonly alts_response: Json
  readonly performance_stats: ReadonlyArray<Json>
}

/** A log of a test. */
export interface PackageTestLog {
  readonly id: number
  readonly log: string
  readonly log_name: string
  readonly success: boolean
  readonly logs_format: "tap" | "text"
  /** One row for each test that it speaks of; `status` 1: failed, 2: passed, 3: to do, 4: skipped. */
  readonly tap_results: ReadonlyArray<
    { readonly test_name: string; readonly status: number; readonly diagnostic: string }
  >
}

/** Functions about tests of built packages. Tasks are those of package builds, by number. */
export interface PackageTests {
  /** The tests of a task: the newest, or those of a revision. */
  readonly list: (task: number, revision?: number) => Promise<ReadonlyArray<PackageTest>>
  /** The logs of the newest tests of a task. */
  readonly logs: (task: number) => Promise<ReadonlyArray<PackageTestLog>>
  /** Runs tests that have ended again: of a build, or of one task; 409 where there are none. */
  readonly restart: (of: { readonly build: number } | { readonly task: number }) => Promise<void>
  readonly cancel: (build: number) => Promise<void>
}
