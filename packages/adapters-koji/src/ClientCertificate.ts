/**
 * Looks at the files of a login by certificate before a connection is made with them: OpenSSL would refuse them in the middle of
 * the first request, in words that say neither which file nor what to do.
 *
 * Koji keeps certificate and private key in one PEM file, with the certificate first.
 */
import * as Result from "effect/Result"
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { createSecureContext } from "node:tls"

/** What is wrong with a file, and what to do. */
export interface CertificateProblem {
  readonly message: string
  readonly advice: string
}

/** Whose certificate it is, and when it is valid. */
export interface ClientCertificate {
  /** Such as `CN=orch`, by which a hub knows the user. */
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly begins: number
  readonly ends: number
}

const problem = (message: string, advice: string) => Result.fail<CertificateProblem>({ message, advice })

const attempt = <A>(make: () => A): Result.Result<A, string> => {
  try {
    return Result.succeed(make())
  } catch (cause) {
    return Result.fail(cause instanceof Error ? cause.message : String(cause))
  }
}

const isEncrypted = (pem: string): boolean =>
  /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:\s*4,\s*ENCRYPTED/m.test(pem)

const readKey = (pem: string, file: string): Result.Result<KeyObject, CertificateProblem> => {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    return problem(`${file} holds no private key`, `Koji keeps both in one file: append the key to ${file}`)
  }
  if (isEncrypted(pem)) {
    return problem(
      `the private key in ${file} is encrypted`,
      `nobody is there to type its passphrase: store it decrypted (openssl pkey -in ${file} prints it), readable for this user only`
    )
  }
  return Result.mapError(attempt(() => createPrivateKey(pem)), (text) => ({
    message: `the private key in ${file} cannot be read: ${text}`,
    advice: `copy the key into ${file} again, as PEM text`
  }))
}

/**
 * The certificate of a PEM text, if a connection can be made with it.
 *
 * Fails for a certificate or key that is missing, damaged, encrypted, or of another pair, and for what OpenSSL does not accept,
 * such as a key that is too short. Whether it is valid today is for the caller to compare.
 *
 * @param file what messages call it.
 */
export const read = (pem: string, file: string): Result.Result<ClientCertificate, CertificateProblem> => {
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(pem)) {
    return problem(`${file} holds no certificate`, `put the certificate into ${file} as PEM text, and its key after it`)
  }
  const certificate = attempt(() => new X509Certificate(pem))
  if (Result.isFailure(certificate)) {
    return problem(
      `the certificate in ${file} cannot be read: ${certificate.failure}`,
      `copy the certificate into ${file} again, as PEM text`
    )
  }
  const { subject, validFrom, validTo } = certificate.success
  const who = subject.split("\n").find((part) => part.startsWith("CN=")) ?? subject
  const key = readKey(pem, file)
  if (Result.isFailure(key)) return Result.fail(key.failure)
  if (!certificate.success.checkPrivateKey(key.success)) {
    return problem(
      `the private key in ${file} is not that of the certificate of ${who}`,
      `put the key that the certificate was requested with into ${file}`
    )
  }
  const usable = attempt(() => createSecureContext({ cert: pem, key: pem }))
  return Result.isFailure(usable)
    ? problem(`${file} cannot be used: ${usable.failure}`, "have a certificate issued that today's OpenSSL accepts")
    : Result.succeed({ subject: who, begins: Date.parse(validFrom), ends: Date.parse(validTo) })
}

/**
 * Checks that a text holds authorities to trust, and fails with `CertificateProblem` where it does not: Node.js takes
 * one that holds none without a word, and then trusts nobody.
 */
export const checkAuthorities = (pem: string, file: string): Result.Result<void, CertificateProblem> => {
  const blocks = pem.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[\s\S]*?-----END [A-Z0-9 ]*CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) {
    return problem(
      `${file} holds no certificate`,
      "set serverca to the PEM file of the authority that signed the hub's"
    )
  }
  const damaged = blocks.findIndex((block) => Result.isFailure(attempt(() => new X509Certificate(block))))
  return damaged < 0
    ? Result.succeed(undefined)
    : problem(
      `certificate ${damaged + 1} of ${blocks.length} in ${file} cannot be read`,
      `mend ${file}, or set serverca`
    )
}
