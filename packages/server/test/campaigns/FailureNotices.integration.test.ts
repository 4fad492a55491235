/** A failure is told once, by mail and by webhook, with what waits for it; what waits is told to nobody. */
import { assert, layer } from "@effect/vitest"
import type { CampaignPlan } from "@orch/core/campaign/CampaignPlan"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createServer } from "node:http"
import { type AddressInfo, createServer as createSocketServer } from "node:net"
import { CampaignRulesInForce } from "../../src/campaigns/CampaignRulesInForce.ts"
import { CampaignSettings } from "../../src/campaigns/CampaignSettings.ts"
import * as CampaignsLayer from "../../src/campaigns/CampaignsLayer.ts"
import * as FailureNotices from "../../src/campaigns/FailureNotices.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as AddressRules from "../../src/outgoing/AddressRules.ts"
import { OutgoingAllowed } from "../../src/outgoing/OutgoingAllowed.ts"
import { NoticePreferences } from "../../src/people/NoticePreferences.ts"
import { People } from "../../src/people/People.ts"
import * as PeopleLayer from "../../src/people/PeopleLayer.ts"
import { databases } from "../support/Databases.ts"

/** What was posted, and mails as they came over SMTP. */
const posted: Array<Readonly<Record<string, unknown>>> = []
const mails: Array<string> = []
/** Whether the mail server refuses everything. */
let isAway = false

const hook = createServer((request, response) => {
  const parts: Array<Buffer> = []
  request.on("data", (part: Buffer) => parts.push(part))
  request.on("end", () => {
    posted.push(JSON.parse(Buffer.concat(parts).toString("utf8")) as typeof posted[number])
    response.end()
  })
})

/** As little of SMTP as takes a mail. */
const smtp = createSocketServer((socket) => {
  let mail: string | undefined
  socket.write("220 test\r\n")
  socket.on("error", () => undefined)
  socket.on("data", (data) => {
    const said = data.toString("utf8")
    if (mail !== undefined) {
      mail += said
      if (!mail.endsWith("\r\n.\r\n")) return
      mails.push(mail)
      mail = undefined
      return void socket.write("250 taken\r\n")
    }
    if (/^DATA/i.test(said)) {
      mail = ""
      return void socket.write("354 go on\r\n")
    }
    if (/^QUIT/i.test(said)) return void socket.end("221 bye\r\n")
    socket.write(isAway && /^MAIL/i.test(said) ? "451 later\r\n" : "250 fine\r\n")
  })
})

const listening = (server: { readonly listen: (...args: Array<never>) => unknown; readonly address: () => unknown }) =>
  Effect.promise(() =>
    new Promise<number>((resolve) => {
      ;(server as typeof smtp).listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
    })
  )

const settings = Layer.effect(
  CampaignSettings,
  Effect.map(listening(smtp), (port) => ({
    campaignLimit: 10,
    campaignAudit: 0,
    campaignWidth: 20,
    campaignSlots: 0,
    campaignRules: undefined,
    mailUrl: Redacted.make(`smtp://127.0.0.1:${port}`),
    mailFrom: "orch@example.org"
  }))
)

const rules = Layer.effect(
  CampaignRulesInForce,
  Effect.map(listening(hook as never), (port) => ({
    notices: [{ module: "low:*", mail: ["team@example.org"], webhook: `http://127.0.0.1:${port}/hook` }]
  }))
)

const plan: CampaignPlan = {
  causes: [{ subject: "rpms/zlib", ref: "main" }],
  by: "alice",
  automatic: true,
  width: 5,
  nodes: ["low:1", "mid:1", "top:1"].map((name, index, all) => ({
    name,
    tier: index + 1,
    seconds: 60,
    after: index === 0 ? [] : [all[index - 1]!],
    changed: index === 0,
    why: "It changed",
    scmurl: "https://git.example.org/modules/x?#0123",
    previous: []
  }))
}

