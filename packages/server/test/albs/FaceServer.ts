/** A server with one caller of each kind, and what nodes, signers and test systems do with it: no node, the requests alone. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestServer from "../support/TestServer.ts"

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

/** Who calls: the token and the groups of each. */
const groups = {
  eve: "visitors",
  bob: "packager",
  alice: "packager",
  carol: "packager",
  node1: "node",
  node2: "node",
  signer1: "signer",
  tester1: "tester",
  root: "admins"
} as const
export type Caller = keyof typeof groups

export interface Reply {
  readonly status: number
  readonly body: unknown
}

/** The settings by which a server knows them. */
export const authentication: Readonly<Record<string, string>> = {
  ORCH_AUTH: "token",
  ORCH_API_TOKENS: Object.entries(groups).map(([user, group]) => `${user}:${group}:${hash(user)}`).join(","),
  ORCH_ALLOWED_GROUPS: "packager",
  ORCH_ADMIN_GROUPS: "admins"
}

/** Settings that name a database which is not in the server's directory, where there is one. */
export const { database } = TestServer

/** The platform that builds are for. */
export const platform = {
  name: "el8",
  type: "rpm",
  distr_type: "almalinux",
  distr_version: "8",
  test_dist_name: "almalinux",
  arch_list: ["x86_64"],
  data: { mock: {}, yum: {}, definitions: { dist: ".el8" }, versions: [] }
}

/** A real package of this name; its bytes. `undefined` where the machine has no rpmbuild. */
export const makePackages = (names: ReadonlyArray<string>): ReadonlyMap<string, Uint8Array> | undefined => {
  const directory = Fs.mkdtempSync(Path.join(process.env["TMPDIR"] ?? "/tmp", "orch-packages-"))
  try {
    for (const name of names) {
      Fs.writeFileSync(
        Path.join(directory, `${name}.spec`),
        `Name: ${name}\nVersion: 1.0\nRelease: 1\nSummary: Test\nLicense: MIT\nBuildArch: noarch\n%description\nTest.\n%files\n`
      )
      const spec = Path.join(directory, `${name}.spec`)
      SmallProcess.output("rpmbuild", ["-ba", "--define", `_topdir ${directory}`, spec])
    }
    const files = [...Fs.globSync("{SRPMS,RPMS/*}/*.rpm", { cwd: directory })]
    return new Map(files.map((file) => [Path.basename(file), Fs.readFileSync(Path.join(directory, file))]))
  } catch {
    return undefined
  } finally {
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** A file as nodes report it. */
export interface Reported {
  readonly name: string
  readonly type: "rpm" | "build_log"
  readonly href: string
  readonly sha256: string
}

/** A task as far as tests look at it. */
export interface Task {
  readonly id: number
  readonly arch: string
  readonly lease: number
  readonly ref: { readonly url: string }
}

/** A build as far as tests look at it. */
export interface Build {
  readonly id: number
  readonly finished_at: string | null
  readonly tasks: ReadonlyArray<{
    readonly id: number
    readonly arch: string
    readonly index: number
    readonly status: number
    readonly error: string | null
    readonly test_tasks: ReadonlyArray<{ readonly id: number; readonly status: number; readonly revision: number }>
    readonly artifacts: ReadonlyArray<{ readonly name: string; readonly href: string }>
  }>
}

/** Starts the server with the platform. */
export const start = (environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const server = yield* TestServer.start({ ...authentication, ...environment })
    const send = (method: string, path: string, as: Caller | undefined, body?: BodyInit, type = "application/json") =>
      Effect.promise(async (): Promise<Reply> => {
        const response = await fetch(`${server.url}${path}`, {
          method,
          headers: {
            ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
            ...(body === undefined ? {} : { "content-type": type })
          },
          ...(body === undefined ? {} : { body })
        })
        const text = await response.text()
        try {
          return { status: response.status, body: JSON.parse(text) as unknown }
        } catch {
          return { status: response.status, body: text }
        }
      })
    const ask = (method: string, path: string, as: Caller | undefined, body?: unknown) =>
      send(method, `/api/v1${path}`, as, body === undefined ? undefined : JSON.stringify(body))
    const made = yield* ask("POST", "/platforms/", "root", platform)
    if (made.status !== 200 && made.status !== 409) throw new Error(JSON.stringify(made.body))

    const upload = Effect.fnUntraced(function*(as: Caller, name: string, bytes: Uint8Array) {
      const sha256 = createHash("sha256").update(bytes).digest("hex")
      const begun = yield* send("POST", "/pulp/api/v3/uploads/", as, JSON.stringify({ size: bytes.length }))
      const href = (begun.body as { readonly pulp_href: string }).pulp_href
      yield* Effect.promise(() =>
        fetch(`${server.url}${href}`, {
          method: "PUT",
          headers: {
            authorization: `Bearer ${as}`,
            "content-type": "application/octet-stream",
            "content-range": `bytes 0-${bytes.length - 1}/${bytes.length}`
          },
          body: new Uint8Array(bytes)
        })
      )
      const committed = yield* send("POST", `${href}commit/`, as, JSON.stringify({ sha256 }))
      if (committed.status !== 202) throw new Error(JSON.stringify(committed.body))
      return {
        name,
        type: name.endsWith(".rpm") ? "rpm" : "build_log",
        href: `/pulp/api/v3/artifacts/${sha256}/`,
        sha256
      } satisfies Reported
    })

    const get = (id: number) => Effect.map(ask("GET", `/builds/${id}/`, "alice"), ({ body }) => body as Build)
    /** Asks again until it is so, at most a minute. */
    const until = Effect.fnUntraced(function*<A>(look: Effect.Effect<A>, isSo: (found: A) => boolean) {
      for (let tries = 0;; tries++) {
        const found = yield* look
        if (isSo(found) || tries > 240) return found
        yield* Effect.sleep("250 millis")
      }
    })
    return {
      ...server,
      send,
      ask,
      upload,
      get,
      until,
      /** A build of packages by name, asked for by alice. */
      submit: (names: ReadonlyArray<string>, more: object = {}) =>
        Effect.map(
          ask("POST", "/builds/", "alice", {
            platforms: [{ name: "el8", arch_list: ["x86_64"] }],
            tasks: names.map((name) => ({ url: `https://git.example.org/rpms/${name}.git`, git_ref: "c8" })),
            ...more
          }),
          ({ body, status }) => {
            if (status !== 200 && status !== 201) throw new Error(JSON.stringify(body))
            return (body as Build).id
          }
        ),
      /** The next task for this node, as soon as there is one. */
      take: (node: Caller) =>
        until(
          Effect.map(
            ask("POST", "/build_node/get_task", node, { supported_arches: ["x86_64", "src"], excluded_packages: [] }),
            ({ body }) => body as Task | null
          ),
          (task) => task !== null
        ),
      done: (node: Caller, task: Task, artifacts: ReadonlyArray<Reported>, more: object = {}) =>
        ask("POST", "/build_node/build_done", node, {
          task_id: task.id,
          status: "done",
          artifacts,
          stats: {},
          git_commit_hash: "0123456789012345678901234567890123456789",
          ...more
        }),
      finished: (id: number) => until(get(id), ({ finished_at }) => finished_at !== null)
    }
  })
export type FaceServer = Effect.Success<ReturnType<typeof start>>
