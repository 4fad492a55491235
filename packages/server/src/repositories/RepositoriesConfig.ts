/** What the repository records, their face and their background work are configured by; `RepositoriesLayer` fills it from the settings. */
import * as Distro from "@orch/core/repository/Distro"
import type * as Retention from "@orch/core/repository/RecordRetention"
import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"
import * as AddressRules from "../outgoing/AddressRules.ts"

/** Someone who may write, known by HTTP Basic. */
export interface BasicUser {
  readonly name: string
  readonly password: Redacted.Redacted
}

export interface Settings {
  /** ORCH_BASIC_USERS. Empty, and no tokens either: writing is refused, unless `openWrites`. */
  readonly users: ReadonlyArray<BasicUser>
  /** ORCH_WRITE_TOKENS: bearer tokens that may write. */
  readonly tokens: ReadonlyArray<Redacted.Redacted>
  /** Nobody needs to say who they are; set only when the server listens on loopback and neither users nor tokens are given. */
  readonly openWrites: boolean
  /** ORCH_DISTRO_RELEASES added to the known ones. */
  readonly releases: Distro.Table
  /** ORCH_CHACRA_NODES: addresses of nodes that are in the pool without registering, such as `https://chacra01.example`. */
  readonly nodes: ReadonlyArray<string>
  /** ORCH_NODE_TLS_VERIFY: `false` accepts private certificates of nodes. */
  readonly nodeTlsVerify: boolean
  /** ORCH_OUTGOING_ALLOW: private addresses at which nodes and repositories may lie that no setting names. */
  readonly outgoingAllow: AddressRules.Allowed
  /** How long one probe may take. A registering node waits for it. */
  readonly probeTimeoutMillis: number
  /** How often every node is probed. */
  readonly probeEveryMillis: number
  /** Failed probes in a row that take a node out (shaman's health_check_retries). */
  readonly probeRetries: number
  /** ORCH_REPOSITORY_KEEP_DAYS and ORCH_REPOSITORY_KEEP_PER_REF. */
  readonly retention: Retention.Policy
  /** How often records are compared with their repositories; 0 never. */
  readonly reconcileEveryMillis: number
}

export const defaults: Settings = {
  users: [],
  tokens: [],
  openWrites: false,
  releases: Distro.standard,
  nodes: [],
  nodeTlsVerify: true,
  outgoingAllow: AddressRules.nothing,
  probeTimeoutMillis: 5_000,
  probeEveryMillis: 15_000,
  probeRetries: 3,
  retention: { keepDays: 0, keepPerRef: 3 },
  reconcileEveryMillis: 0
}

export class RepositoriesConfig extends Context.Service<RepositoriesConfig, Settings>()(
  "@orch/server/repositories/RepositoriesConfig"
) {}
