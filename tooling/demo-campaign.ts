/**
 * Rebuilds what a push reaches, and nothing else, on this machine. A `git push` to a package leads by itself to the rebuild of three
 * tiers of modules, each behind its gate. A package that comes out as it was stops the cascade. A change that is taken back builds
 * nothing. A failed test stops one branch; the push that fixes it makes the branch go on.
 *
 * Everything happens below `.demo-campaign` in this checkout. The server stays up to be looked at until Ctrl-C; with `--once` it is
 * stopped, and the exit code says whether all went well.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as CampaignChecks from "./demo/CampaignChecks.ts"
import * as CampaignGit from "./demo/CampaignGit.ts"
import * as DemoServer from "./demo/DemoServer.ts"

const directory = join(import.meta.dirname, "..", ".demo-campaign")
const secret = "the secret of the demo"
/** Milliseconds after which something that should have happened never will. */
const patience = 600_000

const rules = [
  "pushes:",
  "  - {name: demo, repository: rpms/*, branch: main, owner: demo, quiet: 1, deadline: 10}",
  ""
].join("\n")

const say = (text = ""): void => console.log(text)

interface Node {
  readonly name: string
  readonly tier: number
  readonly state: string
  readonly state_reason: string
  readonly attempt: number
  readonly builds: ReadonlyArray<number>
}

interface Campaign {
  readonly id: number
  readonly state: string
  readonly state_reason: string
  readonly nodes: ReadonlyArray<Node>
  readonly numbers: {
    readonly built: number
    readonly cut: number
    readonly avoided: number
    readonly audited: number
    readonly false_cuts: number
    readonly fix_to_green: number | null
  }
}

