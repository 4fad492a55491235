/** Tells a forge how the trial of a pull request goes: a status of its commit, or on Pagure a flag of the pull request. */
import type { Campaign } from "@orch/core/campaign/Campaign"
import type { Trial } from "@orch/core/campaign/CampaignPlan"
import * as CampaignRules from "@orch/core/campaign/CampaignRules"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as PublicAddress from "../http/PublicAddress.ts"
import * as JsonRequest from "../outgoing/JsonRequest.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"

/** The forge could not be told; it is tried again. */
export class ReportFailed extends Data.TaggedError("ReportFailed")<{ readonly message: string }> {
  readonly isRetryable = true
}

/** Under what the forge shows it. */
const context = "orch/campaign"

/** How it goes, in words that all forges have. */
type Outcome = "pending" | "success" | "failure" | "canceled"

const outcomeOf = ({ state }: Campaign): Outcome =>
  state === "done" ? "success" : state === "failed" ? "failure" : state === "canceled" ? "canceled" : "pending"

const description = (campaign: Campaign): string => {
  const failed = [...campaign.nodes.values()].filter(({ state }) => state === "failed").map(({ name }) => name)
  const said = failed.length > 0 && campaign.state === "failed"
    ? `${failed.slice(0, 3).join(", ")}${failed.length > 3 ? " and others" : ""} failed`
    : campaign.reason
  // GitHub takes 140 characters.
  return `Campaign ${campaign.id} is ${campaign.state}: ${said}`.slice(0, 140)
}

interface Told {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly init: NonNullable<JsonRequest.Options["init"]>
}

const words = {
  gitea: { pending: "pending", success: "success", failure: "failure", canceled: "error" },
  github: { pending: "pending", success: "success", failure: "failure", canceled: "error" },
  gitlab: { pending: "running", success: "success", failure: "failed", canceled: "canceled" },
  pagure: { pending: "pending", success: "success", failure: "failure", canceled: "canceled" }
} as const

const path = (text: string): string => text.split("/").map(encodeURIComponent).join("/")

/** What is sent where; each forge has a form of its own. */
const request = (
  { commit, forge, number, repository }: Trial,
  outcome: Outcome,
  said: string,
  link: string | undefined,
  token: string
): Told => {
  const state = words[forge][outcome]
  const body = { state, description: said, ...(link === undefined ? {} : { target_url: link }) }
  switch (forge) {
    case "gitea":
      return {
        path: `/api/v1/repos/${path(repository)}/statuses/${commit}`,
        headers: { authorization: `token ${token}` },
        init: JsonRequest.post({ ...body, context })
      }
    case "github":
      return {
        path: `/repos/${path(repository)}/statuses/${commit}`,
        headers: { authorization: `Bearer ${token}`, "user-agent": "orch" },
        init: JsonRequest.post({ ...body, context })
      }
    case "gitlab":
      return {
        path: `/api/v4/projects/${encodeURIComponent(repository)}/statuses/${commit}`,
        headers: { "private-token": token },
        init: JsonRequest.post({ ...body, name: context })
      }
    case "pagure":
      return {
        path: `/api/0/${path(repository)}/pull-request/${number}/flag`,
        headers: { authorization: `token ${token}` },
        init: JsonRequest.postForm({
          username: context,
          uid: `orch-${commit.slice(0, 24)}`,
          comment: said,
          url: link ?? "",
          status: state,
          percent: outcome === "pending" ? "0" : "100"
        })
      }
  }
}

/** GitLab refuses to be told what it knows: that a status is what it is. */
const isToldAlready = ({ forge }: Trial, status: number, answer: Buffer): boolean =>
  forge === "gitlab" && status === 400 && /Cannot transition status via :(\w+)/.test(answer.toString("utf8"))

/** Milliseconds that one request may take. */
const patience = 30_000

/** What tells: nothing where no rule says where to. */
export const make = Effect.gen(function*() {
  const rules = yield* CampaignRulesInForce
  const publicUrl = yield* PublicAddress.PublicUrl

  return Effect.fn("TrialReports.tell")(function*(campaign: Campaign): Effect.fn.Return<void, ReportFailed> {
    const { causes: [cause], trial } = campaign.plan
    if (trial === undefined) return
    const { report, token_file } = CampaignRules.ofTrial(rules, trial.repository, cause?.ref ?? "") ?? {}
    if (report === undefined) return
    const token = token_file === undefined ? "" : yield* Effect.tryPromise({
      try: async () => (await Fs.readFile(token_file, "utf8")).trim(),
      catch: () => new ReportFailed({ message: `The token for ${new URL(report).host} cannot be read` })
    })
    const link = publicUrl === undefined ? undefined : `${publicUrl}/campaigns/${campaign.id}`
    const told = request(trial, outcomeOf(campaign), description(campaign), link, token)
    const { body, method } = told.init
    const { body: answer, status } = yield* OutgoingRequest.send({
      method: method ?? "POST",
      url: `${report.replace(/\/+$/, "")}${told.path}`,
      headers: { ...told.init.headers, ...told.headers },
      ...(body === undefined ? {} : { body }),
      timeoutMillis: patience,
      maxBytes: 64 * 1024,
      namedBy: "operator"
    }).pipe(Effect.mapError(({ message }) => new ReportFailed({ message })))
    if (status >= 300 && !isToldAlready(trial, status, answer)) {
      return yield* new ReportFailed({ message: `${new URL(report).host} answers ${status} to a report of a trial` })
    }
  })
})
