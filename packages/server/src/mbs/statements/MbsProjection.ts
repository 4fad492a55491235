/**
 * Writes down what the Module Build Service's API shows of a build and the engine does not need: its hashes, its Koji names,
 * numbers for its components. Once, in the transaction that creates the build, so that both are there or neither.
 */
import type * as MbsRecord from "@orch/api/mbs/MbsRecord"
import { askedFor, type ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import * as ModuleContext from "@orch/core/resolution/ModuleContext"
import type { ResolutionSettings } from "@orch/core/resolution/ResolutionSettings"
import * as StreamVersion from "@orch/core/resolution/StreamVersion"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as XmdBuildrequires from "@orch/core/resolution/XmdBuildrequires"
import type * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** The strategy of builds that asked for none. */
export const defaultStrategy = "changed-and-after"

/** As they stand in the document, where what is not known is an empty text. */
const buildrequires = (plan: ModulePlan): Readonly<Record<string, MbsRecord.Buildrequire>> =>
  Object.fromEntries(
    Object.entries(XmdBuildrequires.toXmd(plan.buildrequires)).map(([name, { koji_tag, ref, ...rest }]) => [
      name,
      { ...rest, ref: ref ?? "", koji_tag: koji_tag ?? "" }
    ])
  )

/** The columns of `mbs_build`, from the plan alone. */
const header = (id: number, plan: ModulePlan, settings: ResolutionSettings) => {
  const contexts = ModuleContext.contexts(askedFor(plan), [plan.dependencies], settings)
  const subject = { ...plan, id }
  return {
    // What was not built here has no hashes there.
    build_context: plan.imported === undefined ? contexts.buildContext : null,
    build_context_no_bms: plan.imported === undefined ? contexts.buildContextNoBms : null,
    runtime_context: plan.imported === undefined ? contexts.runtimeContext : null,
    modulemd: plan.modulemd,
    koji_tag: plan.imported === undefined ? TagPlan.tag(subject) : plan.imported.kojiTag,
    cg_build_koji_tag: plan.imported === undefined
      ? TagPlan.cgBuildTag(plan, plan.buildrequires, settings) ?? null
      : null,
    srpms: plan.submission?.srpms ?? [],
    rebuild_strategy: plan.submission?.rebuildStrategy ?? (plan.imported === undefined ? defaultStrategy : "all"),
    reused_module_id: plan.submission?.reuseComponentsFrom ?? null,
    stream_version: settings.baseModuleNames.includes(plan.name)
      ? StreamVersion.parse(plan.stream, { suffixes: settings.streamSuffixes })
      : null,
    buildrequires: buildrequires(plan),
    arches: plan.imported === undefined ? plan.arches : [],
    virtual_streams: plan.imported?.virtualStreams ?? []
  }
}

/** Not shown unless the build system makes one, see the view; with a number at once, so that it keeps it. */
const macros = {
  package: "module-build-macros",
  repository: "",
  srpm: null,
  batch: 1,
  buildonly: false,
  weight: 0,
  macros: true
}

const components = (plan: ModulePlan) => {
  const own = plan.components.map(({ batch, buildOnly, name, priority, repository, srpm }) => ({
    package: name,
    repository,
    srpm: srpm ?? null,
    // Batch 1 is that of the macros.
    batch: batch + 1,
    buildonly: buildOnly,
    weight: priority,
    macros: false
  }))
  return own.length === 0 ? [] : [...own, macros]
}

/** Whether or not somebody imported them: the farm's own platforms are base modules as well. */
const bases = (plan: ModulePlan, settings: ResolutionSettings) =>
  settings.baseModuleNames.flatMap((name) => {
    const base = plan.buildrequires[name]
    if (base === undefined) return []
    const { context, stream, version } = base
    const streamVersion = StreamVersion.parse(stream, { suffixes: settings.streamSuffixes })
    return [{ name, stream, version, context, stream_version: streamVersion }]
  })

/** One statement; what was there of the build before (it was imported again) is replaced. */
export const record = (sql: SqlClient.SqlClient, id: number, plan: ModulePlan, settings: ResolutionSettings) => {
  const { modulemd, ...columns } = header(id, plan, settings)
  return sql`
    WITH header AS (
      INSERT INTO mbs_build AS old (
        module_build_id, build_context, build_context_no_bms, runtime_context, modulemd, koji_tag, cg_build_koji_tag, srpms,
        rebuild_strategy, reused_module_id, stream_version, buildrequires, arches, virtual_streams
      )
      SELECT ${id}, new.build_context, new.build_context_no_bms, new.runtime_context, ${clean(modulemd)}, new.koji_tag,
        new.cg_build_koji_tag, new.srpms, new.rebuild_strategy, new.reused_module_id, new.stream_version,
        new.buildrequires, new.arches, new.virtual_streams
      FROM jsonb_to_record(${json(columns)}::text::jsonb) AS new (
        build_context text, build_context_no_bms text, runtime_context text, koji_tag text, cg_build_koji_tag text,
        srpms jsonb, rebuild_strategy text, reused_module_id bigint, stream_version double precision,
        buildrequires jsonb, arches text[], virtual_streams text[]
      )
      ON CONFLICT (module_build_id) DO UPDATE SET
        build_context = excluded.build_context, build_context_no_bms = excluded.build_context_no_bms,
        runtime_context = excluded.runtime_context, modulemd = excluded.modulemd, koji_tag = excluded.koji_tag,
        stream_version = excluded.stream_version, buildrequires = excluded.buildrequires,
        virtual_streams = excluded.virtual_streams
    ), bases AS (
      INSERT INTO mbs_base_buildrequire (module_build_id, name, stream, version, context, stream_version)
      SELECT ${id}, new.* FROM jsonb_to_recordset(${json(bases(plan, settings))}::text::jsonb)
        AS new (name text, stream text, version numeric, context text, stream_version double precision)
      ON CONFLICT (module_build_id, name) DO UPDATE SET
        stream = excluded.stream, version = excluded.version, context = excluded.context,
        stream_version = excluded.stream_version
    )
    INSERT INTO mbs_component (module_build_id, package, repository, srpm, batch, buildonly, weight, macros, shown)
    SELECT ${id}, new.package, new.repository, new.srpm, new.batch, new.buildonly, new.weight, new.macros, NOT new.macros
    FROM ROWS FROM (
      jsonb_to_recordset(${json(components(plan))}::text::jsonb) AS (
        package text, repository text, srpm text, batch integer, buildonly boolean, weight double precision, macros boolean
      )
    ) WITH ORDINALITY AS new (package, repository, srpm, batch, buildonly, weight, macros, place)
    ORDER BY new.place
    ON CONFLICT (module_build_id, package) DO NOTHING`
}