const ask = async <A>(url: string, body?: unknown): Promise<A> => {
  const reply = await fetch(
    url,
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  )
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}: ${await reply.text()}`)
  return await reply.json() as A
}

const until = async <A>(what: string, look: () => Promise<A | undefined>): Promise<A> => {
  const end = Date.now() + patience
  while (Date.now() < end) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw new Error(`${what} did not happen within ${patience / 1000} seconds`)
}

/** Builds all modules once, one after the other. */
const buildAll = async (url: string, git: CampaignGit.CampaignGit): Promise<void> => {
  for (const [name] of CampaignGit.modules) {
    const [build] = await ask<ReadonlyArray<{ readonly id: number }>>(`${url}/orch/v1/module-builds`, {
      scmurl: git.scmurl(name)
    })
    const ended = await until(`the build of ${name}`, async () => {
      const now = await ask<{ readonly state: string; readonly state_reason: string }>(
        `${url}/orch/v1/module-builds/${build!.id}`
      )
      return now.state === "ready" || now.state === "failed" ? now : undefined
    })
    if (ended.state !== "ready") throw new Error(`${name} could not be built: ${ended.state_reason}`)
    say(`  ${name}:1 is ready (build ${build!.id})`)
  }
}

/** Follows a campaign until nothing happens in it by itself, and says what does. */
const follow = async (url: string, id: number, known = new Map<string, string>()): Promise<Campaign> =>
  until(`the end of campaign ${id}`, async () => {
    const campaign = await ask<Campaign>(`${url}/orch/v1/campaigns/${id}`)
    for (const { attempt, name, state, state_reason, tier } of campaign.nodes) {
      const now = `${attempt}/${state}`
      if (known.get(name) === now) continue
      known.set(name, now)
      if (state !== "waits") say(`  tier ${tier}: ${name} ${state}: ${state_reason}`)
    }
    if (campaign.state !== "done" && campaign.state !== "failed") return undefined
    say(`  campaign ${id} ${campaign.state}: ${campaign.state_reason}`)
    return campaign
  })

/** The campaign that a push began. */
const begun = (url: string, after: number): Promise<number> =>
  until("a campaign for the push", async () => {
    const { items } = await ask<{ readonly items: ReadonlyArray<{ readonly id: number }> }>(`${url}/orch/v1/campaigns/`)
    return items.find(({ id }) => id > after)?.id
  })

const statesOf = ({ nodes }: Campaign): string => nodes.map(({ name, state }) => `${name}=${state}`).sort().join(" ")

const expect = (campaign: Campaign, state: string, nodes: Readonly<Record<string, string>>): void => {
  const wanted = CampaignGit.modules.flatMap(([name]) => nodes[name] === undefined ? [] : [`${name}:1=${nodes[name]}`])
  if (campaign.state !== state || statesOf(campaign) !== wanted.sort().join(" ")) {
    throw new Error(`campaign ${campaign.id} is ${campaign.state}: ${statesOf(campaign)}; expected ${wanted.join(" ")}`)
  }
}

/** Packages of a campaign that were built, rather than taken from an earlier build. */
const packagesBuilt = async (url: string, { nodes }: Campaign): Promise<ReadonlyArray<string>> => {
  const found = await Promise.all(
    nodes.flatMap(({ builds }) => builds).map((id) =>
      ask<{ readonly components: ReadonlyArray<{ readonly name: string; readonly submitted_at: string | null }> }>(
        `${url}/orch/v1/module-builds/${id}`
      )
    )
  )
  return found.flatMap(({ components }) => components).flatMap((one) => one.submitted_at === null ? [] : [one.name])
}

const all = (state: string) => Object.fromEntries(CampaignGit.modules.map(([name]) => [name, state]))

const show = async (url: string, git: CampaignGit.CampaignGit): Promise<void> => {
  say(
    "Five modules are built for the first time: demo-base, then demo-tool and demo-web with it, then demo-app and demo-site."
  )
  await buildAll(url, git)

  say()
  say(
    "1. A push to rpms/demo-base changes what it says. Nobody asks for anything; everything built with it is rebuilt."
  )
  git.push("demo-base", { make: "echo Good day" }, "Be polite")
  const one = await begun(url, 0)
  expect(await follow(url, one), "done", all("done"))
  say("  three tiers were rebuilt, each module after the gate of the one before.")

  say()
  say("2. A push to rpms/demo-base changes a comment. The package comes out as it was, and the cascade stops.")
  git.push("demo-base", { make: "echo Good day", comment: "Says good day." }, "Explain")
  const two = await begun(url, one)
  const cut = await follow(url, two)
  expect(cut, "done", { ...all("cut"), "demo-base": "done" })
  say(`  ${cut.numbers.cut} modules were not rebuilt, about ${Math.round(cut.numbers.avoided)} s of work.`)
  const { numbers } = await until("the audit of what was not rebuilt", async () => {
    const now = await ask<Campaign>(`${url}/orch/v1/campaigns/${two}`)
    return now.numbers.audited < now.numbers.cut ? undefined : now
  })
  say(`  ${numbers.audited} of them were built all the same, in scratch: ${numbers.false_cuts} came out otherwise.`)
  if (numbers.false_cuts > 0) throw new Error(`${numbers.false_cuts} modules should have been rebuilt`)

  say()
  say(
    "3. A push to rpms/demo-base takes all of it back. Everything was built from that before, so no package is built."
  )
  git.push("demo-base", { make: CampaignGit.first["demo-base"] }, "Take it back")
  const back = await begun(url, two)
  const taken = await follow(url, back)
  expect(taken, "done", all("done"))
  const built = await packagesBuilt(url, taken)
  if (built.length > 0) throw new Error(`these packages were built again: ${built.join(", ")}`)
  say("  all packages were taken over from the first builds.")

  say()
  say("4. A push to rpms/demo-base that demo-web's test does not like: that branch stops, the other one goes on.")
  git.push("demo-base", { make: "echo good evening" }, "Whisper")
  const three = await begun(url, back)
  const known = new Map<string, string>()
  expect(await follow(url, three, known), "failed", { ...all("done"), "demo-web": "failed", "demo-site": "blocked" })

  say()
  say(
    "5. A push to rpms/demo-web fixes it. The same campaign goes on where it stopped; what is done is not built again."
  )
  git.push("demo-web", { make: "echo web, $(demo-base | sed 's/^g/G/')" }, "Speak up")
  await until("the campaign going on", async () => {
    const { state } = await ask<Campaign>(`${url}/orch/v1/campaigns/${three}`)
    return state === "failed" ? undefined : state
  })
  const fixed = await follow(url, three, known)
  expect(fixed, "done", all("done"))
  say(`  from the fix to all green: ${Math.round(fixed.numbers.fix_to_green ?? 0)} s.`)
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } })
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const git = CampaignGit.make(join(directory, "git"))
  const rulesFile = join(directory, "campaigns.yaml")
  writeFileSync(rulesFile, rules)
  const server = await DemoServer.start(directory, { root: git.root, components: `file://${git.root}/rpms/` }, {
    ...CampaignChecks.settings(join(directory, "gating")),
    ORCH_CAMPAIGN_RULES: rulesFile,
    ORCH_PUSH_SECRET: secret,
    ORCH_CAMPAIGN_AUDIT: "100"
  })
  git.tell(server.url, secret)
  say(`server: ${server.url}; git repositories: ${git.root}`)
  say()
  const checks = CampaignChecks.start(server.url, say)
  let code = 0
  try {
    await show(server.url, git)
    say()
    say("All of it happened as it should.")
  } catch (error) {
    code = 1
    say(`demo:campaign: ${error instanceof Error ? error.message : String(error)}; the server's log is ${server.log}`)
  }
  if (!values.once && code === 0) {
    say(`The server goes on at ${server.url} (orch campaign list --url ${server.url}); Ctrl-C stops it.`)
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve())
      setInterval(() => {}, 60_000)
    })
  }
  checks.stop()
  await server.stop()
  return code
}

main().then((code) => process.exit(code), (error: unknown) => {
  console.error(`demo:campaign: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
