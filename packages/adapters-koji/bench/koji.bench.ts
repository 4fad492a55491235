/**
 * Round trips: what a hub is asked for a module of 100 components, for a whole module build of 300, and for 1,000 open tasks;
 * and how long a batch waits for a hub that has everything at once.
 *
 * Requests are counted by the hub, which answers over HTTP; the bound for preparing and submitting is 12, login and waiting for
 * the macros package and its repository included, on a hub that has each within one `pollInterval`; for a whole module build of
 * 300 components in up to ten batches, imported at the end, 60 (decision 1200 says what more take); for polling 2 a minute; for the waiting of a batch 4 seconds. The peer is not
 * run: its number is the count of calls the Module Build Service makes for the same, by adding up what it does for each
 * tag, package and build. With `--faults`, also what one fault at any request costs, which takes minutes.
 */
import { KojiBuildSystem, KojiHub, KojiRepositoryHost, XmlRpc } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type {
  Buildroot,
  BuildrootPlan,
  BuildSystemError,
  BuiltComponent,
  ComponentRequest,
  Interface,
  Submission,
  TaskId
} from "@orch/core/ports/BuildSystem"
import type { Change, Interface as RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { parseArgs } from "node:util"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"

const { values: given } = parseArgs({ options: { faults: { type: "boolean", default: false } } })

const components = Array.from({ length: 100 }, (_, n) => `component-${n}`)

const plan: BuildrootPlan = {
  key: "module-build-1",
  name: "large",
  stream: "1.0",
  version: 20261121000000n,
  context: "c0ffee42",
  platform: "el9",
  arches: ["x86_64", "aarch64"],
  distTag: "module_el9+1+1a2b3c4d",
  macros: "%dist .module_el9+1+1a2b3c4d\n",
  packages: components,
  modules: [],
  groups: { build: ["bash", "gcc", "make"], "srpm-build": ["bash", "rpm-build"] },
  blocked: [],
  scratch: false
}

const request = (component: string): ComponentRequest => ({
  key: `module-build-1/${component}/1`,
  component,
  source: { _tag: "Git", repository: `https://git.example.org/rpms/${component}`, commit: "a".repeat(40) },
  arches: ["x86_64"],
  priority: 1,
  buildOnly: false
})

const ping = "getAPIVersion"

/** Reads that only wait: the same questions again until a task or repository is there. */
const waits = (methods: ReadonlyArray<string>) => methods[0] === "getTaskInfo" || methods.includes("repo.checkRequest")

const hubs = (options: FakeKojiHub.Options) =>
  Effect.acquireRelease(
    Effect.promise(() => FakeKojiHub.start(options)),
    (hub) => Effect.promise(() => hub.close())
  )

const connect = (hub: FakeKojiHub.FakeKojiHub) =>
  KojiHub.scoped({
    name: "bench",
    server: hub.url,
    login: { _tag: "Password", user: "orch", password: Redacted.make("orchpw") }
  })

/** Prepares as the engine does, looking rather often: the adapter decides when to ask the hub. */
const prepared = (system: Interface, wanted = plan): Effect.Effect<Buildroot, BuildSystemError> =>
  Effect.gen(function*() {
    const buildroot = yield* system.prepare(wanted)
    if (buildroot.awaits === undefined) return buildroot
    const asked = { buildroot: buildroot.id, id: buildroot.awaits }
    const [state] = yield* system.observeRepositories([asked]).pipe(
      Effect.delay("100 millis"),
      Effect.repeat({ until: ([state]) => state?._tag !== "Pending" })
    )
    return state?._tag === "Ready" ? yield* prepared(system, wanted) : yield* Effect.die(JSON.stringify(state))
  })

/**
 * Tags (getTag, createTag, getTag, editTag2, getTag; two of them), package lists and their multicalls, groups with their
 * packages, target, inheritance, permissions, the macros package, and for each component a packageListAdd and a build.
 */
const peerCalls = 2 * 5 + 2 * 2 + (1 + 2 + 5) + 5 + 3 + 1 + 3 + 2 * 100

const moduleOf100 = (version: string) =>
  Effect.gen(function*() {
    const seen: Array<ReadonlyArray<string>> = []
    const hub = yield* hubs({
      version,
      inject: ({ methods }) => methods[0] === ping ? undefined : void seen.push(methods)
    })
    hub.addTag("el9-build")
    const koji = yield* connect(hub)
    // The fake hub's tasks move on when somebody calls; real builders need nobody, so these calls are somebody else's.
    const other = yield* connect(hub)
    yield* Effect.forkScoped(
      Effect.forever(Effect.delay(Effect.result(other.read({ method: ping, params: [] })), "5 millis"))
    )
    const system = yield* KojiBuildSystem.make(koji, { platformTags: { el9: "el9-build" }, pollInterval: "150 millis" })
    const started = yield* Clock.currentTimeMillis
    const buildroot = yield* prepared(system)
    const submissions = yield* system.submit(buildroot, components.map(request))
    const took = (yield* Clock.currentTimeMillis) - started
    const waiting = seen.filter(waits).length
    const accepted = submissions.filter(({ _tag }) => _tag === "Accepted").length
    yield* Effect.sync(() =>
      BenchLine.print({
        what: `Koji ${version}, login, prepare and submit ${accepted} of 100 components`,
        ours: `${seen.length} requests, ${waiting} of them while waiting; ${took} ms`,
        against: `MBS's count ${peerCalls}`,
        ratio: seen.length / peerCalls,
        ...BenchLine.within(seen.length, 12, "requests")
      })
    )
    const before = seen.length
    yield* system.prepare(plan)
    yield* system.submit(buildroot, components.map(request))
    yield* Effect.sync(() =>
      console.log(`  the same again after a crash: ${seen.length - before} round trips, nothing made twice`)
    )
  }).pipe(Effect.scoped)

/** Milliseconds from preparing to submitted, with one fault at one request; the standard policy of retries. */
const timed = (inject: FakeKojiHub.Options["inject"]) =>
  Effect.gen(function*() {
    const hub = yield* hubs({ inject })
    hub.addTag("el9-build")
    const koji = yield* connect(hub)
    const started = yield* Clock.currentTimeMillis
    const system = yield* KojiBuildSystem.make(koji, { platformTags: { el9: "el9-build" }, pollInterval: "50 millis" })
    // As the engine's queue does, a second after a failure that may pass.
    const again = { while: ({ isRetryable }: BuildSystemError) => isRetryable, schedule: Schedule.spaced("1 second") }
    const few = { ...plan, packages: components.slice(0, 5) }
    const buildroot = yield* Effect.retry(prepared(system, few), again)
    const answers = yield* Effect.retry(system.submit(buildroot, components.slice(0, 5).map(request)), again)
    const took = (yield* Clock.currentTimeMillis) - started
    const made = hub.tasks().filter(({ method }) => method === "build").length
    if (answers.some(({ _tag }) => _tag !== "Accepted") || made !== 6) return yield* Effect.die(`${made} tasks, not 6`)
    return { took, requests: hub.requests() }
  }).pipe(Effect.scoped)

const kinds = [
  "bad-gateway",
  "bad-gateway-applied",
  "reset",
  "reset-applied",
  "answer-lost",
  "silence",
  "garbage",
  "offline",
  "expire",
  "forget"
] as const

const faults = Effect.gen(function*() {
  const quiet = yield* timed(() => undefined)
  const worst: Array<string> = []
  for (const kind of kinds) {
    const places = Array.from({ length: quiet.requests }, (_, at) => at)
    const all = yield* Effect.forEach(places, (at) => timed(({ index }) => index === at ? { kind } : undefined), {
      concurrency: 4
    })
    const extra = Math.max(...all.map(({ took }) => took)) - quiet.took
    worst.push(`${kind} ${(Math.max(0, extra) / 1000).toFixed(1)}`)
  }
  yield* Effect.sync(() =>
    console.log(
      `extra seconds for one fault at any of ${quiet.requests} requests, the most (aim 5): ${worst.join(", ")}`
    )
  )
})

/** A module build as the engine runs it, which asks when the build system says that it is worth it. */
const moduleOf = Effect.fnUntraced(function*(
  system: Interface,
  host: RepositoryHost,
  wanted: BuildrootPlan,
  batches: ReadonlyArray<ReadonlyArray<string>>
) {
  const waits: Array<number> = []
  const all: Array<BuiltComponent> = []
  const buildroot = yield* prepared(system, wanted)
  for (const [index, batch] of batches.entries()) {
    const began = yield* Clock.currentTimeMillis
    const tasks = (yield* system.submit(buildroot, batch.map(request), { isFirstTry: true })).flatMap(taskOf)
    const seen = yield* system.hints.pipe(
      Stream.groupedWithin(1000, "20 millis"),
      Stream.mapEffect(() => system.observe(tasks, { isBrief: true })),
      Stream.filter((answers) => answers.every(({ state }) => state === "closed")),
      Stream.runHead,
      Effect.map(Option.getOrThrow)
    )
    const built = seen.map(({ artifacts, nvr, task }, at) => ({ component: batch[at]!, task, nvr: nvr!, artifacts }))
    all.push(...built)
    if (index < batches.length - 1) {
      const asked = yield* system.admit(buildroot, built)
      yield* system.observeRepositories([asked]).pipe(Effect.repeat({ until: ([state]) => state?._tag === "Ready" }))
    }
    waits.push((yield* Clock.currentTimeMillis) - began)
  }
  const results = yield* system.results!(all)
  for (const [index, { artifacts }] of results.entries()) all[index] = { ...all[index]!, artifacts }
  const name = `modules/${wanted.name}-${wanted.stream}`
  yield* host.ensure(name)
  yield* host.change(name, deliveryOf(wanted, all))
  yield* host.publish(name)
  yield* system.finish(wanted, { _tag: "Succeeded", builds: all })
  return waits
})

const document = (wanted: BuildrootPlan, name: string, rpms: ReadonlyArray<string>) =>
  `---
document: modulemd
version: 2
data:
  name: ${name}
  stream: "${wanted.stream}"
  version: ${wanted.version}
  context: ${wanted.context}
  summary: Many packages
  description: For measuring
  license: {module: [MIT]}
${rpms.length === 0 ? "" : `  artifacts:\n    rpms:\n${rpms.map((nevra) => `    - ${nevra}\n`).join("")}`}...
`

const deliveryOf = (wanted: BuildrootPlan, all: ReadonlyArray<BuiltComponent>): Change => {
  const nevras = all.flatMap(({ artifacts }) => artifacts.map(({ nevra }) => nevra))
  const documents = (name: string, rpms: ReadonlyArray<string>) =>
    wanted.arches.map((arch) => ({
      id: `${name}:${wanted.stream}:${wanted.version}:${wanted.context}:${arch}`,
      text: document(wanted, name, rpms)
    }))
  return {
    key: wanted.key,
    origin: {
      build: 1,
      owner: "orch",
      platform: wanted.platform,
      scmurl: undefined,
      begun: 0,
      ended: 1,
      modulemd: document(wanted, wanted.name, []),
      complement: {
        modulemd: document(wanted, `${wanted.name}-devel`, []),
        documents: documents(`${wanted.name}-devel`, [])
      },
      nvrs: all.map(({ nvr }) => nvr),
      log: "built\n"
    },
    add: documents(wanted.name, nevras).map((one) => ({ _tag: "Modulemd" as const, ...one })),
    remove: []
  }
}

/** Somebody else's calls: the fake hub's tasks move on when somebody calls, real builders need nobody. */
const elsewhere = (koji: KojiHub.KojiHub) =>
  Effect.forkScoped(Effect.forever(Effect.delay(Effect.result(koji.read({ method: ping, params: [] })), "20 millis")))

const kindOf = (methods: ReadonlyArray<string>): string => {
  const kinds: ReadonlyArray<readonly [kind: string, method: string]> = [
    ["settle", "createTag"],
    ["submit", "build"],
    ["admit", "tagBuildBypass"],
    ["task", "getTaskInfo"],
    ["task", "listBuildRPMs"],
    ["task", "getRPMHeaders"],
    ["task", "listBuilds"],
    ["repository", "repo.checkRequest"],
    ["upload", "rawUpload"],
    ["import", "CGImport"]
  ]
  return kinds.find(([, method]) => methods.includes(method))?.[0] ?? "look"
}

const wholeModule = (what: string, options: FakeKojiHub.Options, batches: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const seen = new Map<string, number>()
    let requests = 0
    const hub = yield* hubs({
      ...options,
      inject: ({ methods }) => {
        if (methods[0] === ping) return undefined
        requests++
        const kind = kindOf(methods)
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        return undefined
      }
    })
    hub.addTag("el9-build")
    hub.addTag("el9-modules")
    const koji = yield* connect(hub)
    yield* elsewhere(yield* connect(hub))
    const publishing = { contentGenerator: "orch-cg", moduleTags: ["{}-modules"] }
    const system = yield* KojiBuildSystem.make(koji, { platformTags: { el9: "el9-build" }, publishing })
    const host = KojiRepositoryHost.make(koji, publishing)
    let at = 0
    const names = batches.map((size) => Array.from({ length: size }, () => `component-${at++}`))
    const started = yield* Clock.currentTimeMillis
    const waits = yield* moduleOf(system, host, { ...plan, packages: names.flat() }, names)
    const took = ((yield* Clock.currentTimeMillis) - started) / 1000
    const parts = [...seen].map(([kind, count]) => `${kind} ${count}`).join(", ")
    const longest = Math.max(...waits) / 1000
    const name = `Koji, ${at} components in ${batches.length} batches, ${what}`
    yield* Effect.sync(() => {
      BenchLine.print({
        what: name,
        ours: `${requests} requests`,
        against: `${took.toFixed(1)} s in all`,
        ...BenchLine.within(requests, 60, "requests")
      })
      console.log(`  ${parts}; batches ${waits.map((wait) => (wait / 1000).toFixed(1)).join(", ")} s`)
      if (options.stepMillis !== undefined) return
      BenchLine.print({
        what: `${name}, waiting of a batch`,
        ours: `${longest.toFixed(1)} s at the most`,
        against: "a hub that has everything at once",
        ...BenchLine.within(longest, 4, "s")
      })
    })
  }).pipe(Effect.scoped)

