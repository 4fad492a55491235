/**
 * What the Module Build Service's API shows of builds: pages and single ones in every representation.
 *
 * A page is a constant number of statements: the rows, their number, and once for all of them components, siblings, traces
 * and base modules.
 */
import type * as MbsPagination from "@orch/api/mbs/MbsPagination"
import type * as MbsQuery from "@orch/api/mbs/MbsQuery"
import type * as MbsRecord from "@orch/api/mbs/MbsRecord"
import * as MbsView from "@orch/api/mbs/MbsView"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Marks from "../Marks.ts"
import * as LargeDocuments from "../modulebuilds/documents/LargeDocuments.ts"
import * as Totals from "../Totals.ts"
import * as MbsListStatements from "./statements/MbsListStatements.ts"
import * as MbsMarks from "./statements/MbsMarks.ts"
import * as MbsPlaceStatements from "./statements/MbsPlaceStatements.ts"
import * as MbsRow from "./statements/MbsRow.ts"
import * as MbsStatements from "./statements/MbsStatements.ts"
import * as MbsTallyStatements from "./statements/MbsTallyStatements.ts"

/** How much of a build or component is shown, as `short` and `verbose` of a request ask. */
export type Representation = "plain" | "short" | "verbose"
type Json = Readonly<Record<string, unknown>>

/** A page in the form of the wire, and how many rows the whole list has. */
export interface Listed {
  readonly items: ReadonlyArray<Json>
  readonly total: number
}

/** Reads builds and components as the face shows them; `StoreUnavailable` where the database does not answer. */
export interface Interface {
  readonly listModules: (
    query: MbsQuery.ModuleQuery,
    page: MbsPagination.Pagination,
    representation: Representation,
    apiVersion: number
  ) => Effect.Effect<Listed, StoreUnavailable>
  /** Builds by id, in the order given; ids that are not there are left out. */
  readonly modules: (
    ids: ReadonlyArray<number>,
    representation: Representation,
    apiVersion: number
  ) => Effect.Effect<ReadonlyArray<Json>, StoreUnavailable>
  readonly findModule: (id: number) => Effect.Effect<MbsRecord.ModuleBuildRecord | undefined, StoreUnavailable>
  readonly listComponents: (
    query: MbsQuery.ComponentQuery,
    page: MbsPagination.Pagination,
    representation: Representation,
    apiVersion: number
  ) => Effect.Effect<Listed, StoreUnavailable>
  readonly component: (
    id: number,
    representation: Representation,
    apiVersion: number
  ) => Effect.Effect<Json | undefined, StoreUnavailable>
  /** The plain form of a component of a module build. */
  readonly componentNamed: (module: number, name: string) => Effect.Effect<Json | undefined, StoreUnavailable>
  /** Messages of a module build with those of its components; `undefined` when there is no such build. */
  readonly moduleMessages: (
    id: number,
    page: MbsPagination.Pagination
  ) => Effect.Effect<Listed | undefined, StoreUnavailable>
  readonly componentMessages: (
    id: number,
    page: MbsPagination.Pagination
  ) => Effect.Effect<Listed | undefined, StoreUnavailable>
}

/** With what the components are built from: a commit, or for an uploaded source package nothing. */
const documentOf = ({ modulemd }: MbsRecord.ModuleBuildRecord, { components }: MbsRecord.Related) =>
  LargeDocuments.withRefs({
    text: modulemd,
    refs: Object.fromEntries(
      components.flatMap(
        ({ build_time_only, package: name, ref, scmurl }): ReadonlyArray<readonly [string, string | null]> =>
          ref !== null ? [[name, ref]] : build_time_only || scmurl.includes("?#") ? [] : [[name, null]]
      )
    )
  })

const moduleTopic = "module-build.state"
const componentTopic = "component-build.state"
const subjectOf = (module: number, component?: string): string =>
  component === undefined ? `module-build/${module}` : `module-build/${module}/${component}`

type Key = MbsMarks.Key

const ofSure = ({ isExact, total }: Totals.Total): number | undefined => isExact ? total : undefined

const agreed = (
  total: Totals.Total,
  { page, perPage }: MbsPagination.Pagination,
  rows: ReadonlyArray<unknown>
): number => Totals.agreeing(total, { offset: (page - 1) * perPage, limit: perPage, shown: rows.length })

