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
  }),
  announcementKeepDays: Setting.integer("ORCH_ANNOUNCEMENT_KEEP_DAYS", {
    about:
      "Days after which announcements are removed that all listeners have had; what the Module Build Service's interface shows "
      + "of module builds stays. 0 keeps all.",
    fallback: "90",
    minimum: 0,
    maximum: 36500
  }),
  announcementKeepCount: Setting.integer("ORCH_ANNOUNCEMENT_KEEP_COUNT", {
    about:
      "Announcements kept at most, the newest, whatever their age, of those that all listeners have had; 0 for any number.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000000
  }),
  commandKeepDays: Setting.integer("ORCH_COMMAND_KEEP_DAYS", {
    about: "Days after which finished commands are removed; dead letters stay. 0 keeps all.",
    fallback: "7",
    minimum: 0,
    maximum: 36500
  }),
  commandKeepCount: Setting.integer("ORCH_COMMAND_KEEP_COUNT", {
    about: "Finished commands kept at most, the newest, whatever their age; 0 for any number.",
    fallback: "0",
    minimum: 0,
    maximum: 1000000000
  }),
  eventKeepDays: Setting.integer("ORCH_EVENT_KEEP_DAYS", {
    about:
      "Days after which the events of package builds, signings and runs of tests that have ended are removed; those of module "
      + "builds, which their history shows, stay. 0 keeps all.",
    fallback: "365",
    minimum: 0,
    maximum: 36500
  })
}

export interface Values extends Setting.Values<typeof settings> {}
