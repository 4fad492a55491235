/** What a package build is made from: one package's source at one revision, or a source package. */
import * as Schema from "effect/Schema"

/** How the text of a reference is meant. */
export const RefType = Schema.Literals(["git_branch", "git_tag", "srpm_url", "git_ref"])
export type RefType = typeof RefType.Type

/** One package and where its source is. */
export const BuildRef = Schema.Struct({
  url: Schema.String,
  /** Branch, tag or commit; absent where the URL is that of a source package. */
  gitRef: Schema.optionalKey(Schema.String),
  type: RefType,
  /** The commit, where it was known when the build was asked for. */
  commit: Schema.optionalKey(Schema.String),
  /** As the request gave them. */
  mockOptions: Schema.optionalKey(Schema.Json),
  /** What the test system is to run, as the request gave it. */
  testConfiguration: Schema.optionalKey(Schema.Json),
  /** Artifacts of earlier builds that stand for it in its module. */
  addedArtifacts: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Which of the plan's modules it belongs to, by position. */
  module: Schema.optionalKey(Schema.Number)
})
export interface BuildRef extends Schema.Schema.Type<typeof BuildRef> {}

/** The package's name as its source has it: the last part of the URL without `.git`, or the source package's name. */
export const packageName = ({ type, url }: Pick<BuildRef, "type" | "url">): string => {
  const last = url.split(/[?#]/)[0]!.replace(/\/+$/, "").split("/").at(-1) ?? ""
  if (type !== "srpm_url") return last.replace(/\.git$/, "")
  const file = last.replace(/\.src\.rpm$/, "").split("-")
  return file.length > 2 ? file.slice(0, -2).join("-") : last
}
