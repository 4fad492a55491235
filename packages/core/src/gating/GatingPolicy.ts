/**
 * What is required of whom: Greenwave's policies as values.
 *
 * A policy applies to subjects of its type, for product versions that its patterns match, at its decision contexts. A file
 * beside a package's sources (`gating.yaml`) holds policies of the package's own, which a remote rule brings in.
 */
import * as Glob from "../internal/glob.ts"
import * as SubjectType from "./SubjectType.ts"

/** One requirement of a policy. */
export type GatingRule =
  /** Each newest result of the test has passed, or is waived. */
  | {
    readonly _tag: "PassingTestCase"
    readonly testCase: string
    readonly scenario: string | undefined
    /** Milliseconds since 1970: subjects that are built earlier are not asked for it. */
    readonly validSince: number | undefined
    /** Milliseconds since 1970: subjects that are built then or later are not asked for it. */
    readonly validUntil: number | undefined
  }
  /** What the subject's own file requires; a file that is `required` and not there is a requirement not met. */
  | { readonly _tag: "Remote"; readonly sources: ReadonlyArray<string>; readonly required: boolean }

/** One policy, of the installation or of a subject's own file. */
export interface GatingPolicy {
  /** `undefined` in files that give none. */
  readonly id: string | undefined
  readonly productVersions: ReadonlyArray<string>
  /** One or more. */
  readonly decisionContexts: ReadonlyArray<string>
  /** How the file said it: Greenwave's list of policies shows the form that was written. */
  readonly contextForm: "one" | "several"
  /** `undefined`: all; files beside sources may leave it out. */
  readonly subjectType: string | undefined
  readonly rules: ReadonlyArray<GatingRule>
  readonly excludedPackages: ReadonlyArray<string>
  /** Empty: all packages. */
  readonly packages: ReadonlyArray<string>
  readonly relevance: { readonly key: string | undefined; readonly value: string | undefined }
}

/** Whether one of its patterns matches the product version. */
export const isForProductVersion = ({ productVersions }: GatingPolicy, productVersion: string): boolean =>
  productVersions.some((pattern) => Glob.matches(pattern, productVersion))

/** Whether it is for one of the contexts. */
export const isForContexts = ({ decisionContexts }: GatingPolicy, contexts: ReadonlyArray<string>): boolean =>
  contexts.some((context) => decisionContexts.includes(context))

/** Whether it is for subjects of the type, by name or alias. */
export const isForType = ({ subjectType }: GatingPolicy, type: SubjectType.SubjectType): boolean =>
  subjectType === undefined || SubjectType.isCalled(type, subjectType)

/** What a policy says to a package: nothing, that it is excluded, or that its rules count. */
export type PackageRule = "unlisted" | "excluded" | "counts"

/** What it says to the package; subjects without a package are neither listed nor excluded. */
export const forPackage = (
  { excludedPackages, packages }: GatingPolicy,
  name: string | undefined
): PackageRule => {
  if (name === undefined || name === "") return "counts"
  if (excludedPackages.some((pattern) => Glob.matches(pattern, name))) return "excluded"
  return packages.length > 0 && !packages.some((pattern) => Glob.matches(pattern, name)) ? "unlisted" : "counts"
}

/** A text that is equal for rules that ask for the same; such rules are asked once for a subject. */
export const ruleKey = (rule: GatingRule): string =>
  rule._tag === "PassingTestCase"
    ? JSON.stringify([rule.testCase, rule.scenario ?? null])
    : JSON.stringify([rule.required, ...rule.sources])
