/** Where the server keeps what it knows. */
import * as Setting from "../Setting.ts"

export const settings = {
  dataDir: Setting.text("ORCH_DATA_DIR", {
    about: "Directory for everything the server keeps on disk: database, git cache, builds, repositories.",
    fallback: "./orch-data"
  }),
  databaseUrl: Setting.secret("DATABASE_URL", {
    about: "PostgreSQL server (14 or newer), as postgres://user:password@host/database. Without it, an embedded "
      + "database below ORCH_DATA_DIR is used, by one server process at a time."
  }),
  databaseConnections: Setting.integer("ORCH_DATABASE_CONNECTIONS", {
    about: "Connections one server process holds to PostgreSQL at most.",
    fallback: "12",
    minimum: 3,
    maximum: 200
  })
}

export interface Values extends Setting.Values<typeof settings> {}
