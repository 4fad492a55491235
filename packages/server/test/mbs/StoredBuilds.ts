/** Module builds in every state with components in every state, written as rows, of which lists make something in every column. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const states = ["init", "wait", "build", "done", "failed", "ready", "garbage"]
const parts = ["waiting", "submitting", "building", "built", "available", "failed", "canceled"]

/** Writes builds of these numbers. */
export const fill = Effect.fnUntraced(function*(first: number, last: number) {
  const sql = yield* SqlClient.SqlClient
  for (let n = first; n <= last; n++) {
    const state = states[n % states.length]!
    const macros = n % 3 === 0
    const progress = {
      state,
      remark: n % 4 === 0 ? `because of ${n % 8}` : undefined,
      deadlineAt: 1,
      ...(n % 2 === 0
        ? {
          buildroot: {
            id: "b",
            key: "b",
            ...(macros ? { macros: { task: `${90 + n}`, nvr: `m-${n}`, built: n % 6 === 0 } } : {})
          }
        }
        : {})
    }
    yield* sql`
      INSERT INTO module_build (id, revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan, progress,
        created_at, modified_at, completed_at)
      OVERRIDING SYSTEM VALUE
      VALUES (${n}, 1, ${state}, '', ${`m${n % 5}`}, ${`s${n % 3}`}, ${`${n}`}::numeric, ${`c${n}`}, ${`o${n % 4}`}, ${
      n % 7 === 0
    }, ${n % 5 === 0 ? null : `https://x.example/m${n % 5}#${n}`}, '{}'::jsonb, ${
      JSON.stringify(progress)
    }::text::jsonb, to_timestamp(${n}::float8), to_timestamp(${(n * 7) % 11}::float8), ${
      n % 2 === 0 ? null : "2020-01-01"
    }::timestamptz)`
    yield* sql`
      INSERT INTO mbs_build (module_build_id, build_context, modulemd, koji_tag, srpms, rebuild_strategy, buildrequires, arches,
        virtual_streams, stream_version)
      SELECT ${n}, ${n % 3 === 0 ? null : `h${n % 4}`}, ${
      n % 4 === 1 ? `d${"x".repeat(140)}${n % 3}` : `d${n}`
    }::text, ${`tag-${n % 6}`}, '[]'::jsonb, 'all', '{}'::jsonb, '{}', '{}', ${n % 4 === 0 ? 80000 + n : null} WHERE ${
      n % 13 > 0
    }::boolean`
    for (let c = 0; c <= 4; c++) {
      const isMacros = c === 4
      const part = parts[(n + c) % parts.length]!
      yield* sql`
        INSERT INTO mbs_component (id, module_build_id, package, repository, batch, buildonly, weight, macros, shown)
        OVERRIDING SYSTEM VALUE
        VALUES (${n * 1000 + c}, ${n}, ${isMacros ? "module-build-macros" : `p${c}`}, ${`https://x.example/p${c}`}, ${
        c % 3
      }, ${c === 2}, ${(n * c) % 4}, ${isMacros}, ${!isMacros || (macros && n % 2 === 0)})`
      if (isMacros || part === "waiting") continue
      const data = {
        commit: c === 1 ? null : `${(n * 31 + c) % 9}`.repeat(40),
        nvr: part === "built" || part === "available" ? `p${c}-1-${(n * 13) % 10}` : undefined,
        reason: part === "failed" ? `broken ${n % 3}` : "",
        ...(n % 5 === 0 && c === 0 && part === "built" ? { reusedFrom: 1 } : {})
      }
      yield* sql`
        INSERT INTO component_build (module_build_id, name, state, attempt, task, data)
        VALUES (${n}, ${`p${c}`}, ${part}, 1, ${part === "submitting" ? null : `${(n * 17 + c) % 120}`}, ${
        JSON.stringify(data)
      }::text::jsonb)`
    }
  }
})