/** What the face reads from; its layer needs the database alone. */
export class MbsBuilds extends Context.Service<MbsBuilds, Interface>()("@orch/server/mbs/MbsBuilds") {
  static readonly layer: Layer.Layer<MbsBuilds, never, SqlClient.SqlClient> = Layer.effect(
    MbsBuilds,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const moduleTotal = Totals.make()
      const componentTotal = Totals.make()
      const moduleMarks = Marks.make<Key>()
      const componentMarks = Marks.make<Key>()

      /** Represents rows of one page; nothing more is asked for than the representation shows. */
      const represent = Effect.fnUntraced(function*(
        rows: ReadonlyArray<MbsRow.ModuleRow>,
        representation: Representation,
        apiVersion: number
      ) {
        const builds = rows.map(MbsRow.toModule)
        if (representation === "short" || builds.length === 0) return builds.map(MbsView.short)
        const ids = builds.map(({ id }) => id)
        const verbose = representation === "verbose"
        const [components, siblings, traces, bases] = yield* Effect.all([
          MbsStatements.componentsOf(sql, ids),
          MbsStatements.siblingsOf(sql, ids),
          verbose ? MbsStatements.tracesOf(sql, moduleTopic, ids.map((id) => subjectOf(id))) : Effect.succeed([]),
          verbose ? MbsStatements.basesOf(sql, ids) : Effect.succeed([])
        ])
        const componentsById = Map.groupBy(components.map(MbsRow.toComponent), ({ module_id }) => module_id)
        const siblingsById = Map.groupBy(siblings, ({ id }) => Number(id))
        const tracesBySubject = Map.groupBy(traces, ({ subject }) => subject)
        const basesById = Map.groupBy(bases, ({ module_build_id }) => Number(module_build_id))
        return yield* Effect.forEach(
          builds,
          Effect.fnUntraced(function*(build) {
            const related: MbsRecord.Related = {
              components: componentsById.get(build.id) ?? [],
              siblings: (siblingsById.get(build.id) ?? []).map(({ sibling }) => Number(sibling)),
              trace: (tracesBySubject.get(subjectOf(build.id)) ?? []).map(MbsRow.toTrace),
              baseModules: (basesById.get(build.id) ?? []).map(MbsRow.toBaseModule)
            }
            return verbose
              ? MbsView.verbose({ ...build, modulemd: yield* documentOf(build, related) }, related, apiVersion)
              : MbsView.plain(build, related)
          })
        )
      })

      const representComponents = Effect.fnUntraced(function*(
        rows: ReadonlyArray<MbsRow.ComponentRow>,
        representation: Representation,
        apiVersion: number
      ) {
        const components = rows.map(MbsRow.toComponent)
        if (representation !== "verbose" || components.length === 0) return components.map(MbsView.component)
        const subjects = components.map((one) => subjectOf(one.module_id, one.package))
        const traces = Map.groupBy(
          yield* MbsStatements.tracesOf(sql, componentTopic, subjects),
          ({ subject }) => subject
        )
        return components.map((one, index) =>
          MbsView.verboseComponent(one, (traces.get(subjects[index]!) ?? []).map(MbsRow.toTrace), apiVersion)
        )
      })

      const knownOf = <E>(
        marks: ReturnType<typeof Marks.make<Key>>,
        query: MbsQuery.ModuleQuery | MbsQuery.ComponentQuery,
        page: MbsPagination.Pagination,
        total: number | undefined,
        learn: Effect.Effect<ReadonlyArray<Marks.Mark<Key>>, E>
      ): Effect.Effect<MbsListStatements.Known> =>
        MbsListStatements.goneOver(page, total) < Marks.near || !MbsMarks.has(sql, query.order)
          ? Effect.succeed({ total })
          : Effect.map(marks(query, (page.page - 1) * page.perPage, learn), (mark) => ({ total, mark }))

      const knownOfComponents = Effect.fnUntraced(function*(
        query: MbsQuery.ComponentQuery,
        page: MbsPagination.Pagination,
        total: number | undefined
      ) {
        const list = MbsPlaceStatements.listOf(query)
        if (list !== undefined && MbsListStatements.goneOver(page, total) >= Marks.near) {
          const mark = yield* MbsPlaceStatements.find(sql, list, (page.page - 1) * page.perPage)
          if (mark !== undefined) return { total, mark }
        }
        return yield* knownOf(componentMarks, query, page, total, MbsListStatements.learnComponents(sql, query))
      })

      /** Where every filter is one that rows are counted by, their number is known, and often where the page is. */
      const pageOfComponents = Effect.fnUntraced(function*(
        query: MbsQuery.ComponentQuery,
        page: MbsPagination.Pagination
      ) {
        if (MbsTallyStatements.counts(query)) {
          const { places, total } = yield* MbsTallyStatements.find(sql, query, page)
          const rows = places.length > 0
            ? yield* MbsTallyStatements.list(sql, query, page, places)
            : yield* MbsListStatements.listComponents(sql, query, page, yield* knownOfComponents(query, page, total))
          return { rows, total }
        }
        const total = yield* componentTotal(
          { ...query, order: undefined },
          MbsListStatements.countingComponents(sql, query)
        )
        const known = yield* knownOfComponents(query, page, ofSure(total))
        const rows = yield* MbsListStatements.listComponents(sql, query, page, known)
        return { rows, total: agreed(total, page, rows) }
      })

      const messages = (subject: string, withParts: boolean, page: MbsPagination.Pagination) =>
        Effect.map(MbsStatements.messagesOf(sql, subject, withParts, page), (rows): Listed => ({
          items: rows.map(MbsRow.toMessage).map(MbsView.message),
          total: Number(rows[0]?.total ?? 0)
        }))

      return MbsBuilds.of({
        listModules: (query, page, representation, apiVersion) =>
          Effect.gen(function*() {
            const total = yield* moduleTotal(
              { ...query, order: undefined },
              MbsListStatements.countingModules(sql, query)
            )
            const known = yield* knownOf(
              moduleMarks,
              query,
              page,
              ofSure(total),
              MbsListStatements.learnModules(sql, query)
            )
            const rows = yield* MbsListStatements.listModules(sql, query, page, known)
            return { items: yield* represent(rows, representation, apiVersion), total: agreed(total, page, rows) }
          }).pipe(asUnavailable("MbsBuilds.listModules")),
        modules: (ids, representation, apiVersion) =>
          Effect.gen(function*() {
            const found = new Map((yield* MbsStatements.findModules(sql, ids)).map((row) => [Number(row.id), row]))
            return yield* represent(ids.flatMap((id) => found.get(id) ?? []), representation, apiVersion)
          }).pipe(asUnavailable("MbsBuilds.modules")),
        findModule: (id) =>
          Effect.map(
            MbsStatements.findModules(sql, [id]),
            ([row]) => row === undefined ? undefined : MbsRow.toModule(row)
          )
            .pipe(asUnavailable("MbsBuilds.findModule")),
        listComponents: (query, page, representation, apiVersion) =>
          Effect.gen(function*() {
            const { rows, total } = yield* pageOfComponents(query, page)
            return { items: yield* representComponents(rows, representation, apiVersion), total }
          }).pipe(asUnavailable("MbsBuilds.listComponents")),
        component: (id, representation, apiVersion) =>
          Effect.gen(function*() {
            const rows = yield* MbsStatements.findComponent(sql, id)
            return (yield* representComponents(rows, representation, apiVersion))[0]
          }).pipe(asUnavailable("MbsBuilds.component")),
        componentNamed: (module, name) =>
          MbsStatements.componentNamed(sql, module, name).pipe(
            Effect.map(([row]) => row === undefined ? undefined : MbsView.component(MbsRow.toComponent(row))),
            asUnavailable("MbsBuilds.componentNamed")
          ),
        moduleMessages: (id, page) =>
          Effect.gen(function*() {
            const rows = yield* MbsStatements.findModules(sql, [id])
            return rows.length === 0 ? undefined : yield* messages(subjectOf(id), true, page)
          }).pipe(asUnavailable("MbsBuilds.moduleMessages")),
        componentMessages: (id, page) =>
          Effect.gen(function*() {
            const [row] = yield* MbsStatements.findComponent(sql, id)
            return row === undefined
              ? undefined
              : yield* messages(subjectOf(Number(row.module_id), row.package), false, page)
          }).pipe(asUnavailable("MbsBuilds.componentMessages"))
      })
    })
  )
}
