/** What test systems measured, as clients of AlmaLinux's build system read it. */
import type * as Schema from "effect/Schema"
import type { KnownTest } from "./Tests.ts"

/** None where nothing was measured. */
export const shown = ({ number, test }: KnownTest): ReadonlyArray<Schema.Json> =>
  test.stats === undefined
    ? []
    : [{ id: number, build_task_id: null, test_task_id: number, release_id: null, statistics: test.stats }]
