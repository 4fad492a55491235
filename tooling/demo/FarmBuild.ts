/** Builds in the demo's farm: asked for, waited for, signed, with the time each part took. */
import type { DistGit } from "./DistGit.ts"
import type { Person } from "./FarmPeople.ts"

type Ask = <A>(by: Person, method: string, path: string, body?: unknown) => Promise<A>

/** What is built, and how dnf is told to install it. */
export interface Wanted {
  readonly title: string
  readonly body: unknown
  readonly install: ReadonlyArray<string>
}

export interface Built {
  readonly id: number
  /** From the request to the answer that the build is finished. */
  readonly wallSeconds: number
  /** In which at least one node was building. */
  readonly buildSeconds: number
  /** From then until all packages are signed. */
  readonly signSeconds: number
}

interface Build {
  readonly finished_at: string | null
  readonly sign_tasks: ReadonlyArray<{ readonly status: number }>
  readonly tasks: ReadonlyArray<{
    readonly arch: string
    readonly status: number
    readonly error: string | null
    readonly performance_stats: ReadonlyArray<
      { readonly statistics?: { readonly build_node_stats?: Record<string, Record<string, string>> } }
    >
  }>
}

const refs = ({ components }: DistGit, names: ReadonlyArray<string>) =>
  names.map((name) => ({ url: `${components}${name}`, git_ref: "main", ref_type: 1 }))

/** Packages by themselves. */
export const packages = (distGit: DistGit, names: ReadonlyArray<string>, arch: string): Wanted => ({
  title: names.join(" and "),
  body: {
    platforms: [{ name: "Demo-8", arch_list: [arch], parallel_mode_enabled: true }],
    tasks: refs(distGit, names),
    product_id: 1
  },
  install: ["install", ...names]
})

/** The same packages as a module. */
export const module = (distGit: DistGit, names: ReadonlyArray<string>, arch: string): Wanted => ({
  title: "module demo:1",
  body: {
    platforms: [{ name: "Demo-8", arch_list: [arch], parallel_mode_enabled: true }],
    tasks: [{
      module_name: "demo",
      module_stream: "1",
      modules_yaml: [
        "document: modulemd",
        "version: 2",
        "data:",
        "  name: demo",
        "  stream: \"1\"",
        "  summary: Greetings",
        "  description: Two packages of the demo",
        "  license: {module: [MIT]}",
        "  dependencies: [{buildrequires: {platform: [el8]}, requires: {platform: [el8]}}]",
        `  profiles: {default: {rpms: [${names.join(", ")}]}}`,
        `  components: {rpms: {${names.map((name) => `${name}: {rationale: Demo, ref: main}`).join(", ")}}}`,
        ""
      ].join("\n"),
      enabled_modules: { buildtime: [], runtime: [] },
      refs: refs(distGit, names).map((ref) => ({ ...ref, enabled: true, exist: true, mock_options: {} }))
    }],
    product_id: 1
  },
  install: ["module", "install", "demo:1/default"]
})

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** Waits until the nodes have asked for work. */
export const nodesAreThere = async (ask: Ask, by: Person, names: ReadonlyArray<string>): Promise<void> => {
  for (let tries = 0;; tries++) {
    const all = await ask<ReadonlyArray<{ readonly name: string; readonly last_seen: string | null }>>(
      by,
      "GET",
      "/orch/v1/build-nodes"
    )
    if (names.every((name) => all.some((node) => node.name === name && node.last_seen !== null))) return
    if (tries > 300) throw new Error("the build nodes do not ask for work")
    await pause(200)
  }
}

/** The seconds that are in at least one of the spans. */
const covered = (spans: ReadonlyArray<readonly [from: number, to: number]>): number => {
  let total = 0
  let last = -Infinity
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, last))
    last = Math.max(last, to)
  }
  return total / 1000
}

const parse = (text: string | undefined): number => Date.parse(`${(text ?? "").replace(" ", "T")}Z`)

/** When nodes said that they began and ended. */
const spans = ({ tasks }: Build) =>
  tasks.flatMap(({ performance_stats }) =>
    performance_stats.flatMap(({ statistics }): ReadonlyArray<readonly [number, number]> => {
      const task = statistics?.build_node_stats?.["build_node_task"]
      return task === undefined ? [] : [[parse(task["start_ts"]), parse(task["end_ts"])]]
    })
  )

/** Asks for the build, waits for it, has it signed. Throws where something fails. */
export const run = async (ask: Ask, by: Person, wanted: Wanted, signKey: number): Promise<Built> => {
  const until = async (id: number, isReached: (build: Build) => boolean): Promise<Build> => {
    for (;;) {
      const build = await ask<Build>(by, "GET", `/api/v1/builds/${id}/`)
      if (isReached(build)) return build
      await pause(100)
    }
  }
  const begun = performance.now()
  const { id } = await ask<{ readonly id: number }>(by, "POST", "/api/v1/builds/", wanted.body)
  const build = await until(id, ({ finished_at }) => finished_at !== null)
  const finished = performance.now()
  const wrong = build.tasks.find(({ status }) => status !== 2)
  if (wrong !== undefined) throw new Error(`${wanted.title}: ${wrong.arch} ended with ${wrong.status}: ${wrong.error}`)
  await ask(by, "POST", "/api/v1/sign-tasks/", { build_id: id, sign_key_id: signKey })
  const signed = await until(id, ({ sign_tasks }) => (sign_tasks[0]?.status ?? 0) > 2)
  if (signed.sign_tasks[0]?.status !== 3) {
    throw new Error(`${wanted.title}: signing ended with ${signed.sign_tasks[0]?.status}`)
  }
  return {
    id,
    wallSeconds: (finished - begun) / 1000,
    buildSeconds: covered(spans(build)),
    signSeconds: (performance.now() - finished) / 1000
  }
}
