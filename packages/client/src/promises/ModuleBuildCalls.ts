/** Module builds for the Promise client. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BuildDiff from "../BuildDiff.ts"
import * as ComponentLog from "../ComponentLog.ts"
import * as WatchModuleBuild from "../WatchModuleBuild.ts"
import type { Calls } from "./Calls.ts"
import type { ModuleBuilds, WatchOptions } from "./ModuleBuilds.ts"
import { numbers } from "./QueryNumbers.ts"

const path = (id: number) => ({ params: { id: `${id}` } })

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The functions of `ModuleBuilds` over the calls of one client. */
export const make = ({ iterate, options, run }: Calls): ModuleBuilds => {
  const log = (id: number, component: string, follow: boolean) => (client: Parameters<typeof ComponentLog.stream>[0]) =>
    Stream.decodeText(ComponentLog.stream(client, options, id, component, follow))
  const watching = (id: number, { patience }: WatchOptions) => (client: Parameters<typeof WatchModuleBuild.watch>[0]) =>
    WatchModuleBuild.watch(client, id, patience === undefined ? {} : { patience })
  return {
    submit: (scmurl, given = {}) => run((client) => client.moduleBuilds.submit({ payload: { scmurl, ...given } })),
    submitText: (modulemd, given = {}) =>
      run((client) => client.moduleBuilds.submit({ payload: { yaml_modulemd: modulemd, ...given } })),
    list: ({ limit, offset, ...query } = {}) =>
      run((client) => client.moduleBuilds.list({ query: { ...query, ...numbers({ limit, offset }) } })),
    get: (id) => run((client) => client.moduleBuilds.get(path(id))),
    explain: (id) => run((client) => client.moduleBuilds.explain(path(id))),
    forecast: (id) => run((client) => client.forecasts.moduleBuild(path(id))),
    compare: (id, other) =>
      run((client) => client.comparisons.moduleBuild({ params: { id: `${id}`, other: `${other}` } })),
    actions: (id) => run((client) => client.actions.moduleBuild(path(id))),
    diff: (from, to) =>
      run((client) =>
        Effect.map(
          Effect.all([client.moduleBuilds.get(path(from)), client.moduleBuilds.get(path(to))], { concurrency: 2 }),
          ([one, two]) => BuildDiff.compare(one, two)
        )
      ),
    cancel: (id, query = {}) => run((client) => client.moduleBuilds.cancel({ ...path(id), query })),
    resume: (id, query = {}) => run((client) => client.moduleBuilds.resume({ ...path(id), query })),
    prioritize: (id, priority, query = {}) =>
      run((client) => client.moduleBuilds.prioritize({ ...path(id), query, payload: { priority } })),
    retire: (id, query = {}) => run((client) => client.moduleBuilds.retire({ ...path(id), query })),
    retry: (id, component, query = {}) =>
      run((client) => client.moduleBuilds.retry({ params: { id: `${id}`, component }, query })),
    log: (id, component) => run((client) => Stream.mkString(log(id, component, false)(client))),
    followLog: (id, component) => iterate(log(id, component, true)),
    watch: (id, options = {}) => iterate(watching(id, options)),
    finished: (id, options = {}) =>
      run((client) => Effect.flatMap(Stream.runLast(watching(id, options)(client)), (last) => Effect.fromOption(last))),
    events: (id, after) =>
      iterate((client) =>
        Stream.unwrap(
          client.moduleBuilds.events({ ...path(id), headers: after === undefined ? {} : { "last-event-id": after } })
        ).pipe(Stream.map(({ data, event, id }) => ({ id: id ?? "", topic: event, body: parse(data) })))
      )
  }
}
