/**
 * What can go wrong between us and a hub, kept apart by what may be done about it.
 *
 * A hub answers HTTP 200 also when it refuses: a fault means that it spoke and undid the call. Anything else comes from the
 * way there, and leaves open whether the call was carried out. Texts of faults are no API (a hub may send tracebacks), so
 * codes decide.
 */
import * as Schema from "effect/Schema"

/** Names of Koji's fault codes, as of 1.35. 1 is an uncaught exception in the hub. */
export const faultNames: Readonly<Record<number, string>> = {
  1: "UncaughtException",
  1000: "GenericError",
  1001: "LockError",
  1002: "AuthError",
  1003: "TagError",
  1004: "ActionNotAllowed",
  1005: "BuildError",
  1006: "AuthLockError",
  1007: "AuthExpired",
  1008: "SequenceError",
  1009: "RetryError",
  1010: "PreBuildError",
  1011: "PostBuildError",
  1012: "BuildrootError",
  1013: "FunctionDeprecated",
  1014: "ServerOffline",
  1015: "LiveCDError",
  1016: "PluginError",
  1017: "CallbackError",
  1018: "ApplianceError",
  1019: "ParameterError",
  1020: "ImportError",
  1021: "ConfigurationError",
  1022: "LiveMediaError",
  1023: "GSSAPIAuthError",
  1024: "NameValidationError"
}

/** The hub spoke, and the call was undone. */
export class KojiFault extends Schema.TaggedError<KojiFault>()("KojiFault", {
  method: Schema.String,
  code: Schema.Number,
  text: Schema.String
}) {
  override get message(): string {
    return `${this.method}: ${faultNames[this.code] ?? "fault"} (${this.code}): ${this.text}`
  }
}

/**
 * No answer that can be used.
 *
 * - `connect`: nobody listens, or the name does not resolve. The call did not arrive.
 * - `tls`: certificates do not fit. The call did not arrive, and trying again does not help.
 * - `lost`: sent, but the connection broke or the deadline passed before an answer.
 * - `http`: an answer of something in between (502, 401, 413).
 * - `malformed`: an answer that is not XML-RPC.
 * - `offline`: the hub says that it is offline (fault 1014) and went on saying so.
 * - `open`: not tried: the last calls all failed, see `CircuitBreaker`.
 */
export class HubUnreachable extends Schema.TaggedError<HubUnreachable>()("HubUnreachable", {
  reason: Schema.Literals(["connect", "tls", "lost", "http", "malformed", "offline", "open"]),
  method: Schema.String,
  text: Schema.String,
  status: Schema.optional(Schema.Number),
  /** The network's or OpenSSL's code, such as `ECONNREFUSED`. */
  code: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return `${this.method}: ${this.text}`
  }
  /** Whether the hub may have carried the call out. */
  get mayHaveHappened(): boolean {
    return this.reason === "lost" || this.reason === "malformed" ||
      (this.reason === "http" && (this.status ?? 0) >= 500)
  }
  /** Whether the same call may succeed later without anybody changing anything. */
  get isRetryable(): boolean {
    return this.reason !== "tls" &&
      (this.reason !== "http" || (this.status ?? 0) >= 500 || this.status === 408 || this.status === 429)
  }
}

/**
 * The call was, or may have been, carried out, and its result is gone: fault 1009, or a session that ended between two
 * attempts. Calling again could do it twice; the caller reads what is there and goes on from that.
 */
export class ResultLost extends Schema.TaggedError<ResultLost>()("ResultLost", { method: Schema.String }) {
  override get message(): string {
    return `${this.method}: was carried out, but its result was lost`
  }
}

/** Why a call has no result. */
export type KojiError = KojiFault | HubUnreachable | ResultLost