const database = databases[0]!
const world = FailureNotices.layer.pipe(
  Layer.provideMerge(CampaignsLayer.store),
  Layer.provideMerge(PeopleLayer.layer),
  Layer.provide(Layer.succeed(OutgoingAllowed, Result.getOrThrow(AddressRules.parseAllowed("127.0.0.1")))),
  Layer.provide(rules),
  Layer.provide(settings),
  Layer.provideMerge(
    Layer.merge(PgCommandQueue.layer({ pollInterval: "1 second", lease: "5 seconds" }), PgOutbox.layer)
  ),
  Layer.provideMerge(database.layer)
)

layer(world, { timeout: "60 seconds", excludeTestServices: true })("a failure in a campaign", (it) => {
  it.effect("is told once to each whom it concerns, also when one of them could not be told at first", () =>
    Effect.gen(function*() {
      const campaigns = yield* Campaigns
      const notices = yield* FailureNotices.FailureNotices
      yield* (yield* People).ensure("alice", "alice@example.org")
      const created = yield* campaigns.create(plan, { _tag: "Submitted", at: 1 })
      const { state } = yield* campaigns.apply(created.state.id, [{
        key: undefined,
        event: { _tag: "NodeRefused", at: 2, node: "low:1", attempt: 1, reason: "no such branch" }
      }])
      isAway = true
      assert.match((yield* Effect.flip(notices.tell(state, "low:1"))).message, /451/)
      assert.deepStrictEqual([mails.length, posted.length], [0, 1])
      isAway = false
      yield* notices.tell(state, "low:1")
      yield* notices.tell(state, "low:1")
      assert.deepStrictEqual([mails.length, posted.length], [2, 1])
      assert.deepInclude(posted[0], { node: "low:1", reason: "no such branch", waiting: ["mid:1", "top:1"] })
      for (const [index, to] of ["team@example.org", "alice@example.org"].entries()) {
        assert.match(mails[index]!, new RegExp(`^To: ${to}\r$`, "m"))
        assert.match(mails[index]!, /^Subject: low:1 failed in campaign \d+; 2 wait for it\r$/m)
        assert.match(mails[index]!, /no such branch[^]*2 modules wait for it:\r\n {2}mid:1\r\n {2}top:1/)
      }
      // What waits is not out itself.
      yield* notices.tell(state, "mid:1")
      assert.strictEqual(mails.length, 2)
    }))

  it.effect("is told as each of them wants to be, and to those who follow the module", () =>
    Effect.gen(function*() {
      const campaigns = yield* Campaigns
      const notices = yield* FailureNotices.FailureNotices
      const preferences = yield* NoticePreferences
      const { port } = hook.address() as AddressInfo
      const nothing = { mail: false, address: null, webhook: null, follow: [] }
      yield* preferences.put({ ...nothing, name: "alice", webhook: `http://127.0.0.1:${port}/alice` })
      yield* preferences.put({
        ...nothing,
        name: "bob",
        mail: true,
        address: "bob@home.example.org",
        follow: ["lo*:1"]
      })
      yield* preferences.put({ ...nothing, name: "eve", mail: true, address: "eve@example.org", follow: ["high:*"] })
      mails.length = 0
      posted.length = 0
      const created = yield* campaigns.create(plan, { _tag: "Submitted", at: 1 })
      const { state } = yield* campaigns.apply(created.state.id, [{
        key: undefined,
        event: { _tag: "NodeRefused", at: 2, node: "low:1", attempt: 1, reason: "no such branch" }
      }])
      yield* notices.tell(state, "low:1")
      yield* notices.tell(state, "low:1")
      const to = mails.map((mail) => /^To: (.*)\r$/m.exec(mail)?.[1])
      assert.deepStrictEqual(to, ["team@example.org", "bob@home.example.org"])
      assert.lengthOf(posted, 2)
      smtp.close()
      hook.close()
    }))
})
