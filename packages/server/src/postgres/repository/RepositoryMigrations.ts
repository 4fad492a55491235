/**
 * Tables of the repository records, package build reports and storage nodes; numbers 0500 to 0599.
 *
 * Every text that is compared is collated "C": commits and names are bytes, and comparing them so is several times faster.
 * `version_key` is the release's one spelling (see core's Distro.key), so `jammy` and `22.04` share an index entry.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const run = (...statements: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
  })

export const repositories = run(
  `CREATE TABLE repository_project (
    name text COLLATE "C" PRIMARY KEY,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE SEQUENCE repository_revision`,
  `CREATE TABLE repository (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identity text COLLATE "C" NOT NULL UNIQUE,
    project text COLLATE "C" NOT NULL REFERENCES repository_project (name),
    chacra_url text NOT NULL,
    url text NOT NULL,
    ref text COLLATE "C" NOT NULL,
    sha1 text COLLATE "C" NOT NULL,
    flavor text COLLATE "C" NOT NULL,
    distro text COLLATE "C" NOT NULL,
    distro_version text COLLATE "C" NOT NULL,
    distro_key text COLLATE "C" NOT NULL,
    version_key text COLLATE "C" NOT NULL,
    archs text[] COLLATE "C" NOT NULL,
    arch_extra jsonb NOT NULL,
    extra jsonb NOT NULL,
    status text COLLATE "C" NOT NULL,
    source_modified bigint,
    modified timestamptz NOT NULL DEFAULT clock_timestamp(),
    revision bigint NOT NULL DEFAULT nextval('repository_revision'),
    release text,
    missing_since timestamptz,
    checked timestamptz
  )`,
  `CREATE INDEX repository_newest ON repository (revision DESC)`,
  `CREATE INDEX repository_project_newest ON repository (project, revision DESC)`,
  `CREATE INDEX repository_sha1 ON repository (sha1, project)`,
  `CREATE INDEX repository_ref ON repository (project, ref, revision DESC)`,
  `CREATE INDEX repository_place ON repository (project, distro_key, version_key, revision DESC)`,
  `CREATE INDEX repository_ref_place ON repository (project, ref, distro_key, version_key, revision DESC)`
)

export const packageBuilds = run(
  `CREATE TABLE package_build_report (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project text COLLATE "C" NOT NULL REFERENCES repository_project (name),
    url text COLLATE "C" NOT NULL,
    log_url text,
    build_id text,
    ref text COLLATE "C" NOT NULL,
    sha1 text COLLATE "C" NOT NULL,
    flavor text COLLATE "C" NOT NULL,
    distro text COLLATE "C",
    distro_version text COLLATE "C",
    distro_arch text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    extra jsonb NOT NULL,
    started timestamptz NOT NULL DEFAULT clock_timestamp(),
    completed timestamptz,
    modified timestamptz NOT NULL DEFAULT clock_timestamp(),
    revision bigint NOT NULL DEFAULT nextval('repository_revision')
  )`,
  `CREATE INDEX package_build_report_newest ON package_build_report (project, ref, sha1, revision DESC)`
)

export const nodes = run(
  `CREATE TABLE storage_node (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host text COLLATE "C" NOT NULL UNIQUE,
    healthy boolean NOT NULL DEFAULT true,
    draining boolean NOT NULL DEFAULT false,
    weight integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100),
    due bigint NOT NULL DEFAULT 0,
    down_count integer NOT NULL DEFAULT 0,
    last_used timestamptz NOT NULL DEFAULT 'epoch',
    last_check timestamptz
  )`
)

/** For the migrator, in order. */
export const all = {
  "0500_repositories": repositories,
  "0501_package_build_reports": packageBuilds,
  "0502_storage_nodes": nodes
} as const
