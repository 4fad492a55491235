/** How repository records and storage nodes are kept. */
import * as Distro from "@orch/core/repository/Distro"
import * as Setting from "../Setting.ts"
import * as WriteAccess from "./WriteAccess.ts"

export const settings = {
  basicUsers: Setting.readSecret("ORCH_BASIC_USERS", WriteAccess.parseUsers, {
    about: "Who may write repository records, package build reports and nodes by HTTP Basic: name:password, separated "
      + "by commas. Without users and tokens anyone may when the server listens on loopback, nobody otherwise.",
    fallback: ""
  }),
  writeTokens: Setting.readSecret("ORCH_WRITE_TOKENS", WriteAccess.parseTokens, {
    about: "Bearer tokens that may write the same, separated by commas.",
    fallback: ""
  }),
  distroReleases: Setting.read("ORCH_DISTRO_RELEASES", (text) => Distro.extend(Distro.standard, text), {
    about: "Codenames of releases besides the known ones, as distro/version=codename, separated by commas.",
    fallback: ""
  }),
  chacraNodes: Setting.list("ORCH_CHACRA_NODES", {
    about: "Storage nodes that are in the pool without registering, as https://host, separated by commas.",
    fallback: ""
  }),
  nodeTlsVerify: Setting.flag("ORCH_NODE_TLS_VERIFY", {
    about: "Whether certificates of storage nodes are checked; false accepts private ones.",
    fallback: "true"
  }),
  nodeProbeInterval: Setting.integer("ORCH_NODE_PROBE_INTERVAL", {
    about: "Milliseconds between two probes of every storage node. What a node that died or came back costs.",
    fallback: "15000",
    minimum: 100,
    maximum: 3600000
  }),
  nodeProbeTimeout: Setting.integer("ORCH_NODE_PROBE_TIMEOUT", {
    about: "Milliseconds after which a storage node that does not answer its probe counts as failing.",
    fallback: "5000",
    minimum: 100,
    maximum: 60000
  }),
  nodeProbeRetries: Setting.integer("ORCH_NODE_PROBE_RETRIES", {
    about: "Failed probes in a row that take a storage node out of the rotation.",
    fallback: "3",
    minimum: 1,
    maximum: 100
  }),
  repositoryKeepDays: Setting.integer("ORCH_REPOSITORY_KEEP_DAYS", {
    about: "Days after which a repository record may go, unless promoted to a release; 0 keeps all.",
    fallback: "0",
    minimum: 0,
    maximum: 36500
  }),
  repositoryKeepPerRef: Setting.integer("ORCH_REPOSITORY_KEEP_PER_REF", {
    about: "Newest records of a ref, flavor and release that stay whatever their age.",
    fallback: "3",
    minimum: 0,
    maximum: 1000
  }),
  repositoryCheckInterval: Setting.integer("ORCH_REPOSITORY_CHECK_INTERVAL", {
    about: "Milliseconds between two questions whether a recorded repository is still there; 0 never asks.",
    fallback: "0",
    minimum: 0,
    maximum: 2592000000
  })
}

export interface Values extends Setting.Values<typeof settings> {}
