/** What operators decide about the copies of git repositories. */
import * as Setting from "../Setting.ts"

export const settings = {
  scmKeepDays: Setting.integer("ORCH_SCM_KEEP_DAYS", {
    about: "Days without a question after which the copy of a git repository is removed; 0 keeps all.",
    fallback: "30",
    minimum: 0,
    maximum: 36_500
  }),
  scmKeepSize: Setting.integer("ORCH_SCM_KEEP_SIZE", {
    about: "GiB that copies of git repositories may take together; the oldest go first. 0 for no limit.",
    fallback: "50",
    minimum: 0,
    maximum: 1_048_576
  })
}
