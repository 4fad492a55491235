/** Tables of campaigns; numbers 1601 to 1699, without 1620 to 1629. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const campaigns = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE campaign (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      revision bigint NOT NULL,
      plan jsonb NOT NULL,
      progress jsonb NOT NULL,
      state text COLLATE "C" NOT NULL
    )`,
    `CREATE INDEX campaign_state ON campaign (state, id DESC)`,
    `CREATE TABLE campaign_node (
      campaign_id bigint NOT NULL REFERENCES campaign ON DELETE CASCADE,
      name text COLLATE "C" NOT NULL,
      data jsonb NOT NULL,
      state text COLLATE "C" NOT NULL,
      builds jsonb NOT NULL,
      PRIMARY KEY (campaign_id, name)
    )`,
    // News of a build find its node by this.
    `CREATE INDEX campaign_node_builds ON campaign_node USING gin (builds jsonb_path_ops)`,
    `CREATE INDEX campaign_node_state ON campaign_node (state, name) WHERE state IN ('builds', 'validates', 'failed')`,
    `CREATE TABLE campaign_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      campaign_id bigint NOT NULL REFERENCES campaign ON DELETE CASCADE,
      key text COLLATE "C",
      event jsonb NOT NULL,
      UNIQUE (campaign_id, key)
    )`,
    `CREATE INDEX campaign_event_order ON campaign_event (campaign_id, sequence)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const changes = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Numbers of what the history of branches was told, until somebody has looked whether it begins a campaign.
    `CREATE TABLE campaign_news (sequence bigint PRIMARY KEY REFERENCES history_event)`,
    `CREATE FUNCTION campaign_hears() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO campaign_news VALUES (NEW.sequence); RETURN NULL; END $$`,
    // In the transaction in which it is told, so that none is lost and none is told that was not.
    `CREATE TRIGGER campaign_hears AFTER INSERT ON history_event
      FOR EACH ROW WHEN (NEW.source IN ('webhook', 'poll')) EXECUTE FUNCTION campaign_hears()`,
    `CREATE TABLE campaign_change (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      rule text COLLATE "C" NOT NULL,
      repository text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      ref text COLLATE "C" NOT NULL,
      commit text COLLATE "C" NOT NULL,
      actor text,
      noted_at bigint NOT NULL,
      outcome text,
      campaign_id bigint REFERENCES campaign ON DELETE CASCADE
    )`,
    `CREATE INDEX campaign_change_waiting ON campaign_change (id) WHERE outcome IS NULL`,
    `CREATE INDEX campaign_change_ref ON campaign_change (rule, repository, ref, id DESC)`,
    `CREATE INDEX campaign_rule ON campaign ((plan ->> 'rule'), id DESC) WHERE state IN ('running', 'paused', 'failed')`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const reach = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Every ready build of a module from git; filled as they are found.
    `CREATE TABLE campaign_module (
      build bigint PRIMARY KEY,
      name text COLLATE "C" NOT NULL,
      version numeric NOT NULL,
      scmurl text NOT NULL,
      seconds float8 NOT NULL,
      newest boolean NOT NULL DEFAULT false
    )`,
    `CREATE INDEX campaign_module_name ON campaign_module (name)`,
    // Numbers for names, since what follows is long and walked through.
    `CREATE TABLE campaign_name (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE
    )`,
    // What the buildroots of the newest builds held, and whether their documents ask for it themselves.
    `CREATE TABLE campaign_use (
      by integer NOT NULL,
      used integer NOT NULL,
      named boolean NOT NULL,
      PRIMARY KEY (by, used)
    )`,
    `CREATE INDEX campaign_use_used ON campaign_use (used, by)`,
    `CREATE TABLE campaign_source (
      name text COLLATE "C" NOT NULL,
      component text COLLATE "C" NOT NULL,
      repository text COLLATE "C" NOT NULL,
      ref text COLLATE "C" NOT NULL,
      PRIMARY KEY (name, component, repository, ref)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

const notices = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Whom was told of which cause, so that a command that runs again tells nobody twice.
  yield* sql`
    CREATE TABLE campaign_notice (
      campaign_id bigint NOT NULL REFERENCES campaign ON DELETE CASCADE,
      node text COLLATE "C" NOT NULL,
      cause text COLLATE "C" NOT NULL,
      recipient text COLLATE "C" NOT NULL,
      told_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (campaign_id, node, cause, recipient)
    )`
})

const branches = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Branches are read in this order, some at a time.
  yield* sql`CREATE INDEX campaign_source_branch ON campaign_source (repository, ref)`
})

const audits = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Audits that go on, which are looked at.
  yield* sql`
    CREATE INDEX campaign_node_audit ON campaign_node (campaign_id) WHERE state = 'cut' AND data -> 'audit' ->> 'state' = 'builds'`
})

const trials = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Commits of pull requests that are tried out, each once.
  yield* sql`
    CREATE TABLE campaign_trial (
      forge text COLLATE "C" NOT NULL,
      repository text COLLATE "C" NOT NULL,
      number bigint NOT NULL,
      commit text COLLATE "C" NOT NULL,
      campaign_id bigint REFERENCES campaign ON DELETE CASCADE,
      noted_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (forge, repository, number, commit)
    )`
})

const packed = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE campaign_name ADD COLUMN builds text, ADD COLUMN scmurl text, ADD COLUMN seconds float8, ADD COLUMN uses text`
  yield* sql`
    UPDATE campaign_name AS own SET builds = made.builds, scmurl = made.scmurl, seconds = made.seconds, uses = (
      SELECT string_agg((CASE WHEN named THEN used ELSE -used END)::text, ' ' ORDER BY used) FROM campaign_use WHERE by = own.id
    ) FROM (
      SELECT name, string_agg(build::text, ' ' ORDER BY build) AS builds, min(scmurl) AS scmurl, max(seconds) AS seconds
      FROM campaign_module WHERE newest GROUP BY name
    ) AS made WHERE made.name = own.name`
})

const refuted = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Few are: what showed that somebody does more than link against a module is looked for by its name.
  yield* sql`CREATE INDEX campaign_node_refuted ON campaign_node (name) WHERE data ? 'falseCut'`
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1601_campaigns": campaigns,
  "1610_changes": changes,
  "1630_reach": reach,
  "1640_notices": notices,
  "1650_branches": branches,
  "1660_audits": audits,
  "1661_trials": trials,
  "1662_packed": packed,
  "1670_refuted": refuted
}
