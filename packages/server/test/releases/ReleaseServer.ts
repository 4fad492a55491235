/** A server with a build that has finished and a platform with production repositories, for tests of releases. */
import * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as FaceServer from "../albs/FaceServer.ts"

/** What is built here: real packages, where the machine has rpmbuild. */
export const packages = FaceServer.makePackages(["chan", "tea"])

/** Checksum of one of these files. */
export const sha256 = (file: string): string => createHash("sha256").update(packages!.get(file)!).digest("hex")

/** A package of a plan, as far as tests look at it. */
export interface Planned {
  readonly package: {
    readonly full_name: string
    readonly sha256: string | null
    readonly force: boolean
    readonly task_arch: string
  }
  readonly repositories: ReadonlyArray<{
    readonly id: number
    readonly name: string
    readonly arch: string
    readonly debug: boolean
    readonly trustness: number
  }>
}

/** A release, as far as tests look at it. */
export interface Release {
  readonly id: number
  readonly status: number
  readonly build_ids: ReadonlyArray<number>
  readonly owner: { readonly username: string }
  readonly created_by: { readonly username: string }
  readonly plan: {
    readonly packages: ReadonlyArray<Planned>
    readonly modules: ReadonlyArray<unknown>
    readonly repositories: ReadonlyArray<{ readonly name: string; readonly arch: string; readonly debug: boolean }>
    readonly problems: ReadonlyArray<string>
    readonly last_log?: string
  }
}

/** The same callers for a server process of its own. */
export const authentication = FaceServer.authentication

/** A repository record of a platform. */
export const repository = (name: string, arch: string, more: object = {}) => ({
  name,
  arch,
  type: "rpm",
  url: `https://content.example.org/${name}/${arch}/`,
  production: true,
  debug: false,
  ...more
})

const families = ["almalinux-8-baseos", "almalinux-8-devel"]

/** Starts it; the build is alice's. */
export const start = (environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const server = yield* FaceServer.start({ ORCH_RELEASER_GROUPS: "tester", ...environment })
    const repos = families.flatMap((name) => [
      repository(name, "x86_64"),
      repository(`${name}-debuginfo`, "x86_64", { debug: true }),
      repository(`${name}-source`, "src")
    ])
    const changed = yield* server.ask("PUT", "/platforms/", "root", { name: "el8", repos })
    if (changed.status !== 200) throw new Error(JSON.stringify(changed.body))
    const platform = (changed.body as { readonly id: number }).id

    /** A finished build of one package. */
    const built = Effect.fnUntraced(function*(name: string, files = packages!) {
      const id = yield* server.submit([name])
      for (const file of [`${name}-1.0-1.src.rpm`, `${name}-1.0-1.noarch.rpm`]) {
        const task = yield* server.take("node1")
        const reported = yield* server.upload("node1", file, files.get(file)!)
        const done = yield* server.done("node1", task!, [reported])
        if (done.status !== 200) throw new Error(JSON.stringify(done.body))
      }
      yield* server.finished(id)
      return id
    })
    const get = (id: number) =>
      Effect.map(server.ask("GET", `/releases/${id}/`, undefined), ({ body }) => body as Release)
    const ended = (id: number) => server.until(get(id), ({ status }) => status !== 1 && status !== 2)
    /** A product for the platform; its number. */
    const product = Effect.fnUntraced(function*(name: string, isCommunity: boolean) {
      const users = (yield* server.ask("GET", "/users/all_users", "root")).body as ReadonlyArray<{
        readonly id: number
        readonly username: string
      }>
      const made = yield* server.ask("POST", "/products/", "root", {
        name,
        owner_id: users.find(({ username }) => username === "root")!.id,
        title: name,
        is_community: isCommunity,
        platforms: [{ name: "el8" }]
      })
      if (made.status !== 200) throw new Error(JSON.stringify(made.body))
      return (made.body as { readonly id: number }).id
    })
    return { ...server, platform, built, product, release: get, ended }
  })

/** A Pulp of this process; it goes with the scope. */
export const fakePulp = Effect.acquireRelease(
  Effect.promise(() => FakePulp.start()),
  ({ close }) => Effect.promise(close)
)

/** The same server with its production repositories at such a Pulp, and that Pulp. */
export const startWithPulp = Effect.gen(function*() {
  const pulp = yield* fakePulp
  const server = yield* start({
    ORCH_PULP_URL: pulp.url,
    ORCH_PULP_USER: pulp.username,
    ORCH_PULP_PASSWORD: pulp.password,
    ORCH_OUTGOING_ALLOW: "127.0.0.1"
  })
  return { pulp, server }
})

/** What goes where: `FILE > REPOSITORY ARCH`, sorted. */
export const places = ({ plan }: Release): ReadonlyArray<string> =>
  plan.packages.flatMap((one) =>
    one.repositories.length === 0
      ? [`${one.package.full_name} > nowhere`]
      : one.repositories.map(({ arch, name }) => `${one.package.full_name} > ${name} ${arch}`)
  ).toSorted()
