import { assert, describe, it } from "@effect/vitest"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import * as LogRules from "@orch/core/buildlog/LogRules"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

const bytes = (text: string) => new TextEncoder().encode(text)
const index = (text: string) => LogIndex.extend(LogIndex.empty, bytes(text), { isLast: true })

describe("the rules", () => {
  for (const [place, { examples, name, others }] of LogRules.rules.entries()) {
    for (const line of examples) {
      it(`${name} is for ${line}`, () => assert.strictEqual(LogRules.rules[LogRules.ruleOf(line)]?.name, name))
    }
    for (const line of others) {
      it(`${name} is not for ${line}`, () => assert.notStrictEqual(LogRules.ruleOf(line), place))
    }
  }

  it("have names and hints of their own", () => {
    assert.strictEqual(new Set(LogRules.rules.map(({ name }) => name)).size, LogRules.rules.length)
    for (const { hint } of LogRules.rules) assert.match(hint, /\.$/)
  })
})

const failing = [
  "Installing foo.src.rpm",
  "Executing(%prep): /bin/sh -e /var/tmp/rpm-tmp.1",
  "+ exit 0",
  "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.2",
  "gcc -c a.c",
  "a.c:1:1: error: this is not the phase that fails",
  "make: Nothing to be done",
  "Executing(%check): /bin/sh -e /var/tmp/rpm-tmp.3",
  "make[1]: *** [check] Error 1",
  "FAIL: test-one",
  "FAIL: test-two",
  "error: Bad exit status from /var/tmp/rpm-tmp.3 (%check)",
  "",
  "RPM build errors:",
  "    Bad exit status from /var/tmp/rpm-tmp.3 (%check)",
  ""
].join("\n")

describe("the index of a log", () => {
  it("finds the earliest line of the strongest rule inside the phase that failed", () => {
    const found = LogIndex.firstError(index(failing))
    assert.deepStrictEqual({ ...found, hint: "" }, {
      line: 10,
      text: "FAIL: test-one",
      rule: "test-failed",
      hint: "",
      phase: "%check"
    })
  })

  it("takes the phase's end where nothing in it is explained, and nothing where nothing is wrong", () => {
    const short = "Executing(%build): x\n+ false\nerror: Bad exit status from /var/tmp/x (%build)\n"
    assert.strictEqual(LogIndex.firstError(index(short))?.rule, "phase")
    assert.isUndefined(LogIndex.firstError(index("all is well\n")))
  })

  it("tells where sections begin and end, and which failed", () => {
    assert.deepStrictEqual(
      LogIndex.stretches(index(failing)).map(({ from, isFailed, name, to }) => [name, from, to, isFailed]),
      [
        ["%prep", 2, 3, false],
        ["%build", 4, 7, false],
        ["%check", 8, 13, true],
        ["errors", 14, 15, false]
      ]
    )
  })

  it("tells how long sections took where lines say the time, and where somebody looked on", () => {
    const mock = index([
      "2026-11-20 12:00:00,000 - Start: chroot init",
      "2026-11-20 12:00:41,500 - Start: build phase for x.src.rpm",
      "2026-11-20 12:02:41,500 - Finish: build phase for x.src.rpm",
      ""
    ].join("\n"))
    assert.deepStrictEqual(LogIndex.stretches(mock).map(({ name, seconds }) => [name, seconds]), [
      ["chroot init", 41.5],
      ["build phase for x.src.rpm", 120]
    ])
    const first = LogIndex.extend(LogIndex.empty, bytes("Executing(%prep): x\n"), { isLast: false, now: 1000 })
    const second = LogIndex.extend(first, bytes("Executing(%build): x\n"), { isLast: false, now: 31_000 })
    assert.deepStrictEqual(LogIndex.stretches(second).map(({ seconds }) => seconds), [30, undefined])
  })

  it("does not end on a line of megabytes, and keeps little of it", () => {
    const long = LogIndex.extend(LogIndex.empty, bytes(`error: ${"x".repeat(3_000_000)}\nb\n`), { isLast: true })
    assert.strictEqual(long.lines, 2)
    assert.isAtMost(LogIndex.firstError(long)!.text.length, 400)
  })

  const line = Schema.Literals([
    "",
    "a",
    "äöü",
    "error: x",
    "Executing(%build): x",
    "Executing(%check): x",
    "FAIL: t",
    "error: Bad exit status from /x (%check)",
    "2026-11-20 12:00:00,000 - Start: init",
    "\r"
  ])
  const lines = Arbitrary.array(Arbitrary.schema(line), { minLength: 0, maxLength: 30 })
  const cuts = Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 }))), {
    minLength: 0,
    maxLength: 6
  })
  it.prop(
    "is the same however the log comes, byte by byte or at once",
    [lines, cuts, Arbitrary.schema(Schema.Boolean)],
    ([
      all,
      cuts,
      ends
    ]) => {
      const whole = bytes(all.join("\n") + (ends ? "\n" : ""))
      const once = LogIndex.extend(LogIndex.empty, whole, { isLast: true })
      let step = LogIndex.empty
      for (const cut of [...cuts.toSorted((a, b) => a - b), whole.length]) {
        const end = Math.min(cut, whole.length)
        if (end <= step.bytes) continue
        step = LogIndex.extend(step, whole.subarray(step.bytes, end), { isLast: false })
      }
      step = LogIndex.extend(step, whole.subarray(step.bytes), { isLast: true })
      assert.deepStrictEqual(step, once)
      const text = new TextDecoder().decode(whole)
      assert.strictEqual(once.lines, text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0))
    }
  )

  it("says where each line begins", () => {
    const text = Array.from({ length: 5000 }, (_, n) => `line ${n + 1}\n`).join("")
    const found = index(text)
    assert.strictEqual(found.offsets.length, 5)
    for (const wanted of [1, 2, 1024, 1025, 3000, 5000]) {
      const { line, offset } = LogIndex.startOf(found, wanted)
      assert.isTrue(line <= wanted && wanted - line < LogIndex.stride)
      assert.isTrue(text.slice(offset).startsWith(`line ${line}\n`))
    }
  })
})
