/** What those who install from a repository are told of packages in it: errata, as `updateinfo` tells them. */
import * as Schema from "effect/Schema"

const text = Schema.String.check(Schema.isMaxLength(20_000))
const short = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500))

export const ErratumReference = Schema.Struct({
  href: Schema.String.check(Schema.isMaxLength(2048)),
  /** `CVE-2026-1234`, or the number of a bug. */
  id: Schema.String,
  title: Schema.String,
  type: Schema.Literals(["self", "bugzilla", "cve", "other"])
})
/** Something elsewhere that an erratum speaks of. */
export type ErratumReference = typeof ErratumReference.Type

export const Erratum = Schema.Struct({
  /** `ALSA-2026:1234`. */
  id: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,199}$/)),
  type: Schema.Literals(["bugfix", "security", "enhancement", "newpackage"]),
  severity: Schema.Literals(["None", "Low", "Moderate", "Important", "Critical"]),
  title: short,
  description: text,
  references: Schema.Array(ErratumReference).check(Schema.isMaxLength(1000))
})
/** What people say of a set of packages. */
export type Erratum = typeof Erratum.Type

export const AdvisoryPackage = Schema.Struct({
  nevra: Schema.String,
  sha256: Schema.String,
  /** File name of the source package. */
  source: Schema.String
})
/** A package that an erratum is about. */
export type AdvisoryPackage = typeof AdvisoryPackage.Type

export const Advisory = Schema.Struct({
  erratum: Erratum,
  /** Milliseconds since the epoch. */
  issued: Schema.Number,
  /** Packages that belong together: those of a module, and those of none. */
  collections: Schema.Array(Schema.Struct({
    name: Schema.String,
    /** `name:stream:version:context:arch`. */
    module: Schema.optionalKey(Schema.String),
    packages: Schema.Array(AdvisoryPackage)
  }))
})
/** An erratum with the packages of one repository that it is about. */
export type Advisory = typeof Advisory.Type
