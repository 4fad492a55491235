/**
 * Tells whom it concerns that a module of a campaign failed: by mail and by webhooks, as the rules say, with the list of what waits for it.
 *
 * Each is told once of one cause, and nobody of what merely waits. Who was told is noted one by one, so that a mail server that is away costs the
 * others nothing; a mail that was sent just before the server died is sent again, with the same id.
 */
import { type Campaign, isOut, waitingFor } from "@orch/core/campaign/Campaign"
import * as CampaignRules from "@orch/core/campaign/CampaignRules"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { createHash } from "node:crypto"
import { asUnavailable } from "../database/PgError.ts"
import type * as AddressRules from "../outgoing/AddressRules.ts"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import { OutgoingAllowed } from "../outgoing/OutgoingAllowed.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import { NoticePreferences } from "../people/NoticePreferences.ts"
import { People } from "../people/People.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import { CampaignSettings } from "./CampaignSettings.ts"
import * as Statements from "./statements/CampaignStatements.ts"

/** Somebody could not be told; it is tried again. */
export class NoticeFailed extends Data.TaggedError("NoticeFailed")<{ readonly message: string }> {
  readonly isRetryable = true
}

/** Tells of failures. */
export class FailureNotices extends Context.Service<FailureNotices, {
  /** Tells everybody who was not told yet why this node is out. */
  readonly tell: (campaign: Campaign, node: string) => Effect.Effect<void, NoticeFailed | StoreUnavailable>
}>()("@orch/server/campaigns/FailureNotices") {}

/** What is told. */
interface Notice {
  readonly campaign: number
  readonly node: string
  readonly kind: "failed" | "regressed"
  readonly reason: string
  readonly builds: ReadonlyArray<number>
  /** All that waits for it, at any distance. */
  readonly waiting: ReadonlyArray<string>
  readonly causes: ReadonlyArray<string>
}

const noticeOf = (campaign: Campaign, name: string): Notice | undefined => {
  const node = campaign.nodes.get(name)
  if (node === undefined || !isOut(node)) return undefined
  return {
    campaign: campaign.id,
    node: name,
    kind: node.regressed === undefined ? "failed" : "regressed",
    reason: node.regressed ?? node.reason,
    builds: node.builds.map(({ id }) => id),
    waiting: waitingFor(campaign, name),
    causes: [...campaign.plan.causes, ...campaign.joined ?? []].map(({ ref, subject }) =>
      ref === undefined ? subject : `${subject}#${ref}`
    )
  }
}

const text = ({ builds, campaign, causes, kind, node, reason, waiting }: Notice): string =>
  [
    `${node} ${kind} in campaign ${campaign}:`,
    "",
    `  ${reason}`,
    "",
    ...(builds.length === 0 ? [] : [`Module builds: ${builds.join(", ")}`]),
    `The campaign is because of ${causes.join(", ")}.`,
    ...(waiting.length === 0
      ? ["Nothing waits for it."]
      : [`${waiting.length} modules wait for it:`, ...waiting.map((name) => `  ${name}`)]),
    "",
    "Push a fix, or resume the build or the campaign, and it goes on from there:",
    `  orch campaign explain ${campaign} --node ${node}`,
    `  orch campaign resume ${campaign}`,
    ""
  ].join("\n")

/** The same for the same text: 32 hexadecimal digits. */
const markOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32)

/** Milliseconds that one mail or request may take. */
const patience = 30_000

