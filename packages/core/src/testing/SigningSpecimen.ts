/** Signings for the contract suites. */
import type { SigningPlan } from "../signing/Signing.ts"
import type { SigningEvent } from "../signing/SigningEvent.ts"
import { type SigningLife, signingLife } from "../signing/SigningLife.ts"
import * as Contract from "./Contract.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

const at = 1_700_000_000_000
const fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567"

/** Keys 1 and 2 are those that a storage of signings has to know. */
const plan = (packages: ReadonlyArray<string>): SigningPlan => ({
  build: Contract.uniqueNumber(),
  by: "alice",
  key: { id: 1, keyId: fingerprint.slice(-16), fingerprint },
  packages: packages.map((name, index) => ({
    id: index + 1,
    name,
    arch: "x86_64",
    href: `/unsigned/${index}/`,
    url: `/files/${name}`
  })),
  tries: 1_000
})

const taken: SigningEvent = { _tag: "Taken", at: at + 1, signer: "s1" }

/** Packages are the parts, and end together; taken and lost in turn, a signing changes again and again. */
export const signingSpecimen: Specimen<SigningLife> = {
  life: signingLife,
  together: true,
  subject: (id) => `signing/${id}`,
  plan,
  submitted: { _tag: "Requested", at },
  begin: () => [taken],
  end: () => ({ _tag: "ImportRefused", at: at + 3, reason: "all of them end with this" }),
  stale: { _tag: "Taken", at: at + 9, signer: "late" },
  again: {
    reach: () => [],
    event: (n) => n % 2 === 0 ? { _tag: "Lapsed", at: at + 10 + n } : { _tag: "Taken", at: at + 10 + n, signer: "s1" }
  },
  gone: { _tag: "SignerFailed", at: at + 8, signer: "s1", reason: "no pinentry" },
  back: { _tag: "CancelRequested", at: at + 11, by: "bob" },
  beside: (wanted) => [
    { ...wanted, build: Contract.uniqueNumber() },
    { ...wanted, key: { ...wanted.key, id: 2 } }
  ],
  rich: () => ({
    plan: { ...plan(["zeta-1-1.x86_64.rpm", "alpha-1-1.src.rpm"]), by: "ström \"quoted\" \\ 𝄞\n" },
    events: () => [
      taken,
      {
        _tag: "Brought",
        at: at + 2,
        signer: "s1",
        packages: ["zeta-1-1.x86_64.rpm", "alpha-1-1.src.rpm"].map((name, index) => ({
          id: index + 1,
          name,
          fingerprint,
          href: `/signed/${index}/`,
          sha256: String(index).repeat(64)
        })),
        logHref: "/log/",
        stats: { sign_packages_time: 2 }
      },
      {
        _tag: "Imported",
        at: at + 3,
        packages: [{ name: "zeta-1-1.x86_64.rpm", href: "/signed/0/", sha256: "0".repeat(64) }]
      }
    ]
  }),
  text: (_, text) => ({
    events: [{ _tag: "SignerFailed", at: at + 3, signer: "s1", reason: text }],
    read: ({ reason }) => [reason]
  }),
  commands: [{ _tag: "ImportSigned" }, { _tag: "TellBuild" }]
}
