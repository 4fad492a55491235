/**
 * Fills a database with repositories: ten a commit, one commit in twenty on `main`, the rest on two thousand branches; centos/7 and /8 in
 * the older half, /9 and /10 in the newer, so that no commit has both.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Writes so many, one after the other, since the last one is the newest. */
export const rows = Effect.fnUntraced(function*(repositories: number) {
  const sql = yield* SqlClient.SqlClient
  const commits = repositories / 10
  const half = commits / 2
  yield* sql`INSERT INTO repository_project (name) VALUES ('ceph')`
  const batch = 10_000
  for (let from = 1; from <= commits; from += batch) {
    yield* sql`
      INSERT INTO repository (identity, project, chacra_url, url, ref, sha1, flavor, distro, distro_version, distro_key, version_key,
        archs, arch_extra, extra, status, modified)
      SELECT address, 'ceph', address, replace(address, '/repos/', '/r/'), ref, sha1, flavor, distro, version, distro, version_key,
        archs, '{}', '{"version": "19.3.0-1", "package_manager_version": "19.3.0-1.g0123456"}', 'ready',
        timestamptz '2020-01-01' + c * interval '1000 s'
      FROM (
        SELECT *, 'https://chacra.example/repos/ceph/' || ref || '/' || sha1 || '/' || distro || '/' || version || '/flavors/'
          || flavor || '/' AS address
        FROM (
          SELECT c, substr(encode(sha256(c::text::bytea), 'hex'), 1, 40) AS sha1, c <= ${half} AS old,
            CASE WHEN c > ${commits} - 100 THEN 'hundred' WHEN c % 20 = 0 THEN 'main' ELSE 'wip-' || c % 2000 END AS ref
          FROM generate_series(${from}::int, ${Math.min(from + batch - 1, commits)}::int) AS c
        ) AS commit,
        LATERAL (VALUES
          (0, 'default', 'centos', CASE WHEN old THEN '8' ELSE '9' END, CASE WHEN old THEN '8' ELSE '9' END, '{x86_64,noarch,source}'::text[]),
          (1, 'default', 'centos', CASE WHEN old THEN '7' ELSE '10' END, CASE WHEN old THEN '7' ELSE '10' END, '{x86_64,arm64}'),
          (2, 'default', 'ubuntu', 'jammy', '22.04', '{x86_64}'),
          (3, 'default', 'ubuntu', 'focal', '20.04', '{x86_64,arm64}'),
          (4, 'default', 'debian', 'bookworm', '12', '{x86_64}'),
          (5, 'debug', 'centos', CASE WHEN old THEN '8' ELSE '9' END, CASE WHEN old THEN '8' ELSE '9' END, '{x86_64}'),
          (6, 'debug', 'ubuntu', 'jammy', '22.04', '{x86_64}'),
          (7, 'crimson', 'centos', CASE WHEN old THEN '8' ELSE '9' END, CASE WHEN old THEN '8' ELSE '9' END, '{x86_64}'),
          (8, 'crimson', 'ubuntu', 'jammy', '22.04', '{x86_64}'),
          (9, 'default', 'rocky', '9', '9', '{x86_64}')
        ) AS built (n, flavor, distro, version, version_key, archs)
      ) AS rows ORDER BY c, n`
  }
})

/** Writes what is covered by which commits, which reads one of each branch and age. */
export const coverage = Effect.fnUntraced(function*(repositories: number) {
  const sql = yield* SqlClient.SqlClient
  const half = repositories / 20
  yield* sql`
    INSERT INTO repository_coverage (project, scope, digest, places)
    SELECT 'ceph', scope, md5(places::text), places FROM (
      SELECT DISTINCT unnest(ARRAY['project', 'ref:' || ref]) AS scope, repository_places('ceph', ref, sha1) AS places
      FROM (SELECT DISTINCT ON (ref, (revision / 10) <= ${half}) ref, sha1 FROM repository) AS samples
    ) AS sets ON CONFLICT DO NOTHING`
})

/** Both, in one transaction, beside whatever else is done to the database. */
export const fill = (repositories: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.withTransaction(Effect.gen(function*() {
      yield* sql`SET LOCAL statement_timeout = 0`
      yield* sql`ALTER TABLE repository DISABLE TRIGGER USER`
      yield* rows(repositories)
      yield* coverage(repositories)
      yield* sql`
        INSERT INTO repository_known_ref (project, ref) SELECT DISTINCT project, ref FROM repository ON CONFLICT DO NOTHING`
      yield* sql`SET CONSTRAINTS ALL IMMEDIATE`
      yield* sql`ALTER TABLE repository ENABLE TRIGGER USER`
      yield* sql`ANALYZE`
    })))
