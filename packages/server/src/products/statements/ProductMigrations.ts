/** Tables of products, which were called distributions before; numbers 0960 to 0969. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const products = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE product (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      title text,
      description text,
      is_community boolean NOT NULL DEFAULT false,
      owner bigint REFERENCES person ON DELETE SET NULL,
      team bigint REFERENCES team ON DELETE SET NULL,
      removing boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE INDEX product_team ON product (team)`,
    `CREATE TABLE product_platform (
      product bigint NOT NULL REFERENCES product ON DELETE CASCADE,
      platform bigint NOT NULL REFERENCES build_platform ON DELETE CASCADE,
      PRIMARY KEY (product, platform)
    )`,
    // Which of a product's repositories takes packages of which platform; architecture and kind stand with the repository.
    `CREATE TABLE product_repository (
      product bigint NOT NULL REFERENCES product ON DELETE CASCADE,
      repository bigint NOT NULL REFERENCES package_repository ON DELETE CASCADE,
      platform bigint NOT NULL REFERENCES build_platform ON DELETE CASCADE,
      PRIMARY KEY (product, repository)
    )`,
    `CREATE SEQUENCE product_turn`,
    // The wish stands here first: adding, added, removing. What the repositories hold follows it.
    `CREATE TABLE product_build (
      product bigint NOT NULL REFERENCES product ON DELETE CASCADE,
      build bigint NOT NULL,
      state text COLLATE "C" NOT NULL,
      turn bigint NOT NULL DEFAULT nextval('product_turn'),
      problem text,
      PRIMARY KEY (product, build)
    )`,
    `CREATE INDEX product_build_build ON product_build (build)`,
    `CREATE INDEX product_build_open ON product_build (product, build) WHERE state <> 'added'`,
    // What each build brought to which repository, so that what another build brought as well stays.
    `CREATE TABLE product_content (
      product bigint NOT NULL,
      build bigint NOT NULL,
      repository bigint NOT NULL REFERENCES package_repository ON DELETE CASCADE,
      content text COLLATE "C" NOT NULL,
      PRIMARY KEY (product, build, repository, content),
      FOREIGN KEY (product, build) REFERENCES product_build ON DELETE CASCADE
    )`,
    `CREATE INDEX product_content_same ON product_content (repository, content)`,
    // Keys that signers are asked to make.
    `CREATE TABLE generated_key (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      product bigint NOT NULL REFERENCES product ON DELETE CASCADE,
      state text COLLATE "C" NOT NULL DEFAULT 'idle',
      signer text,
      started_at timestamptz,
      problem text,
      sign_key bigint REFERENCES sign_key ON DELETE SET NULL
    )`,
    `CREATE UNIQUE INDEX generated_key_open ON generated_key (product) WHERE state IN ('idle', 'in_progress')`,
    `ALTER TABLE sign_key ADD COLUMN product bigint REFERENCES product ON DELETE SET NULL`,
    // Scripts and pages of old name the first product without asking which there are.
    `INSERT INTO team (name) VALUES ('AlmaLinux_team')`,
    `INSERT INTO role (name, kind, team) SELECT 'AlmaLinux_team_' || kind, kind, team.id FROM team,
      unnest(ARRAY['contributor', 'manager', 'observer', 'product_maintainer', 'signer']) AS kind
      WHERE team.name = 'AlmaLinux_team'`,
    `INSERT INTO product (name, title, description, team)
      SELECT 'AlmaLinux', 'AlmaLinux', 'What belongs to no other product', id FROM team WHERE name = 'AlmaLinux_team'`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Repositories say whether they are a product's, so that those of platforms are found among any number of them. */
const ownership = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `ALTER TABLE package_repository ADD COLUMN of_product boolean NOT NULL DEFAULT false`,
    `UPDATE package_repository SET of_product = true WHERE id IN (SELECT repository FROM product_repository)`,
    `CREATE INDEX package_repository_of_platforms ON package_repository (id) WHERE production AND NOT of_product`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0960_products": products,
  "1933_product_repositories": ownership
}
