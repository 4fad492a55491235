/**
 * Identifies one binary or source RPM: `name-epoch:version-release.arch`.
 *
 * This is the form of `data.artifacts.rpms` in module metadata and of `dnf`. Text is read from the right: the last dot
 * ends at the architecture, the last dash before it at the release, and only the name may contain further dashes.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import * as Result from "effect/Result"
import * as Arch from "./Arch.ts"
import * as Evr from "./Evr.ts"
import type { Nvr } from "./Nvr.ts"

/**
 * Name, epoch, version, release and architecture of one RPM. `arch` has the form that `Arch.isValid` asks for; it need
 * not be a known one.
 */
export interface Nevra extends Evr.Evr {
  readonly name: string
  readonly arch: string
}

/**
 * Why a text is no `NAME-[EPOCH:]VERSION-RELEASE.ARCH`: a reason of its own or one of `InvalidEvr`. `NoArch` is also
 * the reason where a file name does not end in `.rpm`.
 */
export class InvalidNevra extends Data.TaggedError("InvalidNevra")<{
  readonly input: string
  readonly reason: "NoArch" | "IllegalArch" | "NoVersion" | "EmptyName" | "IllegalCharacter" | Evr.InvalidEvr["reason"]
}> {
  override get message(): string {
    return `${JSON.stringify(this.input)} is not NAME-[EPOCH:]VERSION-RELEASE.ARCH: ${explanations[this.reason]}`
  }
}

const explanations: Record<InvalidNevra["reason"], string> = {
  NoArch: "there is no '.ARCH' at the end",
  IllegalArch: "an architecture consists of letters, digits and '_'",
  NoVersion: "there is no '-VERSION' before the release",
  EmptyName: "there is no name",
  IllegalCharacter: "blanks, '/' and further ':' are not allowed",
  EpochNotNumeric: "the epoch must consist of digits",
  EpochOutOfRange: "an epoch is at most 4294967295",
  EmptyVersion: "there is no version",
  NoRelease: "there is no release"
}

/**
 * Reads `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, from the right.
 *
 * Returns the five parts; an epoch that is not written is 0. Fails with `InvalidNevra`.
 *
 * ```ts run
 * import * as Nevra from "@orch/core/Nevra"
 * import * as Result from "effect/Result"
 *
 * const perl = Result.getOrThrow(Nevra.parse("perl-Test-Simple-3:1.302-1.el8.noarch"))
 * perl.name // => "perl-Test-Simple"
 * perl.epoch // => 3
 * Nevra.formatFileName(perl) // => "perl-Test-Simple-1.302-1.el8.noarch.rpm"
 * ```
 */
export const parse = (input: string): Result.Result<Nevra, InvalidNevra> => {
  const refuse = (reason: InvalidNevra["reason"]) => Result.fail(new InvalidNevra({ input, reason }))
  const dot = input.lastIndexOf(".")
  if (dot < 0) return refuse("NoArch")
  const arch = input.slice(dot + 1)
  // "foo-1.0-2" ends in a dot and digits that belong to the version: the dash shows that no architecture is there.
  if (arch.includes("-")) return refuse("NoArch")
  if (!Arch.isValid(arch)) return refuse("IllegalArch")
  const releaseDash = input.lastIndexOf("-", dot)
  const versionDash = releaseDash < 1 ? -1 : input.lastIndexOf("-", releaseDash - 1)
  if (versionDash < 0) return refuse("NoVersion")
  const name = input.slice(0, versionDash)
  if (name === "") return refuse("EmptyName")
  if (/[\s/:]/.test(name)) return refuse("IllegalCharacter")
  return Result.match(Evr.parse(input.slice(versionDash + 1, dot)), {
    onFailure: ({ reason }) => refuse(reason),
    onSuccess: (evr) => Result.succeed({ name, ...evr, arch })
  })
}

/** Reads like `parse`; throws `InvalidNevra` where `parse` fails. */
export const parseUnsafe = (input: string): Nevra => Result.getOrThrow(parse(input))

/**
 * Reads the name of an RPM file, `NAME-VERSION-RELEASE.ARCH.rpm`, without its directory.
 *
 * Returns the parts with epoch 0, because file names carry none. Fails with `InvalidNevra`, with the reason `NoArch`
 * where the name does not end in `.rpm`.
 */
export const parseFileName = (input: string): Result.Result<Nevra, InvalidNevra> =>
  input.endsWith(".rpm")
    ? Result.mapError(parse(input.slice(0, -4)), ({ reason }) => new InvalidNevra({ input, reason }))
    : Result.fail(new InvalidNevra({ input, reason: "NoArch" }))

/** Writes the form of module artifacts, the epoch always present: `bash-0:5.1.8-6.el9.x86_64`. */
export const format = (self: Nevra): string => `${self.name}-${Evr.formatWithEpoch(self)}.${self.arch}`

/** Writes the name that `rpmbuild` gives the file: `bash-5.1.8-6.el9.x86_64.rpm`. */
export const formatFileName = (self: Nevra): string => `${self.name}-${self.version}-${self.release}.${self.arch}.rpm`

/**
 * The part that names its build: without epoch and architecture. For a source package this is the name Koji knows it
 * by.
 */
export const nvr = (self: Nevra): Nvr => ({ name: self.name, version: self.version, release: self.release })

/** By name as text, then oldest first, then by architecture as text. */
export const Order: order.Order<Nevra> = (self, that) => {
  if (self.name !== that.name) return self.name < that.name ? -1 : 1
  return Evr.Order(self, that) || (self.arch === that.arch ? 0 : self.arch < that.arch ? -1 : 1)
}
