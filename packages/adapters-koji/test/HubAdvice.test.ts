import { assert, describe, it } from "@effect/vitest"
import { HubAdvice, KojiError } from "@orch/adapters-koji"

const about = { name: "fedora" }
const unreachable = (
  reason: KojiError.HubUnreachable["reason"],
  fields: { readonly text?: string; readonly code?: string; readonly status?: number }
) => new KojiError.HubUnreachable({ reason, method: "getAPIVersion", text: "", ...fields })
const fault = (code: number, text: string, method = "sslLogin") => new KojiError.KojiFault({ method, code, text })

const cases: ReadonlyArray<readonly [what: string, error: KojiError.KojiError, advice: RegExp]> = [
  ["a blocked user", fault(1002, "logins by orch are not allowed"), /koji enable-user orch/],
  ["an exclusive session", fault(1006, "User locked by another session"), /account of its own/],
  ["an unknown user", fault(1002, "Unknown user: orch"), /koji add-user orch/],
  ["a certificate that the hub did not see", fault(1002, "could not verify client: NONE"), /set cert/],
  ["a wrong password", fault(1002, "invalid username or password", "login"), /check user name and password/],
  [
    "a missing permission",
    fault(1004, "tag permission required (logged in as orch)", "createTag"),
    /koji grant-permission tag orch/
  ],
  ["a policy", fault(1004, "policy violation (build_from_scm)", "build"), /build_from_scm in the section \[policy\]/],
  ["the same in a traceback", fault(1006, "Traceback (most recent call last):\n..."), /account of its own/],
  [
    "a hub that does not know our authority",
    unreachable("tls", { code: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA" }),
    /does not trust the authority of our certificate/
  ],
  [
    "a hub that asks for a certificate",
    unreachable("tls", { code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" }),
    /authtype = ssl/
  ],
  [
    "https to a plain port",
    unreachable("tls", { code: "EPROTO", text: "SSL routines:...:wrong version number:..." }),
    /http:\/\//
  ],
  [
    "http to a TLS port, as httpd says it",
    unreachable("http", { status: 400, text: "HTTP 400: You're speaking plain HTTP to an SSL-enabled server port." }),
    /https:\/\//
  ],
  [
    "http to a TLS port, as nginx says it",
    unreachable("http", { status: 400, text: "HTTP 400: The plain HTTP request was sent to HTTPS port" }),
    /https:\/\//
  ],
  ["a hub of an unknown authority", unreachable("tls", { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }), /set serverca/],
  ["a hub whose certificate expired", unreachable("tls", { code: "CERT_HAS_EXPIRED" }), /administrators have to renew/],
  ["a hub of another name", unreachable("tls", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), /write that name/],
  [
    "a proxy without its hub",
    unreachable("http", { status: 502 }),
    /web server is there, and the hub behind it is not/
  ],
  ["a refused ticket", unreachable("http", { status: 401 }), /klist/],
  ["no hub at the address", unreachable("http", { status: 404 }), /kojihub/],
  ["an unknown host", unreachable("connect", { code: "ENOTFOUND" }), /name service/],
  ["a closed port", unreachable("connect", { code: "ECONNREFUSED" }), /nobody listens/]
]

describe("what to do about a hub's trouble", () => {
  it.each(cases)("is told for %s", (_, error, advice) => assert.match(HubAdvice.of(error, about) ?? "", advice))

  it("is told for each in words of its own", () => {
    const said = cases.map(([, error]) => HubAdvice.of(error, about))
    // Both words of an exclusive session and both web servers' words of plain HTTP mean one thing each.
    assert.strictEqual(new Set(said).size, cases.length - 2)
  })
})
