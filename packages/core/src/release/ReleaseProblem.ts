/** What is wrong with a plan, as data: some of it blocks the release, some is to be seen before it. */
import * as Schema from "effect/Schema"

const severity = Schema.Literals(["blocks", "warns"])
const subject = { severity, package: Schema.String }

export const ReleaseProblem = Schema.Union([
  /** Nobody knows where it goes. */
  Schema.TaggedStruct("Unplaced", subject),
  /** The repository holds another file of this very name. */
  Schema.TaggedStruct("Conflict", { ...subject, repository: Schema.String }),
  /** Two builds bring different files of one name. */
  Schema.TaggedStruct("TwoFiles", { ...subject, builds: Schema.Array(Schema.Number) }),
  /** The repository holds a newer one. */
  Schema.TaggedStruct("Downgrade", { ...subject, repository: Schema.String, newer: Schema.String }),
  /** Another build of the release brings a newer one. */
  Schema.TaggedStruct("Outdated", { ...subject, newer: Schema.String }),
  /** None of the platform's keys signed it. */
  Schema.TaggedStruct("Unsigned", { ...subject, signers: Schema.Array(Schema.String) }),
  /** Nothing in the repositories of an architecture has what it needs; `present` where it lies there already. */
  Schema.TaggedStruct("Uninstallable", {
    ...subject,
    arch: Schema.String,
    missing: Schema.Array(Schema.String),
    present: Schema.Boolean
  }),
  /** A module's document names a package that is neither released nor there. */
  Schema.TaggedStruct("MissingArtifact", { ...subject, module: Schema.String }),
  /** A module without a place. */
  Schema.TaggedStruct("UnplacedModule", { severity, module: Schema.String }),
  /** Another document of this very module is there, or two builds bring different ones: package managers refuse both. */
  Schema.TaggedStruct("ModuleConflict", { severity, module: Schema.String }),
  /** An edit speaks of a package, a module or a repository that is not part of this. */
  Schema.TaggedStruct("EditOfNothing", { severity, subject: Schema.String })
])
/** Something wrong with a plan. */
export type ReleaseProblem = typeof ReleaseProblem.Type

/** Whether a release with these problems must not be made. */
export const blocks = (problems: ReadonlyArray<ReleaseProblem>): boolean =>
  problems.some(({ severity }) => severity === "blocks")

/** One sentence for people. */
export const describe = (problem: ReleaseProblem): string => {
  switch (problem._tag) {
    case "Unplaced":
      return `nobody knows where ${problem.package} goes`
    case "Conflict":
      return `${problem.repository} holds another file of ${problem.package}`
    case "TwoFiles":
      return `the builds ${problem.builds.join(" and ")} bring different files of ${problem.package}`
    case "Downgrade":
      return `${problem.repository} holds ${problem.newer}, which is newer than ${problem.package}`
    case "Outdated":
      return `the release brings ${problem.newer}, which is newer than ${problem.package}`
    case "Unsigned":
      return `${problem.package} is not signed with a key of the platform`
    case "Uninstallable":
      return `${problem.package} could not be installed on ${problem.arch}: nothing provides ${
        problem.missing.join(", ")
      }`
    case "MissingArtifact":
      return `the module ${problem.module} names ${problem.package}, which is neither released nor there`
    case "UnplacedModule":
      return `nobody knows where the module ${problem.module} goes`
    case "ModuleConflict":
      return `there is another document of the module ${problem.module}`
    case "EditOfNothing":
      return `an edit speaks of ${problem.subject}, which is no part of the release`
  }
}
