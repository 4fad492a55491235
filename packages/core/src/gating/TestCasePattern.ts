/** Patterns of names of tests, as permissions and policies write them: `*`, `?` and `[…]`. */
import * as Glob from "../internal/glob.ts"

/** Whether the whole name matches; never fails, in time linear in pattern times name. */
export const matches = (pattern: string, testCase: string): boolean => Glob.matches(pattern, testCase)
