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

/** Makes the tables of projects and of their repository records; fails with the database's error, as every step here. */
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

/** Makes the table of package build reports. */
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

/** Makes the table of storage nodes. */
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

/**
 * Which sets of places (`centos/9`, `centos/9/x86_64`, and the same after `default:` for the flavor) any commit is built for, interned: a set is a row once, however many commits have it. It answers "no
 * commit has all of these" without reading the commits, which is what makes a miss as quick as a hit.
 *
 * Rows are only added, by a trigger that sees every writer; the lock makes two posts about one commit see each other's place. A
 * set that no commit has any more costs a longer search, never a wrong answer.
 */
export const coverage = run(
  `CREATE TABLE repository_coverage (
    project text COLLATE "C" NOT NULL,
    scope text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    places text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (project, scope, digest)
  )`,
  `CREATE FUNCTION repository_places(places_project text, places_ref text, places_sha1 text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
      SELECT DISTINCT f.prefix || r.distro_key || '/' || r.version_key || a.suffix COLLATE "C" AS place
      FROM repository AS r, LATERAL (VALUES (''), (r.flavor || ':')) AS f(prefix),
        LATERAL (SELECT '' UNION ALL SELECT '/' || arch FROM unnest(r.archs) AS arch) AS a(suffix)
      WHERE r.sha1 = places_sha1 AND r.project = places_project AND (places_ref IS NULL OR r.ref = places_ref)
      ORDER BY place
    )
  $$`,
  `CREATE FUNCTION repository_cover() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF NEW.archs = OLD.archs AND NEW.version_key = OLD.version_key THEN
          RETURN NULL;
        END IF;
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended(NEW.project || '/' || NEW.sha1, 503));
      INSERT INTO repository_coverage (project, scope, digest, places)
        SELECT NEW.project, s.scope, md5(s.places::text), s.places
        FROM (VALUES ('project', repository_places(NEW.project, NULL, NEW.sha1)),
          ('ref:' || NEW.ref, repository_places(NEW.project, NEW.ref, NEW.sha1))) AS s(scope, places)
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END
  $$`,
  `CREATE TRIGGER repository_covered AFTER INSERT OR UPDATE ON repository
    FOR EACH ROW EXECUTE FUNCTION repository_cover()`
)

/** Nearly every record is ready; a search for another status must not read all of them to find none. */
export const unready = run(
  `CREATE INDEX repository_unready ON repository (project, status, revision DESC) WHERE status <> 'ready'`
)

/** An address may come to hold another build, for another place; the coverage must see that. */
export const movedCoverage = run(
  `CREATE OR REPLACE FUNCTION repository_cover() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF (NEW.archs, NEW.project, NEW.ref, NEW.sha1, NEW.flavor, NEW.distro_key, NEW.version_key)
          = (OLD.archs, OLD.project, OLD.ref, OLD.sha1, OLD.flavor, OLD.distro_key, OLD.version_key) THEN
          RETURN NULL;
        END IF;
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended(NEW.project || '/' || NEW.sha1, 503));
      INSERT INTO repository_coverage (project, scope, digest, places)
        SELECT NEW.project, s.scope, md5(s.places::text), s.places
        FROM (VALUES ('project', repository_places(NEW.project, NULL, NEW.sha1)),
          ('ref:' || NEW.ref, repository_places(NEW.project, NEW.ref, NEW.sha1))) AS s(scope, places)
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END
  $$`
)

/** How far single architectures are: the build of one may end hours after that of another. */
export const archStatus = run(`ALTER TABLE repository ADD COLUMN arch_status jsonb NOT NULL DEFAULT '{}'`)

/** Lists over all projects, each in the order of revisions. */
export const ofAllProjects = run(
  // The table may be large.
  `SET LOCAL statement_timeout = 0`,
  `CREATE INDEX repository_any_ref ON repository (ref, revision DESC)`,
  `CREATE INDEX repository_any_flavor ON repository (flavor, revision DESC)`,
  `CREATE INDEX repository_any_place ON repository (distro_key, version_key, revision DESC)`,
  `CREATE INDEX repository_any_unready ON repository (status, revision DESC) WHERE status <> 'ready'`,
  `CREATE INDEX repository_archs ON repository USING gin (archs)`
)

/**
 * Writes down which refs a project has, so that they are listed without a look into the index of records for each.
 *
 * Triggers do it, since they see every writer. A ref has a lock. Whoever adds a record shares it with others who add. Whoever removes the
 * last record of a ref holds it alone, and looks once more whether there is a record. So neither misses what the other one did.
 */
export const knownRefs = run(
  // The table may be large.
  `SET LOCAL statement_timeout = 0`,
  `CREATE TABLE repository_known_ref (
    project text COLLATE "C" NOT NULL,
    ref text COLLATE "C" NOT NULL,
    PRIMARY KEY (project, ref)
  )`,
  `CREATE FUNCTION repository_know_ref() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(hashtextextended(NEW.project || '/' || NEW.ref, 508));
      INSERT INTO repository_known_ref (project, ref) VALUES (NEW.project, NEW.ref) ON CONFLICT DO NOTHING;
      RETURN NULL;
    END
  $$`,
  `CREATE FUNCTION repository_forget_ref() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM repository WHERE project = OLD.project AND ref = OLD.ref) THEN
        RETURN NULL;
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended(OLD.project || '/' || OLD.ref, 508));
      DELETE FROM repository_known_ref AS known WHERE known.project = OLD.project AND known.ref = OLD.ref
        AND NOT EXISTS (SELECT FROM repository AS r WHERE r.project = known.project AND r.ref = known.ref);
      RETURN NULL;
    END
  $$`,
  `CREATE TRIGGER repository_ref_begun AFTER INSERT ON repository FOR EACH ROW EXECUTE FUNCTION repository_know_ref()`,
  `CREATE TRIGGER repository_ref_moved AFTER UPDATE OF project, ref ON repository
    FOR EACH ROW WHEN ((OLD.project, OLD.ref) <> (NEW.project, NEW.ref)) EXECUTE FUNCTION repository_know_ref()`,
  `CREATE TRIGGER repository_ref_left AFTER UPDATE OF project, ref ON repository
    FOR EACH ROW WHEN ((OLD.project, OLD.ref) <> (NEW.project, NEW.ref)) EXECUTE FUNCTION repository_forget_ref()`,
  `CREATE TRIGGER repository_ref_ended AFTER DELETE ON repository FOR EACH ROW EXECUTE FUNCTION repository_forget_ref()`,
  // To make a trigger locks the table, so nobody writes a record until this is done.
  `INSERT INTO repository_known_ref (project, ref) SELECT DISTINCT project, ref FROM repository`
)

/** For the migrator, in order. */
export const all = {
  "0500_repositories": repositories,
  "0501_package_build_reports": packageBuilds,
  "0502_storage_nodes": nodes,
  "0503_repository_coverage": coverage,
  "0504_unready_repositories": unready,
  "0505_moved_repository_coverage": movedCoverage,
  "0506_repository_arch_status": archStatus,
  "0507_repositories_of_all_projects": ofAllProjects,
  "0508_known_refs": knownRefs
} as const
