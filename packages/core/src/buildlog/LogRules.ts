/**
 * What lines of logs of builds say what went wrong, as data: a rule is a pattern with lines it is for and lines it is not for, which are
 * its tests.
 *
 * Rules come from the most telling to the least: what is said by a stronger one is believed before what a weaker one says.
 */

/** One rule. */
export interface LogRule {
  readonly name: string
  /** What to do about it, a sentence; for people. */
  readonly hint: string
  /** Looked for in the first 2,000 characters of a line. No repetition stands in a repetition, so that it takes linear time. */
  readonly pattern: RegExp
  /** Lines it is for. */
  readonly examples: ReadonlyArray<string>
  /** Lines it had better not be for. */
  readonly others: ReadonlyArray<string>
}

/** The rules, strongest first. */
export const rules: ReadonlyArray<LogRule> = [
  {
    name: "disk-full",
    hint: "The builder's disk is full.",
    pattern: /No space left on device|Disk quota exceeded/,
    examples: [
      "tar: ./a.o: Wrote only 4096 of 10240 bytes: No space left on device",
      "write error: Disk quota exceeded",
      "gcc: fatal error: error writing to /tmp/ccX.s: No space left on device"
    ],
    others: ["checking for disk space... ok"]
  },
  {
    name: "out-of-memory",
    hint: "The builder has too little memory for it; fewer compilers at the same time may help.",
    pattern:
      /virtual memory exhausted|[Oo]ut of memory|fatal error: Killed signal terminated program|Cannot allocate memory/,
    examples: [
      "virtual memory exhausted: Cannot allocate memory",
      "g++: fatal error: Killed signal terminated program cc1plus",
      "cc1: out of memory allocating 65536 bytes"
    ],
    others: ["checking for memory... 16 GB"]
  },
  {
    name: "timeout",
    hint: "It took longer than it may.",
    pattern: /[Bb]uild timed out|commandTimeoutExpired|Timeout\(\d+\) expired|Stopped after \d+ seconds/,
    examples: [
      "ERROR: Exception(x.src.rpm) Config(el9) commandTimeoutExpired: Timeout(86400) expired for command:",
      "Build timed out after 86400 seconds"
    ],
    others: ["test_timeout ... ok"]
  },
  {
    name: "missing-dependency",
    hint: "Something it needs to be built is not there: look at its BuildRequires and at what the buildroot has.",
    pattern:
      /Failed build dependencies|\bis needed by \S+-\S+|[Nn]othing provides |No matching package to install|No match for argument|Could not execute: dnf|Unable to find a match/,
    examples: [
      "error: Failed build dependencies:",
      "\tperl(Foo) is needed by bar-1-1.src",
      "No matching package to install: 'foo-devel >= 2'",
      " nothing provides libfoo.so.1()(64bit) needed by bar-1-1.x86_64"
    ],
    others: ["checking what is needed by make... nothing"]
  },
  {
    name: "source-missing",
    hint: "A source or patch is not where the spec file says, or is not what was expected.",
    pattern:
      /^error: (?:Bad source|File \S+: No such file)|Bad file: |Hunk #\d+ FAILED|can't find file to patch|checksum mismatch/i,
    examples: [
      "error: Bad source: /builddir/build/SOURCES/a.tar.gz: No such file or directory",
      "Hunk #3 FAILED at 210.",
      "can't find file to patch at input line 5"
    ],
    others: ["Hunk #3 succeeded at 210 (offset 2 lines)."]
  },
  {
    name: "compiler",
    hint: "The compiler refuses a source.",
    pattern:
      /^[^\s:]+:\d+(?::\d+)?: (?:fatal )?error: |^error(?:\[E\d+\]: |: could not compile |: aborting due to )|^\S+\.go:\d+:\d+: \S|^\s*\S+\.java:\d+: error: /,
    examples: [
      "main.c:12:5: error: 'x' undeclared (first use in this function)",
      "a/b.cpp:1: fatal error: foo.h: No such file or directory",
      "error[E0308]: mismatched types",
      "error: could not compile `x` (lib) due to 1 previous error",
      "./main.go:7:2: undefined: foo",
      "src/A.java:3: error: cannot find symbol"
    ],
    others: [
      "+ echo main.c:12:5: error: x",
      "main.c:12:5: warning: unused variable 'error'",
      "error: Bad exit status from /var/tmp/rpm-tmp.x (%build)",
      "checking for error: none"
    ]
  },
  {
    name: "linker",
    hint: "Something that is used is in no library that it is linked with.",
    pattern:
      /undefined reference to |ld: cannot find |collect2: error:|ld returned \d+ exit status|multiple definition of /,
    examples: [
      "main.c:(.text+0x5): undefined reference to `foo'",
      "/usr/bin/ld: cannot find -lfoo: No such file or directory",
      "collect2: error: ld returned 1 exit status"
    ],
    others: ["checking whether ld works... yes"]
  },
  {
    name: "configure",
    hint: "The package's own checks find something missing.",
    pattern:
      /^configure: error: |^CMake Error|^\S*meson\.build:\d+:\d+: ERROR: |Package requirements .* were not met|No package '[^']+' found/,
    examples: [
      "configure: error: C compiler cannot create executables",
      "CMake Error at CMakeLists.txt:3 (find_package):",
      "../meson.build:10:0: ERROR: Dependency \"foo\" not found, tried pkgconfig",
      "No package 'libfoo' found"
    ],
    others: ["configure: creating ./config.status", "-- CMake Errors: none"]
  },
  {
    name: "test-failed",
    hint: "A test of the package fails.",
    pattern:
      /^(?:not ok \d+|FAIL:? |FAILED |--- FAIL: )|\[ {2}FAILED {2}\]|^=+.*\b[1-9]\d* failed|^\s*Failed \d+\/\d+ |\*\*\*Failed|^Result: FAIL|^# (?:FAIL|ERROR): +[1-9]|tests? failed out of|^test \S+ \.\.\. FAILED|Failed test/,
    examples: [
      "not ok 3 - adds numbers",
      "FAIL: test-strtol",
      "[  FAILED  ] Suite.Case (3 ms)",
      "=========== 2 failed, 30 passed in 1.2s ===========",
      "# FAIL:  3",
      "#   Failed test 'x' at t/a.t line 4",
      "  3/10 Test  #3: foo ......***Failed    0.10 sec",
      "--- FAIL: TestX (0.00s)"
    ],
    others: ["# FAIL:  0", "ok 3 - fails when it should", "=========== 30 passed in 1.2s ===========", "0 tests failed"]
  },
  {
    name: "exception",
    hint: "A program of the build ends with an exception.",
    pattern:
      /^(?:\w+\.)*\w*(?:Error|Exception): \S|^Traceback \(most recent call last\)|^Exception in thread |^\S.* at \S+ line \d+\.$|Segmentation fault|core dumped|^panic: /,
    examples: [
      "ModuleNotFoundError: No module named 'setuptools'",
      "Can't locate Foo.pm in @INC (you may need to install the Foo module) at t/a.t line 4.",
      "Segmentation fault (core dumped)",
      "panic: runtime error: index out of range"
    ],
    others: ["Errors: none", "class FooError: pass"]
  },
  {
    name: "files",
    hint: "What was installed and what the spec file lists are not the same.",
    pattern:
      /Installed \(but unpackaged\) file\(s\) found|^(?:error: +)?(?:File|Directory) not found|Explicit %attr\(\) mode not applicable|Empty %files file/,
    examples: [
      "error: Installed (but unpackaged) file(s) found:",
      "error: File not found: /builddir/build/BUILDROOT/x/usr/bin/x",
      "    File not found: /builddir/build/BUILDROOT/x/usr/bin/x"
        .trim()
    ],
    others: ["Checking for unpackaged file(s): /usr/lib/rpm/check-files /builddir"]
  },
  {
    name: "make",
    hint: "A rule of make fails; what it ran says why, in the lines before.",
    pattern: /^(?:g?make|ninja)(?:\[\d+\])?: \*\*\* |^ninja: build stopped|^FAILED: /,
    examples: ["make[2]: *** [Makefile:12: a.o] Error 1", "ninja: build stopped: subcommand failed."],
    others: ["make[2]: Nothing to be done for 'all'."]
  },
  {
    name: "shell",
    hint: "A command of the spec file is not there, or fails.",
    pattern: /: command not found$|: Permission denied$|: cannot (?:stat|open|create) /,
    examples: [
      "/var/tmp/rpm-tmp.x: line 34: autoreconf: command not found",
      "cp: cannot stat 'x': No such file or directory"
    ],
    others: ["checking for autoreconf... not found"]
  },
  {
    name: "spec-file",
    hint: "The spec file cannot be understood.",
    pattern: /^error: (?:line \d+: |Unable to open |Unknown tag|query of specfile|parse error|Macro %)/,
    examples: ["error: line 12: Unknown tag: Foo", "error: query of specfile x.spec failed, can't parse"],
    others: ["warning: line 12: It's not recommended to have unversioned Obsoletes: Obsoletes: x"]
  },
  {
    name: "phase",
    hint: "The phase ended with an error that nothing before explains.",
    pattern: /^\s*(?:error: )?Bad exit status from /,
    examples: [
      "error: Bad exit status from /var/tmp/rpm-tmp.x (%build)",
      "    Bad exit status from /var/tmp/rpm-tmp.x (%check)"
    ],
    others: ["exit status 0"]
  },
  {
    name: "other",
    hint: "Something says that it is an error.",
    pattern: /^(?:error|ERROR|fatal|FATAL)[:!] |^E: |: error: /,
    examples: ["ERROR: Command failed:", "fatal: not a git repository"],
    others: ["errors are logged", "0 errors"]
  }
]

/**
 * Words of which a line has at least one where any rule is for it: nearly all lines have none, and looking for words takes a small part of
 * what looking for all patterns would.
 */
export const prefilter: RegExp = new RegExp(
  [
    "error",
    "fail",
    "exception",
    "No space",
    "quota",
    "memory",
    "killed",
    "time(?:d out|out)",
    "stopped",
    "needed by",
    "provides ",
    "no match",
    "unable to",
    "could not",
    "Bad ",
    "can't",
    "mismatch",
    "undefined",
    "cannot",
    "exit status",
    "multiple def",
    "were not met",
    "No package",
    "not ok",
    "traceback",
    "segmentation",
    "dumped",
    "panic",
    "line \\d+\\.$",
    "not found",
    "denied",
    "unpackaged",
    "Explicit %attr",
    "Empty %files",
    "\\*\\*\\*",
    "fatal",
    "^E: ",
    "\\.go:\\d"
  ].join("|"),
  "i"
)

/** The strongest rule that a line fits, as its place in `rules`; -1 where none does. */
export const ruleOf = (line: string): number =>
  // What a shell is about to do is not what came of it.
  prefilter.test(line) && !/^\++ /.test(line) ? rules.findIndex(({ pattern }) => pattern.test(line)) : -1
