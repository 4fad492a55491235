/** A server with the Module Build Service's face, and what tests of submissions say to it. */
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

export interface Answer {
  readonly status: number
  readonly body: any
}

/** Starts one; it stops with the scope. */
export const start = (environment: Readonly<Record<string, string>>) =>
  Effect.map(TestServer.start(environment), ({ git, url }) => {
    const call = (method: string, path: string, body?: unknown): Effect.Effect<Answer> =>
      Effect.promise(async () => {
        const response = await fetch(`${url}${path}`, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        return { status: response.status, body: await response.json() }
      })
    /** Commits a document to a repository and branch of its own; answers what to submit. */
    const module = (name: string, branch: string, document: string, time?: number) => {
      const repository = TestRepository.make(Path.join(git, "modules", name))
      repository.git("checkout", "--quiet", "-B", branch)
      const commit = repository.commit({ [`${name}.yaml`]: document }, time)
      return { scmurl: `${repository.url}?#${commit}`, branch }
    }
    const builds = "/module-build-service/2/module-builds/"
    return {
      git,
      url,
      call,
      module,
      submit: (request: unknown, query = "") => call("POST", `${builds}${query}`, request),
      /** Brings a module in ready-made. */
      import: (document: string) => {
        const { scmurl } = module(/name: (\S+)/.exec(document)![1]!, "main", document)
        return call("POST", "/module-build-service/1/import-module/", { scmurl })
      }
    }
  })

export interface Sketch {
  readonly name?: string
  readonly stream?: string
  readonly version?: number
  readonly context?: string
  readonly buildrequires?: string
  readonly requires?: string
  readonly xmd?: string
  /** Such as `lib: {rationale: Test, ref: main}`; without, there are none. */
  readonly components?: ReadonlyArray<string>
  /** Lines below `data`. */
  readonly more?: ReadonlyArray<string>
}

/** A modulemd. */
export const document = (
  { buildrequires, components = [], context, more = [], name, requires, stream, version, xmd }: Sketch
): string =>
  [
    "document: modulemd",
    "version: 2",
    "data:",
    ...(name === undefined ? [] : [`  name: ${name}`]),
    ...(stream === undefined ? [] : [`  stream: "${stream}"`]),
    ...(version === undefined ? [] : [`  version: ${version}`]),
    ...(context === undefined ? [] : [`  context: "${context}"`]),
    "  summary: Test",
    "  description: For tests",
    "  license: {module: [MIT]}",
    ...(buildrequires === undefined
      ? []
      : [
        "  dependencies:",
        `    - buildrequires: {${buildrequires}}`,
        `      requires: {${requires ?? buildrequires}}`
      ]),
    ...(xmd === undefined ? [] : [`  xmd: {${xmd}}`]),
    ...(components.length === 0 ? [] : ["  components:", "    rpms:"]),
    ...components.map((lines) => `      ${lines}`),
    ...more,
    ""
  ].join("\n")

/** A base module as release engineers import it. */
export const platform = (stream: string, mbs = "virtual_streams: []", version = 1): string =>
  document({
    name: "platform",
    stream,
    version,
    context: "00000000",
    xmd: `mbs: {koji_tag: platform-${stream}, commit: virtual, mse: true, ${mbs}}`
  })

/** A module that was built on a platform, as it is imported. */
export const built = (
  name: string,
  stream: string,
  on: string,
  { context = "c0ffee00", ref = "ref: virtual, ", requires = on, version = 1 } = {}
): string =>
  document({
    name,
    stream,
    version,
    context,
    buildrequires: `platform: [${on}]`,
    requires: `platform: [${requires}]`,
    xmd: `mbs: {koji_tag: module-${name}, commit: "1", mse: true, buildrequires: `
      + `{platform: {${ref}stream: ${on}, version: "1", context: "00000000"}}}`
  })
