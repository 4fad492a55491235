/** The log of a component whose test fails, as a server would answer it: what is around the error, and the last good log beside it. */
import type * as LogContent from "../src/log/LogContent.ts"
import * as Viewer from "../src/Viewer.ts"
import { now } from "./Samples.ts"

const E = "\u001b["

const lines = [
  "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.A1",
  ...Array.from({ length: 24 }, (_, index) => `gcc -O2 -g -c dbd${index}.c -o dbd${index}.o`),
  "dbdimp.c:118:9: warning: unused variable 'rc' [-Wunused-variable]",
  "Executing(%check): /bin/sh -e /var/tmp/rpm-tmp.B2",
  "+ make test TEST_VERBOSE=0",
  ...["01basics", "02dbidrv", "03handle", "60preparse"].map((name) => `t/${name}.t ........ ${E}32mok${E}0m`),
  "#   Failed test 'int64 survives a round trip'",
  "#   at t/65transact.t line 118.",
  "#          got: '-9223372036854775808'",
  "#     expected: '9223372036854775807'",
  "# Looks like you failed 1 test of 26.",
  ...["70callbacks", "72childhandles", "85gofer"].map((name) => `t/${name}.t ........ ${E}32mok${E}0m`),
  "Result: FAIL",
  "make: *** [Makefile:1207: test_dynamic] Error 255",
  "error: Bad exit status from /var/tmp/rpm-tmp.B2 (%check)"
]

const from = 11_820
const at = (line: number) => from + line
const error = lines.findIndex((line) => line.startsWith("#   Failed"))
const check = lines.findIndex((line) => line.startsWith("Executing(%check)"))
const total = from + lines.length - 1

const sections = [
  { name: "%prep", from: 1, to: 420, started_at: "2026-11-28T13:58:00Z", seconds: 6, failed: false },
  { name: "%build", from: 421, to: at(check) - 1, started_at: "2026-11-28T13:58:06Z", seconds: 171, failed: false },
  { name: "%check", from: at(check), to: total, started_at: "2026-11-28T14:00:57Z", seconds: 66, failed: true }
]

/** The page's content. */
export const content: LogContent.Content = {
  subject: {
    life: "module-build",
    id: 4198,
    part: "perl-DBI",
    name: "perl-DBI",
    attempt: 1,
    address: (attempt) => `/builds/4198/perl-DBI/${attempt}/log`,
    crumbs: [["Builds", "/builds"], ["4198", "/builds/4198"]],
    section: "/builds",
    command: "orch log lines 4198 perl-DBI"
  },
  overview: {
    open: false,
    lines: total,
    bytes: 1_912_000,
    complete: true,
    sections,
    first_error: {
      line: at(error),
      text: lines[error]!,
      rule: "test-failed",
      hint: "A test of the package fails.",
      phase: "%check"
    },
    errors: [{ line: at(error), rule: "test-failed" }, { line: total, rule: "phase" }],
    warnings: { count: 3, lines: [2100, 7400, at(25)] },
    doubts: [],
    files: [{ arch: null, name: "build.log" }],
    attempts: 1,
    raw_url: "/logs/t-4198"
  },
  lines: {
    from,
    lines,
    cut: [],
    total,
    open: false,
    times: [{ line: at(check), at: "2026-11-28T14:00:57Z" }, { line: at(error), at: "2026-11-28T14:01:40Z" }],
    next: null
  },
  arch: "",
  file: "",
  find: "",
  regex: false,
  matches: undefined,
  good: {
    build: 4187,
    href: "/builds/4187/perl-DBI/1/log",
    overview: { lines: 11_800, sections: sections.map((one) => ({ ...one, failed: false })) }
  },
  compared: undefined,
  viewer: { ...Viewer.stranger, name: "anna", mayAct: true },
  now,
  prefix: ""
}
