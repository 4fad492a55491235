/** The statements on processes of any life, each a function named for what it does. */
import type { Keyed } from "@orch/core/life/Keyed"
import type * as Life from "@orch/core/life/Life"
import type { Change } from "@orch/core/life/LifeChange"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Slices from "../Slices.ts"
import * as AnnouncementNumbers from "./AnnouncementNumbers.ts"
import * as LookedUp from "./LookedUp.ts"
import type { Column, DerivedColumn, PartOf, ProcessTable } from "./ProcessTable.ts"
import { table as commandTable } from "./QueueStatements.ts"
import { json } from "./StorableText.ts"

/** A command on its way into the queue, its envelope written as text. */
export interface QueuedCommand {
  readonly id: string
  readonly element: string
  /** Seconds until it may run. */
  readonly delay: number
}

/** A change to one process on its way into the tables. */
export interface Write<L extends Life.Any> {
  readonly id: number
  /** The revision that the change makes; nothing is written unless the process is at the one before. */
  readonly revision: number
  readonly change: Change<Life.StateOf<L>, Life.CommandOf<L>>
  readonly events: ReadonlyArray<Keyed<Life.EventOf<L>>>
  /** Commands of the change as the queue's rows hold them. */
  readonly commands: ReadonlyArray<QueuedCommand>
  /** Whether the plan is another one than before. */
  readonly isReplanned: boolean
}

/** A write, with the state that it changes. */
export interface DecidedWrite<L extends Life.Any> extends Write<L> {
  readonly before: Life.StateOf<L>
}

/** Whether a statement failed by what one of its processes wanted, so that others of them may still be written. */
export const isOfOne = ({ reason }: SqlError): boolean =>
  reason._tag === "UniqueViolation" || reason._tag === "DeadlockError"

const names = (columns: ReadonlyArray<{ readonly name: string }>, before: string): string =>
  columns.map(({ name }) => `, ${before}${name}`).join("")

const types = <A>(columns: ReadonlyArray<Column<A>>): string =>
  columns.map(({ name, type }) => `, ${name} ${type}`).join("")

const values = <A>(columns: ReadonlyArray<Column<A>>, from: A): Readonly<Record<string, unknown>> =>
  Object.fromEntries(columns.map(({ name, of }) => [name, of(from)]))

const assignments = (columns: ReadonlyArray<{ readonly name: string }>, from: string): string =>
  columns.map(({ name }) => `, ${name} = ${from}.${name}`).join("")

const derived = (columns: ReadonlyArray<DerivedColumn>): string =>
  columns.map(({ name, update }) => `, ${name} = ${update}`).join("")

/**
 * The text around the values of `write`, the same for each change of a life.
 *
 * What a statement does besides its answer, the database does from the last of its parts to the first. So announcements stand before all
 * that is written: their numbers are taken last, and nobody waits for them while rows are written.
 */
