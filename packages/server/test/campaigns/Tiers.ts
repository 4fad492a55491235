/** Three modules of one package each, `low`, `mid` and `top`, each built with the one before, in git and ready on a server. */
import { OrchClient } from "@orch/client"
import * as Effect from "effect/Effect"
import { createHmac } from "node:crypto"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

/** A module of one component that is built with another module. */
export const document = (name: string, after: string | undefined): string => {
  const text = TestServer.modulemd({ [`${name}-one`]: ["ref: main"] }).replace("name: demo", `name: ${name}`)
  return after === undefined ? text : text.replace("{platform: [el9]}", `{platform: [el9], ${after}: ["1"]}`)
}

/** Looks until it is there. */
export const until = <A, E, R>(look: Effect.Effect<A, E, R>, isThere: (found: A) => boolean) =>
  Effect.gen(function*() {
    for (;;) {
      const found = yield* look
      if (isThere(found)) return found
      yield* Effect.sleep("100 millis")
    }
  })

const settled = new Set(["done", "failed", "canceled", "planned", "paused"])

type Client = Effect.Success<typeof OrchClient.OrchClient>

const lookingAt = (campaigns: Client["campaigns"], moduleBuilds: Client["moduleBuilds"]) => {
  const get = (id: number) => campaigns.get({ params: { id: String(id) } })
  return {
    campaigns,
    get,
    build: (id: number) => moduleBuilds.get({ params: { id: String(id) } }),
    /** The campaign when nothing happens in it by itself any more. */
    finished: (id: number) => until(get(id), ({ state }) => settled.has(state))
  }
}

/** What was made on one server, looked at on another one with the same database. */
export const open = <A>({ url }: { readonly url: string }, made: A) =>
  Effect.map(
    OrchClient.OrchClient.pipe(Effect.provide(OrchClient.OrchClient.layer({ url }))),
    ({ campaigns, moduleBuilds }) => ({ ...made, ...lookingAt(campaigns, moduleBuilds) })
  )

/** Makes them, and answers how to push to their packages and to look at campaigns. */
export const make = Effect.fnUntraced(
  function*(
    { git, url }: Pick<TestServer.TestServer, "git" | "url">,
    names: ReadonlyArray<string> = ["low", "mid", "top"]
  ) {
    const { campaigns, moduleBuilds } = yield* OrchClient.OrchClient.pipe(
      Effect.provide(OrchClient.OrchClient.layer({ url }))
    )
    const repositories = new Map<string, ReturnType<typeof TestRepository.make>>()
    const specs = new Map(names.map((name) => [name, SpecFile.make(`${name}-one`)]))
    for (const [index, name] of names.entries()) {
      const rpms = TestRepository.make(Path.join(git, "rpms", `${name}-one`))
      rpms.commit({ [`${name}-one.spec`]: specs.get(name)! })
      repositories.set(name, rpms)
      const commit = TestRepository.make(Path.join(git, "modules", name)).commit({
        [`${name}.yaml`]: document(name, names[index - 1])
      })
      const [build] = yield* moduleBuilds.submit({ payload: { scmurl: `file://${git}/modules/${name}?#${commit}` } })
      const params = { id: String(build!.id) }
      const ended = yield* until(moduleBuilds.get({ params }), ({ state }) => state === "ready" || state === "failed")
      if (ended.state !== "ready") return yield* Effect.die(new Error(JSON.stringify(ended)))
    }
    return {
      ...lookingAt(campaigns, moduleBuilds),
      /** The spec file that each was first built from. */
      spec: (name: string) => specs.get(name)!,
      /** Commits a spec file of one of them; what was there before and after. */
      push: (name: string, spec: string) => {
        const repository = repositories.get(name)!
        const before = repository.git("rev-parse", "HEAD")
        return { before, after: repository.commit({ [`${name}-one.spec`]: spec }), clone_url: repository.url }
      },
      repository: (name: string) => repositories.get(name)!
    }
  }
)

/** The states of a campaign's nodes, by name. */
export const states = (
  { nodes }: { readonly nodes: ReadonlyArray<{ readonly name: string; readonly state: string }> }
) => Object.fromEntries(nodes.map(({ name, state }) => [name, state]))

/** Tells the server of a push as gitea does. */
export const tell = (
  url: string,
  secret: string,
  push: { readonly before: string; readonly after: string; readonly clone_url: string },
  delivery: string
) =>
  Effect.promise(async () => {
    const body = JSON.stringify({
      ref: "refs/heads/main",
      before: push.before,
      after: push.after,
      pusher: { login: "alice" },
      repository: { full_name: push.clone_url.split("/").slice(-2).join("/"), clone_url: push.clone_url }
    })
    const reply = await fetch(`${url}/hooks/gitea`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-gitea-event": "push",
        "x-gitea-delivery": delivery,
        "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex")
      },
      body
    })
    if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`)
  })