/** Notices by the rules and settings. */
export const layer = Layer.effect(
  FailureNotices,
  Effect.gen(function*() {
    const rules = yield* CampaignRulesInForce
    const { mailFrom, mailUrl } = yield* CampaignSettings
    const people = yield* People
    const preferences = yield* NoticePreferences
    const allowed = yield* OutgoingAllowed
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("FailureNotices.tell"))

    /** Loaded by servers that send mail alone. */
    const transport = yield* Effect.cached(Effect.promise(async () => {
      const { createTransport } = await import("nodemailer")
      return createTransport(Redacted.value(mailUrl!), { from: mailFrom })
    }))

    const mail = Effect.fnUntraced(function*(to: string, notice: Notice, id: string) {
      const mailer = yield* transport
      yield* Effect.tryPromise({
        try: () =>
          mailer.sendMail({
            from: mailFrom,
            to,
            subject:
              `${notice.node} ${notice.kind} in campaign ${notice.campaign}; ${notice.waiting.length} wait for it`,
            text: text(notice),
            messageId: `<${id}@${mailFrom.split("@").at(-1)!.replace(/>$/, "")}>`,
            headers: { "auto-submitted": "auto-generated" }
          }),
        catch: (error) =>
          new NoticeFailed({ message: `Mail: ${error instanceof Error ? error.message : String(error)}` })
      }).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => Effect.fail(new NoticeFailed({ message: "Mail: no answer in time" }))
        })
      )
    })

    const post = Effect.fnUntraced(function*(url: string, notice: Notice, id: string, namedBy: AddressRules.NamedBy) {
      const { body, headers, method } = JsonRequest.post({ id, topic: `campaign.node.${notice.kind}`, ...notice })
      const { status } = yield* OutgoingRequest.send({
        method,
        url,
        headers: { ...headers, "webhook-id": id },
        ...(body === undefined ? {} : { body }),
        timeoutMillis: patience,
        maxBytes: 64 * 1024,
        namedBy
      }).pipe(Effect.mapError(({ message }) => new NoticeFailed({ message })))
      if (status >= 300) return yield* new NoticeFailed({ message: `${new URL(url).host} answers ${status}` })
    })

    /** Where those want to be told whose build or campaign it is, unless the rules leave them out, and those who follow the module. */
    const wishes = Effect.fnUntraced(function*(campaign: Campaign, { builds, node }: Notice, withOwners: boolean) {
      const previous = campaign.plan.nodes.find((one) => one.name === node)?.previous ?? []
      const owners = withOwners
        ? new Set([campaign.plan.by, ...yield* run(Statements.ownersOf([...builds, ...previous]))])
        : new Set<string>()
      const following = (yield* preferences.followers).filter(({ follow }) =>
        follow.some((wanted) => CampaignRules.fits(wanted, node))
      )
      const all = new Map([
        ...yield* preferences.of([...owners]),
        ...following.map((one) => [one.name, one] as const)
      ])
      const known = yield* people.named([...all.keys()])
      return [...all.values()].map(({ address, mail, name, webhook }) => ({
        mail: mail ? address ?? known.get(name)?.email ?? undefined : undefined,
        webhook: webhook ?? undefined
      }))
    })

    return FailureNotices.of({
      tell: Effect.fn("FailureNotices.tell")(function*(campaign, name) {
        const notice = noticeOf(campaign, name)
        if (notice === undefined) return
        const wanted = CampaignRules.noticesOf(rules, name)
        const cause = markOf(`${campaign.nodes.get(name)!.attempt} ${notice.reason}`)
        const known = yield* run(Statements.toldOf(campaign.id, name, cause))
        const wished = yield* wishes(campaign, notice, wanted.owners)
        const addresses = mailUrl === undefined ? [] : [...wanted.mail, ...wished.flatMap((one) => one.mail ?? [])]
        const own = new Set(wished.flatMap((one) => one.webhook ?? []).filter((url) => !wanted.webhooks.includes(url)))
        const all = [
          ...[...new Set(addresses)].map((to) => [`mail ${to}`, (id: string) => mail(to, notice, id)] as const),
          ...wanted.webhooks.map((url) => [`post ${url}`, (id: string) => post(url, notice, id, "operator")] as const),
          ...[...own].map((url) =>
            [`post ${url}`, (id: string) => post(url, notice, id, { stranger: allowed })] as const
          )
        ]
        const failures: Array<NoticeFailed> = []
        for (const [recipient, send] of all) {
          if (known.has(recipient)) continue
          const id = markOf(`${campaign.id} ${name} ${cause} ${recipient}`)
          const sent = yield* Effect.result(send(id))
          if (sent._tag === "Success") yield* run(Statements.told(campaign.id, name, cause, recipient))
          else failures.push(sent.failure)
        }
        // One that cannot be told holds up nobody else.
        if (failures.length > 0) return yield* failures[0]!
      })
    })
  })
)