const texts = <L extends Life.Any>(table: ProcessTable<L>) => {
  const { columns, derivedColumns, derivedPartColumns, event, life, part, partColumns, process, reference } = table
  const header = (isReplanned: boolean) =>
    `) AS given (
      id bigint, revision bigint, told_at bigint, plan jsonb, progress jsonb${types(columns)}
    )
  ), header AS (
    UPDATE ${process} AS old SET
      revision = given.revision, progress = given.progress${
      isReplanned ? ", plan = coalesce(given.plan, old.plan)" : ""
    }${assignments(columns, "given")}${derived(derivedColumns)}
    FROM given
    WHERE old.id = given.id AND ${LookedUp.few("given.id")} AND old.revision = given.revision - 1
    RETURNING old.id, given.told_at
  ), told AS (
    SELECT given.topic, given.subject, header.told_at, coalesce(given.body, 'null'::jsonb) AS body,
      row_number() OVER (ORDER BY given.place) AS n
    FROM header JOIN ROWS FROM (jsonb_to_recordset(`
  return {
    begin: "WITH given AS (SELECT * FROM jsonb_to_recordset(",
    header: header(false),
    replannedHeader: header(true),
    announcements: `) AS (process bigint, topic text, subject text, body jsonb))
      WITH ORDINALITY AS given (process, topic, subject, body, place)
      ON given.process = header.id
  ), counter AS (
    ${AnnouncementNumbers.take("(SELECT count(*) FROM told)")}
  ), announcements AS (
    INSERT INTO announcement (sequence, topic, subject, at, body)
    SELECT counter.before + told.n, told.topic, told.subject, told.told_at, told.body FROM told CROSS JOIN counter
    ORDER BY told.n
  ), commands AS (
    INSERT INTO ${commandTable} (id, queue_name, element, state, attempts, visible_at, created_at, updated_at)
    SELECT given.id, '${life.name}', given.element, 'pending', 0,
      CASE WHEN given.delay > 0 THEN clock_timestamp() + make_interval(secs => given.delay) ELSE now() END, now(), now()
    FROM header JOIN ROWS FROM (jsonb_to_recordset(`,
    commands: `) AS (process bigint, id text, element text, delay float8))
      WITH ORDINALITY AS given (process, id, element, delay, place)
      ON given.process = header.id
    ORDER BY given.place
    ON CONFLICT (id, queue_name) DO NOTHING
  ), events AS (
    INSERT INTO ${event} (${reference}, key, event)
    SELECT header.id, given.key, given.event
    FROM header JOIN ROWS FROM (jsonb_to_recordset(`,
    events: `) AS (process bigint, key text, event jsonb)) WITH ORDINALITY AS given (process, key, event, place)
      ON given.process = header.id
    ORDER BY given.place
  ), touched AS (
    SELECT header.id AS process, given.name, given.data${names(partColumns, "given.")}
    FROM header JOIN jsonb_to_recordset(`,
    parts: `) AS given (process bigint, name text, data jsonb${types(partColumns)}) ON given.process = header.id
  ), changed AS (
    UPDATE ${part} AS old SET data = given.data${assignments(partColumns, "given")}${derived(derivedPartColumns)}
    FROM touched AS given WHERE old.${reference} = given.process AND old.name = given.name
    RETURNING old.${reference} AS process, old.name
  ), added AS (
    INSERT INTO ${part} (${reference}, name, data${names(partColumns, "")}${names(derivedPartColumns, "")})
    SELECT given.process, given.name, given.data${names(partColumns, "given.")}${
      derivedPartColumns.map(({ insert }) => `, ${insert ?? "NULL"}`).join("")
    }
    FROM touched AS given WHERE (given.process, given.name) NOT IN (SELECT process, name FROM changed)
  )
  SELECT id FROM header`
  }
}