const taskOf = (submission: Submission): ReadonlyArray<TaskId> =>
  submission._tag === "Accepted" ? [submission.task] : []

const openTasks = Effect.gen(function*() {
  let requests = 0
  const hub = yield* hubs({ outcome: () => "hang", inject: () => void requests++ })
  hub.addTag("el9-build")
  const koji = yield* connect(hub)
  const system = yield* KojiBuildSystem.make(koji, { platformTags: { el9: "el9-build" }, macrosPackage: false })
  const buildroot = yield* system.prepare(plan)
  const many = Array.from({ length: 1000 }, (_, n) => request(`component-${n}`))
  const tasks = (yield* system.submit(buildroot, many)).flatMap(taskOf)
  // The engine asks as often as it likes; a minute of it, every two seconds, on a clock of its own.
  const before = requests
  let millis = yield* Clock.currentTimeMillis
  const clock: Clock.Clock = Object.assign(Object.create(yield* Clock.Clock), {
    currentTimeMillisUnsafe: () => millis,
    currentTimeMillis: Effect.sync(() => millis)
  })
  for (let second = 0; second < 60; second += 2, millis += 2000) {
    yield* system.observe(tasks).pipe(Effect.provideService(Clock.Clock, clock))
  }
  yield* Effect.sync(() =>
    BenchLine.print({
      what: "Koji, 1,000 open tasks, looked at every 2 s",
      ours: `${requests - before} requests a minute`,
      against: "30 looks",
      ...BenchLine.within(requests - before, 2, "requests a minute")
    })
  )
}).pipe(Effect.scoped)

