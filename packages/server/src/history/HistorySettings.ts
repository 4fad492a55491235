/** Which branches are looked at, and how often. */
import * as Setting from "../Setting.ts"

export const settings = {
  historyMinutes: Setting.integer("ORCH_HISTORY_MINUTES", {
    about: "Minutes between two looks at each branch whose history is kept; 0 to believe forges alone.",
    fallback: "60",
    minimum: 0,
    maximum: 10_080
  }),
  historyWatch: Setting.optionalText("ORCH_HISTORY_WATCH", {
    about: "Branches whose history is kept although no forge told of them: ADDRESS#BRANCH, separated by commas."
  })
}

export interface Values extends Setting.Values<typeof settings> {}
