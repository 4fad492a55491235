/** What a page of a log is made of, and the addresses of its windows. */
import type { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import * as Blocks from "../Blocks.ts"
import type { Address } from "../SiteMap.ts"
import type { Viewer } from "../Viewer.ts"
import type * as LogHead from "./LogHead.ts"

/** Whose log it is. */
export interface Subject {
  readonly life: "module-build" | "package-build"
  readonly id: number
  /** Component, or number of the task: the part of the address. */
  readonly part: string
  /** What people call it. */
  readonly name: string
  readonly attempt: number
  /** The address of the page of an attempt, without the prefix. */
  readonly address: (attempt: number) => string
  readonly crumbs: ReadonlyArray<readonly [label: string, href: string]>
  readonly section: Address
  readonly command: string
}

/** What the page is made of: a window of lines, and what was found where something was looked for. */
export interface Content {
  readonly subject: Subject
  readonly overview: LogOverview
  readonly lines: LogLines
  /** Which of several logs; empty for the first. */
  readonly arch: string
  readonly file: string
  readonly find: string
  readonly regex: boolean
  readonly matches: LogMatches | undefined
  readonly good: LogHead.Good | undefined
  /** Lines of the last good log that those of the window are compared with; `undefined` where nobody asked. */
  readonly compared: ReadonlyArray<string> | undefined
  readonly viewer: Viewer
  readonly now: number
  readonly prefix: string
}

/** Lines shown at once. */
export const window = 1000

/** The first line of the window to show: around the first error, else the beginning; the end of a log that grows. */
export const start = (
  { first_error: error, lines, open }: Pick<LogOverview, "first_error" | "lines" | "open">
): number => error !== null ? Math.max(1, error.line - 200) : open ? Math.max(1, lines - window + 1) : 1

/** The address of a window of the same question: what is looked for and compared stays. */
export const move = (content: Content, from: number, hash = ""): string =>
  at(content, {
    from,
    find: content.find,
    regex: content.find !== "" && content.regex ? "true" : "",
    compare: content.compared === undefined ? "" : "last-good"
  }, hash)

/** The address of another window of the same log. */
export const at = (
  { arch, file, prefix, subject }: Content,
  query: Readonly<Record<string, string | number>>,
  hash = ""
): string => `${Blocks.address(`${prefix}${subject.address(subject.attempt)}`, { arch, file, ...query })}${hash}`
