/**
 * What to do about a hub's trouble, where that can be said: one place for the doctor, for failed operations and for health
 * pages.
 *
 * Causes are told apart by OpenSSL's and the network's codes, by HTTP status and by Koji's fault codes; by the text only
 * where nothing else differs.
 */
import type { HubUnreachable, KojiError, KojiFault } from "./KojiError.ts"

/** The hub that advice is about. */
export interface About {
  /** Name of the hub. */
  readonly name: string
  readonly server?: URL | undefined
}

const ofTls = (code: string, text: string): string => {
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)/.test(code)) {
    return "the hub does not trust the authority of our certificate: have one issued by an authority that the hub trusts, and set cert in the profile"
  }
  if (/ALERT_CERTIFICATE_(EXPIRED|REVOKED)/.test(code)) return "our certificate is not valid any more: have it renewed"
  if (/CERTIFICATE_REQUIRED/.test(code)) {
    return "the hub asks for a certificate of ours: set authtype = ssl and cert = FILE in the profile"
  }
  if (
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code) ||
    /wrong version number|packet length/.test(text)
  ) {
    return "there is no TLS at this port: write http:// in the profile's server, or the port that speaks https"
  }
  if (code === "CERT_HAS_EXPIRED") return "the hub's certificate has expired: its administrators have to renew it"
  if (code === "CERT_NOT_YET_VALID") return "the hub's certificate is not valid yet: check the clock of this machine"
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "the hub's certificate is for another name: write that name in the profile's server"
  }
  if (/^ERR_(OSSL|SSL)_.*(KEY|PEM|DECRYPT|UNSUPPORTED|ASN1|X509)/.test(code)) {
    return "certificate and key of the profile cannot be used: check the file that cert names"
  }
  if (/SELF_SIGNED|UNABLE_TO|DEPTH_ZERO/.test(code)) {
    return "set serverca in the profile to the authority that signed the hub's certificate"
  }
  return "hub and this machine do not agree on TLS: check serverca and cert in the profile, and the hub's certificate"
}

const ofHttp = (status: number, text: string): string => {
  if (status === 400 && /plain HTTP|SSL-enabled|HTTPS port/i.test(text)) {
    return "this port speaks TLS: write https:// in the profile's server"
  }
  if (status === 400 && /certificate/i.test(text)) {
    return "the web server before the hub wants another certificate: set authtype = ssl and cert = FILE in the profile"
  }
  if (status === 401 || status === 403) {
    return "the web server before the hub does not let us in: for Kerberos, check the ticket (klist) and HTTP@HOST; else authtype and cert in the profile"
  }
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
    return "no hub is at this address: the profile's server usually ends in /kojihub"
  }
  if (status === 413) {
    return "the hub takes shorter requests only: have MaxRequestLength of the hub, or of its proxy, raised"
  }
  if (status >= 500) {
    return "the web server is there, and the hub behind it is not: wait, or have its administrators look at the hub's processes"
  }
  return "something before the hub refuses: check the profile's server, and proxies on the way"
}

const ofUnreachable = (error: HubUnreachable): string => {
  const code = error.code ?? ""
  switch (error.reason) {
    case "connect":
      return code === "ENOTFOUND" || code === "EAI_AGAIN"
        ? "the host name is not known here: check it in the profile's server, and this machine's name service"
        : "nobody listens there: check host, port and network from this machine, and whether the hub runs"
    case "tls":
      return ofTls(code, error.text)
    case "http":
      return ofHttp(error.status ?? 0, error.text)
    case "malformed":
      return "this is no Koji hub: the URL usually ends in /kojihub"
    case "offline":
      return "the hub or its database is down: wait, or ask its administrators"
    case "lost":
      return "the hub is slow, or something on the way breaks connections: try again; if it stays, ask the hub's administrators"
    case "open":
      return "it is asked again by itself in some seconds"
  }
}

const ofFault = ({ code, text }: KojiFault, { name }: About): string | undefined => {
  const permission = /([a-z-]+) permission required/.exec(text)?.[1]
  if (permission !== undefined) {
    const user = /logged in as (\S+?)\)/.exec(text)?.[1] ?? "USER"
    return `an administrator of ${name} can run: koji grant-permission ${permission} ${user}`
  }
  const policy = /policy violation \(([a-z_]+)\)/.exec(text)?.[1]
  if (policy !== undefined) {
    return `an administrator of ${name} can allow it under ${policy} in the section [policy] of the hub's configuration`
  }
  if (code === 1006) {
    return "another session holds this account exclusively, as builders do: end it, or give this server an account of its own"
  }
  const blocked = /logins by (\S+) are not allowed/.exec(text)?.[1]
  if (blocked !== undefined) {
    return `the account is blocked: an administrator of ${name} can run: koji enable-user ${blocked}`
  }
  const unknown = /Unknown user:\s*(\S+)/.exec(text)?.[1]
  if (unknown !== undefined) return `an administrator of ${name} can run: koji add-user ${unknown}`
  if (/could not verify client/.test(text)) {
    return "the hub saw no certificate that it trusts: set cert in the profile to one issued by the hub's authority"
  }
  if (/invalid username or password/.test(text)) return "check user name and password; most hubs allow neither"
  if (code === 1023) return "check the ticket (klist) and that the hub knows the principal"
  if (code === 1014) return "the hub is offline: wait, or ask its administrators"
  return undefined
}

/** A sentence without full stop; `undefined` where nothing can be said. */
export const of = (error: KojiError, about: About): string | undefined => {
  switch (error._tag) {
    case "HubUnreachable":
      return ofUnreachable(error)
    case "KojiFault":
      return ofFault(error, about)
    case "ResultLost":
      return undefined
  }
}