const codec = Effect.sync(() => {
  const row = (n: number): XmlRpc.Struct => ({
    id: n,
    method: "build",
    state: 1,
    create_time: "2026-11-21 22:41:07.794304+00:00",
    create_ts: new XmlRpc.Double(1795300867.794304),
    request: ["git+https://git.example.org/rpms/x#0123456789abcdef", "target", {
      custom_user_metadata: { orch: `k/${n}` }
    }],
    parent: null,
    weight: new XmlRpc.Double(1)
  })
  const rows = Array.from({ length: 1000 }, (_, n) => row(n))
  const text = Result.getOrThrow(XmlRpc.format({ _tag: "Response", value: rows }))
  const rounds = 20
  const measure = (what: () => unknown) => {
    what()
    const start = performance.now()
    for (let round = 0; round < rounds; round++) what()
    return (performance.now() - start) / rounds
  }
  const read = measure(() => XmlRpc.parse(text))
  const write = measure(() => XmlRpc.format({ _tag: "Response", value: rows }))
  const rate = (millis: number) => (text.length / 1e6 / (millis / 1000)).toFixed(1)
  console.log(
    `codec, 1,000 tasks (${(text.length / 1e6).toFixed(2)} MB): read ${read.toFixed(1)} ms (${
      rate(read)
    } MB/s), write ${write.toFixed(1)} ms (${rate(write)} MB/s)`
  )
})

/** Nearly all of either is waiting. */
const sideBySide = [
  wholeModule("builds that end one after the other within 40 seconds", {
    stepMillis: (component) => component.startsWith("component-") ? 10_000 * Number(component.slice(10)) / 300 : 200,
    repositoryMillis: 2000
  }, [300]),
  Effect.all([
    wholeModule("instant hub", {}, [100, 100, 100]),
    wholeModule("instant hub", {}, [2, 2, 2, 2]),
    wholeModule("instant hub", {}, Array.from({ length: 10 }, () => 30))
  ])
]

await Effect.runPromise(
  Effect.gen(function*() {
    yield* Effect.all(sideBySide, { concurrency: "unbounded", discard: true })
    yield* moduleOf100("1.34.0")
    yield* moduleOf100("1.35.3")
    yield* openTasks
    if (given.faults) yield* faults
    yield* codec
  })
)