/** The statements of one life. */
export const make = <L extends Life.Any>(sql: SqlClient.SqlClient, table: ProcessTable<L>) => {
  const { codecs, modifiedAt, take } = table.life as Life.Life<
    string,
    Life.PlanOf<L>,
    unknown,
    PartOf<L>,
    Life.StateOf<L>,
    Life.EventOf<L>,
    Life.CommandOf<L>
  >
  const encodePlan = Schema.encodeSync(codecs.plan)
  const encodeProgress = Schema.encodeSync(codecs.progress)
  const encodePart = Schema.encodeSync(codecs.part)
  const encodeEvent = Schema.encodeSync(codecs.event)
  const process = sql.literal(table.process)
  const part = sql.literal(table.part)
  const event = sql.literal(table.event)
  const reference = sql.literal(table.reference)
  const all = texts(table)
  const text = {
    begin: sql.literal(all.begin),
    header: sql.literal(all.header),
    replannedHeader: sql.literal(all.replannedHeader),
    parts: sql.literal(all.parts),
    events: sql.literal(all.events),
    commands: sql.literal(all.commands),
    announcements: sql.literal(all.announcements)
  }

  const headerOf = ({ change: { state }, id, isReplanned, revision }: Write<L>) => {
    const { plan, progress } = take(state)
    return {
      id,
      revision,
      told_at: modifiedAt(state),
      ...(isReplanned ? { plan: encodePlan(plan) } : {}),
      progress: encodeProgress(progress),
      ...values(table.columns, state)
    }
  }

  /** The parts that a change touches, each with the process it is of. */
  const partsOf = ({ change: { state, touched }, id }: Write<L>) => {
    const pieces = take(state)
    return [...touched].flatMap((name) => {
      const one = pieces.part(name)
      return one === undefined ? [] : [{ id, name, one }]
    })
  }

  return {
    /** The id and revision of one process with its parts, as stored. */
    read: (id: number) =>
      sql<{ revision: bigint; plan: unknown; progress: unknown; parts: unknown }>`
        SELECT revision, plan, progress, (SELECT jsonb_agg(data) FROM ${part} WHERE ${reference} = ${id}) AS parts
        FROM ${process} WHERE id = ${id}`,
    revisions: (ids: ReadonlyArray<number>) =>
      sql<{ id: bigint; revision: bigint }>`
        SELECT old.id, old.revision
        FROM jsonb_array_elements_text(${
        json(ids)
      }::text::jsonb) AS given JOIN ${process} AS old ON old.id = given::bigint
        WHERE ${sql.literal(LookedUp.few("given::bigint"))}`,
    /** Takes the lock of a process for the transaction, and tells which of the keys have been seen. */
    lock: (id: number, keys: ReadonlyArray<string>) =>
      sql<{ revision: bigint; seen: ReadonlyArray<string> }>`
        SELECT revision, ARRAY(
          SELECT key FROM ${event}
          WHERE ${reference} = ${id} AND key IN (SELECT jsonb_array_elements_text(${json(keys)}::text::jsonb))
        ) AS seen
        FROM ${process} WHERE id = ${id} FOR UPDATE`,
    /** Takes the locks of processes for the transaction; a row for each that is at the revision before its write's. */
    hold: (writes: ReadonlyArray<Write<L>>) =>
      sql<{ id: bigint }>`
        WITH given AS (
          SELECT * FROM jsonb_to_recordset(${
        json(writes.map(({ id, revision }) => ({ id, revision })))
      }::text::jsonb) AS given (id bigint, revision bigint)
        )
        SELECT old.id FROM ${process} AS old JOIN given USING (id)
        WHERE ${sql.literal(LookedUp.few("given.id"))} AND old.revision = given.revision - 1
        ORDER BY old.id FOR UPDATE OF old`,
    history: (id: number, after: number, limit: number) =>
      sql<{ sequence: bigint; event: unknown }>`
        SELECT sequence, event FROM ${event}
        WHERE ${reference} = ${id} AND sequence > ${after} ORDER BY sequence LIMIT ${limit}`,
    /**
     * Everything that changes make different, in one statement, whatever number of processes they are about. A row for each
     * process that was at the revision before; of the others nothing is written.
     */
    write: Effect.fnUntraced(function*(writes: ReadonlyArray<Write<L>>) {
      const headers = json(writes.map(headerOf))
      const parts = yield* Slices.toJson(
        writes.flatMap(partsOf),
        ({ id, name, one }) => ({ process: id, name, data: encodePart(one), ...values(table.partColumns, one) }),
        json
      )
      const events = json(
        writes.flatMap(({ events, id }) =>
          events.map(({ event, key }) => ({ process: id, key: key ?? null, event: encodeEvent(event) }))
        )
      )
      const commands = json(writes.flatMap(({ commands, id: process }) => commands.map((one) => ({ ...one, process }))))
      const announcements = json(
        writes.flatMap(({ change, id }) => change.announcements.map((draft) => ({ process: id, ...draft })))
      )
      const header = writes.some(({ isReplanned }) => isReplanned) ? text.replannedHeader : text.header
      return yield* sql<
        { id: bigint }
      >`${text.begin}${headers}::text::jsonb${header}${announcements}::text::jsonb${text.announcements}${commands}::text::jsonb${text.commands}${events}::text::jsonb${text.events}${parts}::text::jsonb${text.parts}`
    })
  }
}
